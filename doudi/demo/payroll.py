"""Twenty-four closed months: runs, lines, approvals, bank files, returns, and the ledger they left behind.

The rows of a month are written where they live, by INSERT … SELECT from one temporary table of who is paid what and
onto which card; every trigger stays on. A run is filled while it is being built, then walks its states.
"""

import datetime as dt
import hashlib
import json
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from doudi.demo.award_rows import Decided
from doudi.demo.foreign_keys import checked_as_a_whole
from doudi.demo.money import Hands, grant, open_account, pay_date, set_budgets
from doudi.demo.people_rows import BANK, Cards
from doudi.demo.writing import Writer
from doudi.exchange.bank.batches import RETURN_HEADER, BankBatch, BankLine
from doudi.exchange.bank.formats import FORMATS
from doudi.law.money import plain_yuan
from doudi.law.paying import month_number
from doudi.records.ledger import accounts
from doudi.records.ledger.models import Entry, Txn
from doudi.records.payments.funds.funding import shares_of
from doudi.records.payments.models import (
    Allocation,
    Approval,
    BankFile,
    Paid,
    PayLine,
    PayrollRun,
    ReturnDraft,
    ReturnFile,
    ReturnLine,
)
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import pairs_of
from doudi.records.staff.models import User
from doudi.store.arrow import bulk_append
from doudi.store.crypto import blind, seal
from doudi.store.kept import keep
from doudi.store.models import KeptFile
from doudi.store.today import now

FORMAT = "csv"
TABLE = "demo_payable"
AHEAD = 3  # months whose papers are being written while another month's rows are
FOREVER = dt.date(9999, 1, 1)


@dataclass(slots=True)
class Payable:
    """一份待遇在发放时要抄的全部内容, 加上起止。"""

    award_id: int
    scheme: str
    household_id: int
    payee_id: int
    village: str
    persons: int
    fen: int
    from_on: dt.date
    ends_on: dt.date
    name: str
    account: str
    sealed: bytes
    index: bytes


def payables(decided: list[Decided], cards: Cards) -> list[Payable]:
    """全部待遇, 按清册的次序 (村、户编号、待遇)。"""
    ends = {(d.family.household_id, d.closes): d.ends_on for d in decided if d.closes}
    column = "payments_payline.account"
    copied: dict[int, tuple[str, bytes, bytes]] = {}
    found = []
    for d in decided:
        if not d.opens:
            continue
        family = d.family
        head = family.head_id
        if head not in copied:
            number = cards.numbers[head]
            copied[head] = (number, seal(number, column), blind(number, column))
        found.append(
            Payable(
                d.award_id, family.scheme, family.household_id, head, family.village, len(family.members),
                family.amounts[d.opens].fen, d.award_from_on, ends.get((family.household_id, d.opens)) or FOREVER,
                family.members[0].name, *copied[head],
            )
        )  # fmt: skip
    found.sort(key=lambda row: (row.village, row.household_id, row.award_id))
    return found


Batch = tuple[PayrollRun, list["Payable"], "Future[Papers]"]


@dataclass(frozen=True, slots=True)
class Papers:
    """一个批次的清册指纹、交给银行的文件的指纹、银行的回盘原文。"""

    register: str
    bank_file: str
    answer: bytes


def papers_of(batch_no: str, due: list[Payable], month: dt.date) -> Papers:
    """把清册、代发文件、回盘写出来, 前两样只留指纹。Touches no database: it runs beside the statements that do."""
    memo = f"{in_words(month_number(month))}救助金"
    lines = tuple(BankLine(n, row.name, row.account, row.fen, memo) for n, row in enumerate(due, 1))
    content = FORMATS[FORMAT].render(BankBatch(batch_no, lines))
    answer = _return_text(batch_no, due, pay_date(month, 7)).encode()
    return Papers(_content_hash(due), hashlib.sha256(content).hexdigest(), answer)


