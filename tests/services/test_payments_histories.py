"""P07: any history of return files and corrections, against a model in plain Python, at every step.

DOUDI_HISTORIES says how many (250 unless told; the long run is 5,000), DOUDI_SEED where to begin.
"""

import datetime as dt
import os
import random
from dataclasses import dataclass, field

import pytest

from doudi.exchange.bank.batches import Outcome, ReturnLine
from doudi.exchange.bank.fake_bank import write_return
from doudi.records.ledger.models import Entry, Txn
from doudi.records.payments import queries, services
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.refusals import NothingOwed, ReturnRefused
from tests.services import bank_answers, factories
from tests.services.undone import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
DAY = dt.date(2026, 11, 5)
HISTORIES = int(os.environ.get("DOUDI_HISTORIES", "250"))
SEED = int(os.environ.get("DOUDI_SEED", "20261105"))
LINES, MOST_FILES, MOST_CORRECTIONS = 5, 6, 2
NEXT = {
    ("sent", "成功"): "paid", ("sent", "失败"): "failed", ("sent", "退票"): "returned", ("paid", "成功"): "paid",
    ("paid", "退票"): "returned", ("failed", "失败"): "failed", ("returned", "成功"): "returned",
    ("returned", "退票"): "returned",
}  # fmt: skip
Sent = dict[int, tuple[str, int]]  # number → account, 分


@dataclass
class Batch:
    """What a bank was given under one batch number, and what it said of it."""

    number: str
    sent: Sent
    award: dict[int, int]  # number → award
    words: dict[int, str] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    answered: bool = False


class Model:
    """What should have happened, in plain Python: a word a payment and three sums, nothing of the product."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.owed = self.cash_out = self.bounced = 0
        self.came_back: dict[int, bool] = {}  # award → whether its money once came back

    def hand_over(self, batch: Batch, *, owes: bool) -> None:
        batch.words = dict.fromkeys(batch.sent, "sent")
        self.batches.append(batch)
        self.owed += sum(fen for _, fen in batch.sent.values()) if owes else 0

    def apply(self, batch: Batch, data: bytes, lines: list[ReturnLine], batch_no: str) -> bool:
        """Whether the file is accepted; a refused one changes nothing."""
        if data in batch.seen:
            return True
        numbers = [line.line_no for line in lines]
        if (
            batch_no != batch.number
            or len(set(numbers)) < len(numbers)
            or not set(numbers) <= set(batch.sent)
        ):
            return False
        words = dict(batch.words)
        for line in lines:
            if batch.sent[line.line_no] == (line.account, line.amount_fen):
                following = NEXT.get((words[line.line_no], str(line.outcome)))
                if following is None:
                    return False
                words[line.line_no] = following
        self._book(batch, words)
        batch.words, batch.answered = words, True
        batch.seen.add(data)
        return True

    def _book(self, batch: Batch, words: dict[int, str]) -> None:
        for number, word in words.items():
            before, fen, award = batch.words[number], batch.sent[number][1], batch.award[number]
            if before == "sent" and word in ("paid", "returned"):
                self.cash_out += fen
                if self.came_back.get(award):
                    self.bounced -= fen
                else:
                    self.owed -= fen
            if word == "returned" and before != "returned":
                self.cash_out -= fen
                self.bounced += fen
        # Told apart from the loop above: a payment that comes back in its own file was owed, not bounced.
        for number, word in words.items():
            if word == "returned":
                self.came_back[batch.award[number]] = True

    def unpaid(self) -> set[int]:
        """Awards whose last payment failed or came back."""
        last = {award: b.words[number] for b in self.batches for number, award in b.award.items()}
        return {award for award, word in last.items() if word in ("failed", "returned")}

    def states(self, batch: Batch) -> list[str]:
        waiting = "unknown" if batch.answered else "sent"
        return [waiting if word == "sent" else word for _, word in sorted(batch.words.items())]


def with_the_bank(run: PayrollRun, office: factories.Office) -> Batch:
    """Locked, approved twice, exported, handed over; whatever is held is released with a reason."""
    for found in Interception.objects.filter(line__run=run, outcome="").order_by("pk"):
        services.resolve(found, "released", "已向本人核实", office.fuhe)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "fixed", office.pizhun)
    services.hand_over(run, office.pizhun)
    rows = list(run.lines.order_by("number").values_list("number", "account", "amount_fen", "award_id"))
    return Batch(
        run.batch_no, {n: (account, fen) for n, account, fen, _ in rows}, {row[0]: row[3] for row in rows}
    )


def a_file(chance: random.Random, batch: Batch) -> tuple[list[ReturnLine], str]:
    """A bank's answer: some lines, shuffled; now and then a wrong number, 分, card, batch, or a line twice."""
    chosen = chance.sample(sorted(batch.sent), chance.randint(1, len(batch.sent)))
    if chance.random() < 0.1:
        chosen.append(chance.choice([*chosen, 99]))
    batch_no = batch.number.replace("202611", "202610") if chance.random() < 0.05 else batch.number
    return [said(chance, number, batch, batch_no) for number in chosen], batch_no


