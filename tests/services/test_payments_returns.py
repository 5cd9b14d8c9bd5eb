"""The bank's answer: B01–B07 as listed, bounced payments, and any history of files as if each were applied once."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable

import pytest
from django.db import transaction

from doudi.exchange.bank.batches import Outcome, ReturnLine, ReturnSheet
from doudi.records.ledger.models import Entry, Txn
from doudi.records.payments import queries, services
from doudi.records.payments.models import PayLine, PayrollRun, ReturnFile
from doudi.records.payments.models import ReturnLine as KeptLine
from doudi.records.payments.refusals import ReturnRefused, RunNotAt
from tests.services import factories
from tests.services.bank_answers import answer, answer_rows, as_file

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
HISTORIES = 500
SEED = 20261105


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def handed(office: factories.Office, lines: int = 4, *, hand_over: bool = True) -> PayrollRun:
    factories.receiving(lines, fen=10_000, step=100)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "csv", office.pizhun)
    return services.hand_over(run, office.pizhun) if hand_over else run


def states() -> list[str]:
    return list(PayLine.objects.order_by("number").values_list("state", flat=True))


def money() -> list[tuple[str, str, int, int | None]]:
    return list(Entry.objects.order_by("txn_id", "line").values_list("account", "side", "fen", "subject"))


def apply(run: PayrollRun, data: bytes, office: factories.Office, name: str = "回盘.csv") -> ReturnFile:
    return services.apply_return(run, data, name, office.caiwu)


def test_b01_the_same_file_again_changes_nothing_and_names_the_first(office: factories.Office) -> None:
    run = handed(office)
    data = answer(run)
    first = apply(run, data, office)
    before = (states(), money())
    again = apply(run, data, office, "另一个名字.csv")
    assert (again, again.is_replay, first.is_replay) == (first, True, False)
    assert (again.name, again.by) == ("回盘.csv", "caiwu")
    assert (states(), money()) == before


def test_b01_the_same_answers_in_another_file_change_nothing_either(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={2: "失败"}), office)
    before = (states(), money())
    other = apply(run, as_file(answer_rows(run, results={2: "失败"})[::-1]), office)
    assert (other.is_replay, other.paid_count, other.failed_count) == (False, 0, 0)
    assert (states(), money()) == before


def test_b02_one_fen_more_is_queried_and_stays_unknown(office: factories.Office) -> None:
    run = handed(office)
    file = apply(run, answer(run, fen={2: 10_101}), office)
    assert (file.paid_count, file.queried_count) == (3, 1)
    assert states() == ["paid", "unknown", "paid", "paid"]
    assert [line.number for line in queries.queried_of(run)] == [2]
    apply(run, answer(run, only=[2]), office)
    assert states()[1] == "paid"


def test_an_account_that_is_not_the_one_sent_is_queried(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, accounts={3: "6299999999999999999"}), office)
    assert states()[2] == "unknown"


def test_b03_another_batch_is_refused(office: factories.Office) -> None:
    run = handed(office)
    rows = [row.replace("202611", "202610") for row in answer_rows(run)]
    refused(run, office, as_file(rows), "202610")


def test_b04_half_an_answer_leaves_the_rest_unknown(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, only=[1, 3]), office)
    assert states() == ["paid", "unknown", "paid", "unknown"]
    found = queries.conservation(run)
    assert (found.exported.count, found.paid.count, found.unknown.count, found.holds) == (4, 2, 2, True)


def test_b05_one_line_twice_is_an_error_and_nothing_is_applied(office: factories.Office) -> None:
    run = handed(office)
    rows = [*answer_rows(run), *answer_rows(run, only=[2], results={2: "失败"})]
    refused(run, office, as_file(rows), "2 次")


def test_b06_a_number_nobody_sent_is_an_error_and_nothing_is_applied(office: factories.Office) -> None:
    run = handed(office)
    rows = [row.replace("-0,4,", "-0,99,") for row in answer_rows(run)]
    refused(run, office, as_file(rows), "99")


@pytest.mark.parametrize("total", ["合计,4,,406.01,,,", "合计,3,,406.00,,,", "合计,4,,x,,,"])
def test_b07_a_total_row_that_disagrees_is_refused(office: factories.Office, total: str) -> None:
    run = handed(office)
    refused(run, office, as_file([*answer_rows(run), total]), "合计")
    assert apply(run, as_file([*answer_rows(run), "合计,4,,406.00,,,"]), office).paid_count == 4


@pytest.mark.parametrize(
    "broken",
    [
        lambda rows: b"",
        lambda rows: b"\x00\xff" * 50,
        lambda rows: "这不是回盘".encode(),
        lambda rows: as_file([row.replace("成功", "也许") for row in rows]),
        lambda rows: as_file([row.replace("100.00", "1e2") for row in rows]),
        lambda rows: as_file([row.replace("2026-11-05", "2026-11-06") for row in rows]),
        lambda rows: as_file([row.replace("2026-11-05", "") for row in rows]),
        lambda rows: as_file(rows)[:40],
    ],
)
def test_a_file_that_cannot_be_read_moves_nothing(
    office: factories.Office, broken: Callable[[list[str]], bytes]
) -> None:
    run = handed(office)
    refused(run, office, broken(answer_rows(run)), "没有入账")


def refused(run: PayrollRun, office: factories.Office, data: bytes, why: str) -> None:
    before = (states(), money())
    with pytest.raises(ReturnRefused, match=why) as found:
        apply(run, data, office)
    assert (states(), money()) == before
    assert not ReturnFile.objects.exists()
    assert not KeptLine.objects.exists()
    accounts = PayLine.objects.values_list("account", flat=True)
    assert not any(account in str(found.value) for account in accounts)


def test_failed_moves_nothing_and_returned_comes_back_to_2101(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={1: "失败"}), office)
    before = len(money())
    apply(run, answer(run, only=[2], results={2: "退票"}), office)
    assert states() == ["failed", "returned", "paid", "paid"]
    line = PayLine.objects.get(number=2)
    assert money()[before:] == [("1001", "D", 10_100, None), ("2101", "C", 10_100, line.pk)]
    assert line.reason == "账户已销户"
    assert services.close(run, office.caiwu).state == "closed"


def test_a_payment_may_bounce_after_the_run_is_closed(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run), office)
    services.close(run, office.caiwu)
    apply(run, answer(run, only=[3], results={3: "退票"}), office)
    assert states()[2] == "returned"
    assert queries.conservation(run).holds


def test_bounced_without_a_word_of_success_books_both_ways(office: factories.Office) -> None:
    run = handed(office)
    apply(run, answer(run, results={1: "退票"}), office)
    back = sum(fen if side == "D" else -fen for account, side, fen, _ in money() if account == "1001")
    assert (states()[0], -back) == ("returned", 10_100 + 10_200 + 10_300)


@pytest.mark.parametrize(
    ("first", "then"), [("成功", "失败"), ("失败", "成功"), ("失败", "退票"), ("退票", "失败")]
)
def test_a_contradiction_is_an_error_of_the_whole_file(
    office: factories.Office, first: str, then: str
) -> None:
    run = handed(office)
    apply(run, answer(run, only=[1], results={1: first}), office)
    before = (states(), money())
    with pytest.raises(ReturnRefused, match="前后矛盾"):
        apply(run, answer(run, results={1: then}), office)
    assert (states(), money()) == before


def test_an_answer_proves_that_the_bank_has_the_file(office: factories.Office) -> None:
    run = handed(office, hand_over=False)
    assert run.state == "exported"
    apply(run, answer(run), office)
    run.refresh_from_db()
    assert (run.state, run.handed_on) == ("handed", DAY)


def test_before_the_export_there_is_nothing_to_answer(office: factories.Office) -> None:
    factories.receiving(1)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    with pytest.raises(RunNotAt):
        apply(run, answer(run), office)


@pytest.mark.parametrize("name", ["../../etc/回盘.csv", "..\\回盘.csv", "a\x00/回盘\n.csv"])
def test_the_name_of_a_file_is_only_shown(office: factories.Office, name: str) -> None:
    run = handed(office)
    assert apply(run, answer(run), office, name).name == "回盘.csv"


# —— any history of files, against a model that applies each answer once ——

NEXT = {
    ("sent", "成功"): "paid", ("sent", "失败"): "failed", ("sent", "退票"): "returned", ("paid", "成功"): "paid",
    ("paid", "退票"): "returned", ("failed", "失败"): "failed", ("returned", "成功"): "returned",
    ("returned", "退票"): "returned",
}  # fmt: skip


class Model:
    """What should have happened, in plain Python: one word a line, nothing of the product."""

    def __init__(self, lines: dict[int, tuple[str, int]]) -> None:
        self.lines = lines
        self.words = dict.fromkeys(lines, "sent")
        self.seen: set[str] = set()
        self.answered = False

    def apply(self, sheet: ReturnSheet) -> bool:
        """Whether the file is accepted; a refused one changes nothing."""
        if sheet.sha256 in self.seen:
            return True
        numbers = [line.line_no for line in sheet.lines]
        if len(set(numbers)) < len(numbers) or not set(numbers) <= set(self.lines):
            return False
        words = dict(self.words)
        for line in sheet.lines:
            if self.lines[line.line_no] != (line.account, line.amount_fen):
                continue
            following = NEXT.get((words[line.line_no], str(line.outcome)))
            if following is None:
                return False
            words[line.line_no] = following
        self.words, self.answered = words, True
        self.seen.add(sheet.sha256)
        return True

    def states(self) -> list[str]:
        waiting = "unknown" if self.answered else "sent"
        return [waiting if word == "sent" else word for _, word in sorted(self.words.items())]

    def cash_out(self) -> int:
        return sum(fen for number, (_, fen) in self.lines.items() if self.words[number] == "paid")


def files(chance: random.Random, run: PayrollRun, lines: dict[int, tuple[str, int]]) -> list[ReturnSheet]:
    """A bank's answers: split, shuffled, some repeated, some contradicting, some with a wrong line."""
    made = []
    for _ in range(chance.randint(1, 5)):
        if made and chance.random() < 0.2:
            made.append(chance.choice(made))
            continue
        chosen = chance.sample(sorted(lines), chance.randint(1, len(lines)))
        if chance.random() < 0.1:
            chosen.append(chance.choice([*chosen, 99]))
        made.append(sheet_of(run, [said(chance, number, lines) for number in chosen]))
    return made


