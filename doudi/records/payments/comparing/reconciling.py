"""The roll of a month against what was listed, what the bank paid and what the books say. Nothing here writes.

Everything is told by the household (by the person, where the scheme pays by the person): a raise decided late closes
one award and opens another, and the month is right when both together are.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Sum

from doudi.law.money import yuan
from doudi.records.awards.models import Award
from doudi.records.ledger import accounts
from doudi.records.ledger.models import Entry
from doudi.records.payments.models import Interception, PayLine, PayrollRun, RecoveryMonth, Release
from doudi.records.payments.settling.dues import due_in
from doudi.records.payments.settling.settlement import OPEN, Unit, units_of
from doudi.records.people.models import Household

Line = PayLine.State
ON_ITS_WAY = (Line.PENDING, Line.SENT, Line.UNKNOWN)
NOT_DONE = (Line.FAILED, Line.RETURNED)


@dataclass(slots=True)
class _Sums:
    """One unit's month, 分."""

    due: int = 0
    listed: int = 0
    paid: int = 0
    on_its_way: int = 0
    recovered: int = 0
    released: int = 0
    booked: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return self.due == self.paid - self.recovered and self.booked == self.still_owed

    @property
    def still_owed(self) -> int:
        return self.listed - self.paid - self.released


@dataclass(frozen=True, slots=True)
class Gap:
    """一处不符: 哪一户, 在册应发、清册、已入账、已追缴、账上还欠 (分), 和为什么。"""

    household: Household
    due_fen: int
    listed_fen: int
    paid_fen: int
    recovered_fen: int
    booked_fen: int
    why: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """某项目某月: 户数 (人数) 和各合计 (分), 逐处不符; 没有不符就是全部相符。`is_locked` 为假的还没有锁定。"""

    scheme: str
    month: int
    is_locked: bool
    units: int
    due_fen: int
    listed_fen: int
    paid_fen: int
    recovered_fen: int
    booked_fen: int
    gaps: tuple[Gap, ...]


def months_paid() -> list[int]:
    """有发放的月份, 新的在前。"""
    rows = PayLine.objects.order_by("-month").values_list("month", flat=True).distinct()
    return list(rows)


def reconciled(month: int) -> list[Reconciled]:
    """某月各项目的账实核对: 在册、清册、银行结果和账务逐户相比。"""
    runs = PayrollRun.objects.filter(kind=PayrollRun.Kind.REGULAR, month__gte=month)
    covering = runs.filter(Q(from_month__lte=month) | Q(from_month=0, month=month)).order_by(
        "scheme", "month"
    )
    shut: dict[str, bool] = {}
    for run in covering:
        shut[run.scheme] = shut.get(run.scheme, False) or run.state not in OPEN
    return [_reconciled(scheme, month, is_locked) for scheme, is_locked in shut.items()]


def _reconciled(scheme: str, month: int, is_locked: bool) -> Reconciled:
    sums = _gathered(scheme, month) if is_locked else {}
    odd = {unit: one for unit, one in sums.items() if not one.agrees}
    homes = Household.objects.select_related("head", "village").in_bulk({unit[0] for unit in odd})
    gaps = tuple(_gap(homes[unit[0]], one) for unit, one in sorted(odd.items()))
    told = {
        name: sum(getattr(one, name) for one in sums.values())
        for name in ("due", "listed", "paid", "recovered", "booked")
    }
    return Reconciled(
        scheme, month, is_locked, len(sums), told["due"], told["listed"], told["paid"], told["recovered"],
        told["booked"], gaps,
    )  # fmt: skip


def _gathered(scheme: str, month: int) -> dict[Unit, _Sums]:
    due = due_in(scheme, month)
    lines = PayLine.objects.filter(run__scheme=scheme, month=month).order_by("pk")
    rows: list[Any] = list(
        lines.values_list(
            "pk", "award_id", "household_id", "kind", "state", "amount_fen", "reason", "run__state"
        )
    )
    homes = {award: one.household_id for (award, _), one in due.items()} | {row[1]: row[2] for row in rows}
    units = units_of(scheme, [Award(pk=award, household_id=home) for award, home in homes.items()])
    sums: dict[Unit, _Sums] = defaultdict(_Sums)
    for (award, _), one in due.items():
        sums[units[award]].due += one.amount_fen
    for row in rows:
        _count(sums[units[row[1]]], *row[3:])
    owners = {row[0]: units[row[1]] for row in rows}
    _told_of(lines, owners, sums)
    return sums


def _count(one: _Sums, kind: str, state: str, fen: int, reason: str, run_state: str) -> None:
    if run_state in OPEN or state == Line.HELD:
        return
    one.listed += fen if kind != PayrollRun.Kind.CORRECTION else 0
    one.paid += fen if state == Line.PAID else 0
    one.on_its_way += fen if state in ON_ITS_WAY else 0
    if state in NOT_DONE:
        one.why.append(f"银行{Line(state).label}{yuan(fen)} 元 ({reason or '没有写原因'})")


def _told_of(lines: Any, owners: dict[int, Unit], sums: dict[Unit, _Sums]) -> None:
    """What stands beside the lines: held back by a person, ordered back, given up, and what the books owe."""
    wanted = lines.order_by().values("pk")
    held = Interception.objects.filter(line__in=wanted, outcome=Interception.Outcome.DROPPED).order_by("pk")
    for line, cause, reason in held.values_list("line_id", "cause", "reason"):
        sums[owners[line]].why.append(f"{Interception.Cause(cause).label}, 决定本月不发 ({reason})")
    for line, fen in RecoveryMonth.objects.filter(line__in=wanted).values_list("line_id", "stands_fen"):
        sums[owners[line]].recovered += fen
    given_up = Release.objects.filter(line__in=wanted, approved_by__isnull=False)
    for line, fen in given_up.values_list("line_id", "line__amount_fen"):
        sums[owners[line]].released += fen
    owed = Entry.objects.filter(
        subject__in=wanted, account__in=(accounts.PAYABLE, accounts.BOUNCED), txn__sealed=True
    )
    for line, side, fen in owed.order_by().values_list("subject", "side").annotate(sum=Sum("fen")):
        sums[owners[line]].booked += int(fen) if side == "C" else -int(fen)


def _gap(home: Household, one: _Sums) -> Gap:
    why = list(dict.fromkeys([*one.why, *_reasons(one)]))
    return Gap(home, one.due, one.listed, one.paid, one.recovered, one.booked, "; ".join(why))


def _reasons(one: _Sums) -> Iterable[str]:
    net = one.paid - one.recovered
    if one.on_its_way:
        yield f"{yuan(one.on_its_way)} 元银行还没有答复"
    if net > one.due:
        yield f"多发 {yuan(net - one.due)} 元, 还没有列入追缴"
    missing = one.due - net - one.on_its_way
    if missing > 0 and not one.listed and not one.why:
        yield f"应发 {yuan(missing)} 元没有列入清册, 由补发补上"
    elif missing > 0 and not one.why:
        yield f"少发 {yuan(missing)} 元, 由补发补上"
    elif missing > 0 and one.listed:
        yield "由更正发放重发"
    if one.booked != one.still_owed:
        yield f"账上还欠 {yuan(one.booked)} 元, 清册还欠 {yuan(one.still_owed)} 元, 请报告审计管理员"
