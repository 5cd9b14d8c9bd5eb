"""Derive what was stored once more, from the rows it came from, and name each difference. Reads only.

Every rule is one query that answers only what is wrong, so a clean county costs a few scans and no memory.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.ledger import accounts
from doudi.records.ledger.models import Entry
from doudi.records.ledger.queries import journal, totals, unsealed
from doudi.records.payments.models import BankFile, Interception, PayLine, PayrollRun, ReturnFile
from doudi.records.reports import audit_accounts, audit_books, audit_hands, audit_runs

Run, Line = PayrollRun.State, PayLine.State
UNLOCKED = (Run.BUILDING, Run.DRAFT)
# One grouped pass over the entries: they have no index by pay line, and need none while they are written.
_BOOKED = """
SELECT id, booked, due FROM (
    SELECT l.id, COALESCE(b.fen, 0) AS booked, {due} AS due
      FROM payments_payline l
      JOIN payments_payrollrun r ON r.id = l.run_id
      LEFT JOIN (SELECT e.subject, SUM(CASE WHEN e.side = '{side}' THEN e.fen ELSE -e.fen END) AS fen
                   FROM ledger_entry e JOIN ledger_txn t ON t.id = e.txn_id
                  WHERE t.sealed AND e.subject IS NOT NULL AND t.kind IN ({kinds}) AND {account}
                  GROUP BY e.subject) b ON b.subject = l.id
) lines WHERE booked <> due ORDER BY id
"""
_OWED = "e.account IN ('2001', '2101')"
_SPENT = "e.account LIKE '5%'"
_WHEN = "CASE WHEN {} THEN l.amount_fen ELSE 0 END"
_GIVEN_UP = _WHEN.format(
    "EXISTS (SELECT 1 FROM payments_release g WHERE g.line_id = l.id AND g.approved_by_id IS NOT NULL)"
)
_MONTHS = (
    "COALESCE((SELECT SUM({fen}) FROM payments_recoverymonth m JOIN payments_recovery v ON v.id = m.recovery_id "
    "WHERE m.line_id = l.id AND v.confirmed_by_id IS NOT NULL AND {which}), 0)"
)
LINE_KINDS = ("payroll.lock", "payroll.reopen", "payroll.paid", "payroll.hand", "payroll.bounced",
              "payroll.release", "recovery.order", "recovery.cancel")  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """一处对不上: 哪条规矩、在哪里、存着多少、重算得多少 (分或笔数)。"""

    rule: str
    place: str
    stored: int
    derived: int

    def __str__(self) -> str:
        return f"{self.rule}: {self.place} 存 {self.stored}, 重算 {self.derived}"


def differences() -> Iterator[Difference]:
    """账簿、发放批次、发放行、银行文件、决定与待遇, 逐条重算, 只给出对不上的。"""
    for rule, derive in RULES.items():
        yield from (Difference(rule, *found) for found in derive())


Found = Iterable[tuple[str, int, int]]


def _transactions() -> Found:
    """Added up in Python from the entries, not by the database that let them in."""
    for transaction in journal():
        debit = sum(line.fen for line in transaction.lines if line.fen > 0)
        credit = -sum(line.fen for line in transaction.lines if line.fen < 0)
        if debit != credit:
            yield f"账务 {transaction.key} (借, 贷)", debit, credit


def _balances() -> Found:
    """The database's sums by account against our own."""
    ours: dict[str, int] = {}
    for transaction in journal():
        for line in transaction.lines:
            ours[line.account.code] = ours.get(line.account.code, 0) + line.fen
    told = totals(None)["accounts"]
    for code in sorted(told.keys() | ours.keys()):
        if told.get(code, 0) != ours.get(code, 0):
            yield f"科目 {code}", told.get(code, 0), ours.get(code, 0)


def _unsealed() -> Found:
    return ((f"账务 {txn.key} 未封存", 1, 0) for txn in unsealed())


def _strange_accounts() -> Found:
    rows = Entry.objects.exclude(account__in=accounts.ACCOUNTS).order_by("account").values_list("account")
    return ((f"科目 {code} 不在科目表", number, 0) for code, number in rows.annotate(number=Count("line")))


def _run_totals() -> Found:
    kept = ~Q(lines__state=Line.HELD)
    runs = PayrollRun.objects.exclude(state__in=UNLOCKED).order_by("id")
    for run in runs.annotate(
        count=Count("lines__award", filter=kept, distinct=True),
        total=Coalesce(Sum("lines__amount_fen", filter=kept), 0),
    ).exclude(lines_count=F("count"), total_fen=F("total")):
        yield f"{_named(run)} 笔数", run.lines_count, run.count
        yield f"{_named(run)} 总额", run.total_fen, int(run.total)


def _named(run: PayrollRun) -> str:
    return f"批次 {run.pk} ({run.scheme} {run.month})"


def _lines_against(what: str, kinds: tuple[str, ...], account: str, side: str, due: str) -> Found:
    """Each line is booked under these kinds with exactly what its papers say."""
    told = ", ".join(f"'{kind}'" for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED.format(kinds=told, account=account, side=side, due=due))
        rows = cursor.fetchall()
    return ((f"发放行 {line} {what}", int(booked), int(due)) for line, booked, due in rows)


def _payable() -> Found:
    """Locked and not dropped: owed once, by its own amount; a correction owes nothing new."""
    owing = "r.state NOT IN ('building', 'draft') AND l.state <> 'held' AND r.kind <> 'correction'"
    return _lines_against("应付", ("payroll.lock", "payroll.reopen"), _OWED, "C", _WHEN.format(owing))