class Months:
    """按月写下全部已办结的发放。"""

    def __init__(
        self, writer: Writer, rows: list[Payable], staff: dict[str, User], months: Sequence[dt.date]
    ) -> None:
        self.writer = writer
        self.rows = rows
        self.staff = staff
        self.months = months
        self.schemes = sorted({row.scheme for row in rows})
        self.runs = self.lines = self.txns = 0

    def write(self) -> None:
        """每月一个事务; 待遇表先放进一张临时表。"""
        _fill_table(self.rows)
        totals = [
            sum(row.fen for row in self.rows if row.from_on <= month < row.ends_on) for month in self.months
        ]
        with checked_as_a_whole((PayLine, Paid, Entry, ReturnLine)):
            for place, (month, batches) in enumerate(self._planned()):
                with transaction.atomic():
                    self._fund(month, place, totals)
                    for batch in batches:
                        self._run(month, *batch)
                    self.writer.seal(f"payroll-{month_number(month)}")
        _drop_table()

    def _planned(self) -> Iterator[tuple[dt.date, list[Batch]]]:
        """The database releases the interpreter while it works; a second thread writes the papers meanwhile."""
        with ThreadPoolExecutor(max_workers=1) as beside:
            ahead = deque(self._plan(beside, month) for month in self.months[:AHEAD])
            for place, month in enumerate(self.months):
                yield month, ahead.popleft()
                if place + AHEAD < len(self.months):
                    ahead.append(self._plan(beside, self.months[place + AHEAD]))

    def _plan(self, beside: ThreadPoolExecutor, month: dt.date) -> list[Batch]:
        """What each scheme pays that month, its papers being written beside."""
        batches = []
        for scheme in self.schemes:
            due = [row for row in self.rows if _is_due(row, scheme, month)]
            if due:
                run = self._new_run(scheme, month)
                batches.append((run, due, beside.submit(papers_of, run.batch_no, due, month)))
        return batches

    def _fund(self, month: dt.date, place: int, totals: list[int]) -> None:
        """A quarter's grant covers its three months; those not yet paid count as the last known one."""
        hands = Hands(self.staff["caiwu"], self.staff["fuhe"])
        if place == 0:
            open_account(month, totals[0], hands)
        if place == 0 or month.month == 1:
            set_budgets(month.year, self._year(month), hands)
        ahead = [totals[min(place + later, len(totals) - 1)] for later in range(3)]
        grant(month, sum(ahead), hands)

    def _year(self, month: dt.date) -> dict[str, int]:
        """What a year at this month's roll costs, and a twelfth more for what joins it."""
        sums = dict.fromkeys(self.schemes, 0)
        for row in self.rows:
            if row.from_on <= month < row.ends_on:
                sums[row.scheme] += row.fen
        return {scheme: fen * 13 for scheme, fen in sums.items() if fen}

    def _run(self, month: dt.date, run: PayrollRun, due: list[Payable], papers: "Future[Papers]") -> None:
        run.save(force_insert=True)
        self.writer.count(PayrollRun, 1)
        self._lines(run, month, len(due))
        total = sum(row.fen for row in due)
        self._walk(run, "draft", lines_count=len(due), total_fen=total)
        self._hold_month(run)
        parts, _ = shares_of(run, total, month)
        Allocation.objects.bulk_create(
            Allocation(run=run, level=level, fen=fen) for level, fen in parts.items()
        )
        written = papers.result()
        self._walk(run, "locked", content_hash=written.register, locked_on=pay_date(month, 3))
        self._book(run, f"lock:{run.batch_no}", "payroll.lock", pay_date(month, 3))
        self._approve(run, month)
        self._bank(run, written.bank_file, month)
        self._returned(run, written.answer, month)
        self._walk(run, "closed", closed_on=pay_date(month, 9))

    def _new_run(self, scheme: str, month: dt.date) -> PayrollRun:
        self.runs += 1
        return PayrollRun(
            id=self.runs, scheme=scheme, month=month_number(month), maker=self.staff["caiwu"],
            built_on=pay_date(month, 2),
        )  # fmt: skip

    def _walk(self, run: PayrollRun, state: str, **values: Any) -> None:
        for name, value in values.items():
            setattr(run, name, value)
        run.state = state
        run.save(update_fields=["state", *values])

    def _lines(self, run: PayrollRun, month: dt.date, count: int) -> None:
        written = self.writer.execute(
            PayLine, _LINES, [self.lines, run.pk, run.month, pay_date(month, 7), run.scheme, month, month]
        )
        if written != count:
            raise AssertionError(f"{run.batch_no}: 写了 {written} 行, 应为 {count} 行")
        self.lines += written

    def _hold_month(self, run: PayrollRun) -> None:
        for pair in pairs_of(run.scheme):
            self.writer.execute(Paid, _PAID, [run.month, pair, run.pk, pair])

    def _book(self, run: PayrollRun, key: str, kind: str, on: dt.date) -> None:
        """Locking owes every line, paying settles every line: the total on one side, a line each on the other."""
        self.txns += 1
        locking = kind == "payroll.lock"
        what = "锁定" if locking else "回盘入账"
        memo = f"{in_words(run.month)}发放清册{what}, {run.batch_no}"
        txn = Txn.objects.create(key=key, kind=kind, on=on, memo=memo)
        whole = accounts.expense_of(run.scheme) if locking else accounts.CASH
        sides = ("D", "C") if locking else ("C", "D")
        bulk_append(Entry, _ENTRY, [(txn.pk, 1, whole, sides[0], run.total_fen, None)])
        self.writer.execute(Entry, _ENTRIES, [txn.pk, accounts.PAYABLE, sides[1], run.pk])
        txn.sealed = True
        txn.save(update_fields=["sealed"])
        self.writer.count(Txn, 1)

    def _approve(self, run: PayrollRun, month: dt.date) -> None:
        for step, login, state, after in ((1, "fuhe", "reviewed", 4), (2, "pizhun", "approved", 5)):
            Approval.objects.create(
                run=run,
                step=step,
                user=self.staff[login],
                maker=run.maker,
                on=pay_date(month, after),
                at=now(),
            )
            self._walk(run, state)
        self.writer.count(Approval, 2)

    def _bank(self, run: PayrollRun, digest: str, month: dt.date) -> None:
        self.writer.note(run.batch_no, digest)
        BankFile.objects.create(
            run=run, format=FORMAT, sha256=digest, count=run.lines_count, total_fen=run.total_fen, by="pizhun",
            on=pay_date(month, 6),
        )  # fmt: skip
        self.writer.count(BankFile, 1)
        self._walk(run, "exported")
        self._walk(run, "handed", handed_on=pay_date(month, 6), handed_by=self.staff["pizhun"])

    def _returned(self, run: PayrollRun, answer: bytes, month: dt.date) -> None:
        """Brought by one, checked by the other, then counted."""
        on, digest = pay_date(month, 8), hashlib.sha256(answer).hexdigest()
        title = f"回盘 {run.batch_no}"
        whole = {"count": run.lines_count, "fen": run.total_fen}
        nothing = {"count": 0, "fen": 0}
        draft = ReturnDraft.objects.create(
            run=run, sha256=digest, name=f"{run.batch_no}.csv", uploaded_by=self.staff["caiwu"], uploaded_on=on,
            file=keep(answer, media_type="application/octet-stream", title=title, by="caiwu"),
            summary={"paid": whole, "lines": []}
            | dict.fromkeys(("failed", "returned", "queried", "unanswered"), nothing),
        )  # fmt: skip
        draft.state, draft.checked_by, draft.checked_on = ReturnDraft.State.APPLIED, self.staff["fuhe"], on
        draft.save(update_fields=["state", "checked_by", "checked_on"])
        self.writer.count(ReturnDraft, 1)
        self.writer.count(KeptFile, 1)
        file = ReturnFile.objects.create(
            run=run, sha256=digest, paid_count=run.lines_count, failed_count=0, paid_fen=run.total_fen,
            name=draft.name, by="caiwu", on=on,
        )  # fmt: skip
        self.writer.count(ReturnFile, 1)
        self.writer.execute(ReturnLine, _RETURNS, [file.pk, "成功", pay_date(month, 7), run.pk])
        self._book(run, f"paid:{run.batch_no}", "payroll.paid", pay_date(month, 8))