def said(chance: random.Random, number: int, lines: dict[int, tuple[str, int]]) -> ReturnLine:
    account, fen = lines.get(number, ("6200000000000000000", 1))
    fen += chance.random() < 0.05
    outcome = chance.choices(list(Outcome), [8, 1, 1])[0]
    return ReturnLine(2, "", number, account, fen, outcome, "", None if outcome is Outcome.FAILED else DAY)


def sheet_of(run: PayrollRun, lines: list[ReturnLine]) -> ReturnSheet:
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    return ReturnSheet(digest, run.batch_no, tuple(lines), (), None, None)


@pytest.mark.slow
def test_any_history_ends_as_if_each_answer_were_applied_once(office: factories.Office) -> None:
    run = handed(office, 5)
    chance = random.Random(SEED)
    lines = {n: (account, fen) for n, account, fen in
             PayLine.objects.order_by("number").values_list("number", "account", "amount_fen")}  # fmt: skip
    applied = refusals = 0
    for _ in range(HISTORIES):
        point = transaction.savepoint()
        model = Model(lines)
        for sheet in files(chance, run, lines):
            applied += 1
            try:
                services.register_return(run, sheet, "x.csv", office.caiwu)
                accepted = True
            except ReturnRefused:
                accepted = False
                refusals += 1
            assert accepted == model.apply(sheet)
            assert states() == model.states()
            assert queries.conservation(run).holds
            assert cash_out() == model.cash_out()
            assert not Txn.objects.filter(sealed=False).exists()
        transaction.savepoint_rollback(point)
        run.refresh_from_db()
    assert 0 < refusals < applied
    print(f"\n回盘历史 {HISTORIES} 段, 文件 {applied} 份 (拒收 {refusals} 份), 种子 {SEED}: 与模型全部一致")


def cash_out() -> int:
    rows = Entry.objects.filter(account="1001").values_list("side", "fen")
    return sum(fen if side == "C" else -fen for side, fen in rows)