def _paid() -> Found:
    """Only what the bank confirmed or somebody signed for leaves the liability."""
    paid = _WHEN.format("l.state IN ('paid', 'returned')")
    return _lines_against("已付", ("payroll.paid", "payroll.hand"), _OWED, "D", paid)


def _bounced() -> Found:
    back = _WHEN.format("l.state = 'returned'")
    return _lines_against("退票", ("payroll.bounced",), _OWED, "C", back)


def _released() -> Found:
    """A debt given up by two leaves the liability and the expense."""
    yield from _lines_against("取消应付", ("payroll.release",), _OWED, "D", _GIVEN_UP)
    yield from _lines_against("取消应付的支出", ("payroll.release",), _SPENT, "C", _GIVEN_UP)


def _ordered_back() -> Found:
    """What was ordered back of a line, and what of it was cancelled."""
    ordered = _MONTHS.format(fen="m.fen", which="1 = 1")
    cancelled = _MONTHS.format(fen="m.fen - m.stands_fen", which="v.state = 'cancelled'")
    yield from _lines_against("追缴", ("recovery.order",), _SPENT, "C", ordered)
    yield from _lines_against("撤销追缴", ("recovery.cancel",), _SPENT, "D", cancelled)


def _strange_kinds() -> Found:
    rows = Entry.objects.filter(subject__isnull=False).exclude(txn__kind__in=LINE_KINDS).order_by("txn__kind")
    counted = rows.values_list("txn__kind").annotate(number=Count("line"))
    return ((f"业务 {kind} 不该有发放行", number, 0) for kind, number in counted)


def _entries_without_line() -> Found:
    line = PayLine.objects.filter(pk=OuterRef("subject"))
    strange = Entry.objects.filter(~Exists(line), subject__isnull=False)
    rows = strange.order_by("txn_id", "line").values_list("txn__key", "line", "fen")
    return ((f"账务 {key} 第 {line} 条没有发放行", fen, 0) for key, line, fen in rows)


def _bank_files() -> Found:
    """The file holds what goes through the bank; who is paid by hand is in the run and not in it."""
    for file in BankFile.objects.select_related("run").order_by("pk"):
        lines = PayLine.objects.filter(run=file.run, number__isnull=False).exclude(
            interceptions__outcome=Interception.Outcome.BY_HAND
        )
        found = lines.aggregate(count=Count("number", distinct=True), fen=Coalesce(Sum("amount_fen"), 0))
        if (file.total_fen, file.count) != (found["fen"], found["count"]):
            yield f"代发文件 {file.pk} 总额, {_named(file.run)}", file.total_fen, int(found["fen"])
            yield f"代发文件 {file.pk} 笔数, {_named(file.run)}", file.count, found["count"]


def _return_files() -> Found:
    paid: Counter[int] = Counter()
    for file, word, fen in audit_runs.told_first():
        if word == "成功":
            paid[file] += fen
    for one in ReturnFile.objects.order_by("pk"):
        if one.paid_fen != paid[one.pk]:
            yield f"回盘文件 {one.pk} 成功金额", one.paid_fen, paid[one.pk]


def _decisions() -> Found:
    """A decision grants what its awards pay."""
    granting = Decision.objects.filter(kind__in=(Decision.Kind.GRANT, Decision.Kind.CARRIED_OVER))
    opened = granting.annotate(fen=Coalesce(Sum("opens__award__amount_fen"), 0)).exclude(amount_fen=F("fen"))
    return ((f"决定 {row.no} 月金额", row.amount_fen, int(row.fen)) for row in opened.order_by("pk"))


def _assessed() -> Found:
    """A grant is what was assessed."""
    granted = Decision.objects.filter(kind=Decision.Kind.GRANT, assessment__isnull=False).select_related(
        "assessment"
    )
    for row in granted.exclude(amount_fen=F("assessment__amount_fen")).order_by("pk"):
        yield f"决定 {row.no} 与测算", row.amount_fen, row.assessment.amount_fen if row.assessment else 0


def _parts() -> Found:
    summed = Award.objects.filter(parts__isnull=False).annotate(fen=Sum("parts__amount_fen"))
    wrong = summed.exclude(amount_fen=F("fen")).order_by("pk")
    return ((f"待遇 {award.no} 各组成之和", award.amount_fen, int(award.fen)) for award in wrong)


RULES: dict[str, Callable[[], Found]] = {
    "借贷相等": _transactions,
    "科目余额": _balances,
    "账务封存": _unsealed,
    "科目在表": _strange_accounts,
    "批次合计": _run_totals,
    "应付": _payable,
    "已付": _paid,
    "退票": _bounced,
    "取消应付": _released,
    "追缴入账": _ordered_back,
    "分录业务": _strange_kinds,
    "分录有行": _entries_without_line,
    "代发文件": _bank_files,
    "回盘文件": _return_files,
    "决定与待遇": _decisions,
    "决定与测算": _assessed,
    "待遇组成": _parts,
    "单据推余额": audit_books.balances_from_papers,
    "记账日期": audit_books.booking_days,
    "追缴": audit_books.recoveries,
    "资金单据": audit_books.vouchers,
    "月结": audit_books.closed_months,
    "资金专户": audit_accounts.special_accounts,
    "行与决定": audit_runs.lines_from_decisions,
    "清册指纹": audit_runs.frozen,
    "资金分摊": audit_runs.allocations,
    "银行结果": audit_runs.answers,
    "领款签收": audit_runs.hand_receipts,
    "两级审批": audit_hands.approvals,
    "三道手续": audit_hands.three_sides,
    "回盘两人": audit_hands.return_drafts,
    "核销两人": audit_hands.write_offs,
    "存折代管": audit_hands.custodies,
}