_COLUMNS = (
    ("award_id", "bigint"), ("scheme", "varchar(30)"), ("household_id", "bigint"), ("payee_id", "bigint"),
    ("village_id", "varchar(12)"), ("persons", "integer"), ("fen", "bigint"), ("from_on", "date"),
    ("ends_on", "date"), ("name", "varchar(60)"), ("account", "{blob}"), ("account_bi", "{blob}"),
    ("last4", "varchar(4)"), ("place", "bigint"),
)  # fmt: skip
_ENTRY = ("txn", "line", "account", "side", "fen", "subject")
_LINES = f"""
INSERT INTO payments_payline (id, run_id, number, award_id, month, kind, correction_no, household_id, payee_id,
 village_id, persons, amount_fen, state, holder_name, bank, account, account_bi, account_last4, paid_on, reason)
SELECT p.nth + %s, %s, p.nth, p.award_id, %s, 'regular', 0, p.household_id, p.payee_id, p.village_id, p.persons,
 p.fen, 'paid', p.name, '{BANK}', p.account, p.account_bi, p.last4, %s, ''
FROM (SELECT t.*, ROW_NUMBER() OVER (ORDER BY place) AS nth FROM {TABLE} t
      WHERE scheme = %s AND from_on <= %s AND ends_on > %s) p
ORDER BY p.nth
"""  # noqa: S608  (both names are constants of this module)
_PAID = """
INSERT INTO payments_paid (month, pair, person_id, line_id)
SELECT %s, %s, h.person_id, l.id FROM payments_payline l JOIN awards_holding h ON h.award_id = l.award_id
WHERE l.run_id = %s AND h.pair = %s ORDER BY h.person_id
"""
_ENTRIES = """
INSERT INTO ledger_entry (txn_id, line, account, side, fen, subject)
SELECT %s, l.number + 1, %s, %s, l.amount_fen, l.id FROM payments_payline l WHERE l.run_id = %s ORDER BY l.number
"""
_RETURNS = """
INSERT INTO payments_returnline (file_id, number, line_id, result, reason, amount_fen, "on", is_queried)
SELECT %s, l.number, l.id, %s, '', l.amount_fen, %s, FALSE FROM payments_payline l WHERE l.run_id = %s
ORDER BY l.number
"""