def said(chance: random.Random, number: int, batch: Batch, batch_no: str) -> ReturnLine:
    account, fen = batch.sent.get(number, ("6200000000000000000", 1))
    fen += chance.random() < 0.05
    account = "6299999999999999999" if chance.random() < 0.03 else account
    known = batch.words.get(number, "sent")
    # Mostly what a bank could still say of this payment, now and then a contradiction.
    sensible = [one for one in Outcome if (known, str(one)) in NEXT]
    outcome = chance.choice(sensible if chance.random() < 0.9 else list(Outcome))
    if known == "sent" and chance.random() < 0.5:
        outcome = Outcome.PAID
    day = None if outcome is Outcome.FAILED else DAY
    return ReturnLine(0, batch_no, number, account, fen, outcome, "账户已销户", day)


def balance(account: str) -> int:
    """Debit less credit."""
    rows = Entry.objects.filter(account=account).values_list("side", "fen")
    return sum(fen if side == "D" else -fen for side, fen in rows)


class History:
    """One run of events, told to the product and to the model alike."""

    def __init__(
        self, chance: random.Random, office: factories.Office, runs: list[PayrollRun], model: Model
    ) -> None:
        self.chance, self.office, self.runs, self.model = chance, office, runs, model
        self.sent: list[tuple[int, bytes, list[ReturnLine], str]] = []
        self.files = self.refused = self.corrections = 0

    def step(self) -> None:
        if self.corrections < MOST_CORRECTIONS and self.chance.random() < 0.08:
            self.correct()
        elif self.sent and self.chance.random() < 0.2:
            self.take(*self.chance.choice(self.sent))
        else:
            place = self.chance.randrange(len(self.runs))
            lines, batch_no = a_file(self.chance, self.model.batches[place])
            self.take(place, write_return("fixed", batch_no, lines), lines, batch_no)
        self.agree()

    def take(self, place: int, data: bytes, lines: list[ReturnLine], batch_no: str) -> None:
        self.files += 1
        try:
            bank_answers.taken_in(self.runs[place], data, "回盘.txt")
            accepted = True
        except ReturnRefused:
            accepted = False
            self.refused += 1
        assert accepted == self.model.apply(self.model.batches[place], data, lines, batch_no)
        self.sent.append((place, data, lines, batch_no))

    def correct(self) -> None:
        wanted = self.model.unpaid()
        try:
            run = services.build_correction(scheme="dibao_rural", month=202611, by=self.office.caiwu)
        except NothingOwed:
            assert not wanted
            return
        batch = with_the_bank(run, self.office)
        assert set(batch.award.values()) == wanted
        self.runs.append(run)
        self.model.hand_over(batch, owes=False)
        self.corrections += 1

    def agree(self) -> None:
        for run, batch in zip(self.runs, self.model.batches, strict=True):
            states = run.lines.order_by("number").values_list("state", flat=True)
            assert list(states) == self.model.states(batch)
            assert queries.conservation(run).holds
        known = (-balance("2001"), -balance("1001"), -balance("2101"))
        assert known == (self.model.owed, self.model.cash_out, self.model.bounced)
        assert not Txn.objects.filter(sealed=False).exists()
        living = PayLine.objects.filter(state__in=("pending", "sent", "unknown", "paid")).order_by()
        assert living.count() == living.values("award").distinct().count()


def test_any_history_ends_as_if_each_answer_were_applied_once() -> None:
    office = factories.office(DAY)
    factories.receiving(LINES, fen=10_000, step=100)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    first = with_the_bank(run, office)
    chance = random.Random(SEED)
    files = refused = corrections = 0
    for _ in range(HISTORIES):
        model = Model()
        with undone():
            model.hand_over(Batch(first.number, first.sent, first.award), owes=True)
            history = History(chance, office, [run], model)
            for _ in range(chance.randint(1, MOST_FILES)):
                history.step()
        files, refused = files + history.files, refused + history.refused
        corrections += history.corrections
        run.refresh_from_db()
    assert 0 < refused < files
    assert corrections or HISTORIES < 50
    print(
        f"\n回盘历史 {HISTORIES} 段, 文件 {files} 份 (拒收 {refused} 份), 更正批次 {corrections} 个, "
        f"种子 {SEED}: 与模型全部一致"
    )