def _fill_table(rows: list[Payable]) -> None:
    blob = "bytea" if connection.vendor == "postgresql" else "blob"
    columns = ", ".join(f"{name} {kind.format(blob=blob)}" for name, kind in _COLUMNS)
    _drop_table()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} ({columns})")
        _append(cursor, (_table_row(place, row) for place, row in enumerate(rows, 1)))


def _append(cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    """As bulk_append, for a table that is no model's."""
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(_COLUMNS))
    cursor.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", list(rows))  # noqa: S608


def _drop_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _table_row(place: int, row: Payable) -> tuple[Any, ...]:
    return (
        row.award_id, row.scheme, row.household_id, row.payee_id, row.village, row.persons, row.fen, row.from_on,
        row.ends_on, row.name, row.sealed, row.index, row.account[-4:], place,
    )  # fmt: skip


def _is_due(row: Payable, scheme: str, month: dt.date) -> bool:
    return row.scheme == scheme and row.from_on <= month < row.ends_on


def _content_hash(due: list[Payable]) -> str:
    """As payments.services.locking.content_hash reads it back; a test holds the two equal."""
    digest = hashlib.sha256(b"doudi payroll 1\n")
    for number, row in enumerate(due, 1):
        line = [number, row.award_id, row.payee_id, row.persons, row.fen, row.name, BANK, row.index.hex()]
        digest.update(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _return_text(batch: str, due: list[Payable], paid_on: dt.date) -> str:
    """The bank's answer: everything arrived."""
    day = paid_on.isoformat()
    lines = [",".join(RETURN_HEADER)]
    lines += [f"{batch},{n},{row.account},{plain_yuan(row.fen)},成功,,{day}" for n, row in enumerate(due, 1)]
    return "\r\n".join(lines) + "\r\n"
