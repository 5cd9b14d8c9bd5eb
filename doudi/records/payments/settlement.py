"""What a run owes: the roll of its months, the months underpaid before it, or what the bank could not pay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db.models import Max, Min, QuerySet, Sum

from doudi.law.paying import OPEN_ENDED, months_from
from doudi.records.awards.models import Award, Holding
from doudi.records.decisions.models import Suspension
from doudi.records.payments.dues import (
    Due,
    Key,
    due_in,
    first_whole_month,
    is_anyone_on_the_roll,
    run_paying,
    suspended_on,
    until_month,
)
from doudi.records.payments.models import PayLine, PayrollRun, Recovery, RecoveryMonth
from doudi.records.payments.periods import month_before, month_start
from doudi.records.policies.queries import scheme as scheme_of

LIVING = (PayLine.State.PENDING, PayLine.State.SENT, PayLine.State.UNKNOWN, PayLine.State.PAID)
UNPAID = (PayLine.State.FAILED, PayLine.State.RETURNED)
BATCH = 500
Unit = tuple[int, int]  # household, and the person where the scheme pays by the person (else 0)


@dataclass(frozen=True, slots=True)
class Settled:
    """一户 (按人的项目是一人) 某月的账: 应发、已发 (扣去已追缴)、少发、多发, 分; 不在册的月份 `award` 为空。"""

    unit: Unit
    month: int
    award: "_Award | None"
    already_fen: int
    owed_fen: int
    overpaid_fen: int


@dataclass(frozen=True, slots=True)
class _Award:
    pk: int
    household_id: int
    payee_id: int
    village_id: str
    persons: int
    amount_fen: int
    first: int
    until: int

    def covers(self, month: int) -> bool:
        return self.first <= month < self.until


def due_of(run: PayrollRun) -> dict[Key, Due]:
    """这个批次现在应发的各行, 按待遇和月份: 当期的看在册, 补发的看少发, 更正的看失败和退票。"""
    if run.kind == PayrollRun.Kind.BACKPAY:
        return owed(run)
    if run.kind == PayrollRun.Kind.CORRECTION:
        return unsettled(run)
    taken = _paid_elsewhere(run)
    return {
        key: due
        for month in months_from(*run.months)
        for key, due in due_in(run.scheme, month).items()
        if key not in taken
    }


def is_anything_due(run: PayrollRun) -> bool:
    """这个批次有没有要发的。"""
    if run.kind == PayrollRun.Kind.REGULAR:
        return any(is_anyone_on_the_roll(run.scheme, month) for month in months_from(*run.months))
    return bool(due_of(run))


def _paid_elsewhere(run: PayrollRun) -> set[Key]:
    """What a back-pay run has taken up already is not paid again in the month's own run."""
    lines = PayLine.objects.filter(run__scheme=run.scheme, state__in=LIVING, month__range=run.months)
    return set(lines.exclude(run__kind=run.kind).values_list("award_id", "month"))


def owed(run: PayrollRun) -> dict[Key, Due]:
    """补发: 这个月以前、已经锁定过当期发放的各月里少发的, 按待遇和月份。"""
    found = [row for row in settled(run.scheme, month_before(run.month), run) if row.owed_fen and row.award]
    return {(row.award.pk, row.month): _due(row.award, row.month, row.owed_fen) for row in found if row.award}


def _due(award: _Award, month: int, fen: int) -> Due:
    return Due(
        award.pk, month, award.household_id, award.payee_id, award.village_id, award.persons, fen
    )  # fmt: skip


def unsettled(run: PayrollRun) -> dict[Key, Due]:
    """更正: 银行没有发成或退回来、还没有重发、那个月仍应发的各行。"""
    lines = PayLine.objects.filter(run__scheme=run.scheme, state__in=UNPAID, month__lte=run.month).exclude(
        run=run
    )
    living = PayLine.objects.filter(run__scheme=run.scheme, state__in=LIVING).exclude(run=run)
    taken = set(living.filter(award__in=lines.values("award")).values_list("award_id", "month"))
    rows: Any = lines.order_by("village_id", "household__no", "award_id", "month", "pk").values_list(
        "award_id", "month", "household_id", "payee_id", "village_id", "persons", "amount_fen", "pk",
        "award__closing__ends_on",
    )  # fmt: skip
    return {
        (row[0], row[1]): Due(*row[:8])
        for row in rows
        if row[:2] not in taken and row[1] < until_month(row[8])
    }


def settled(scheme: str, last: int, run: PayrollRun | None = None) -> list[Settled]:
    """某项目到某月 (含) 为止, 应发与已发对不上的各户各月。`run` names a run whose own lines do not count as paid.

    Only months whose regular payroll was locked are looked at: a later month has not been missed yet.
    """
    last = min(last, _last_locked(scheme))
    awards, paid = _awards(scheme), _sums(_Flow(scheme, last, run))
    odd = [award for award in awards.values() if paid.get(award.pk, 0) != _expected(award, last)]
    still = Suspension.objects.filter(award__scheme=scheme).values_list("award_id", flat=True)
    odd += [awards[pk] for pk in set(still) if awards[pk] not in odd]
    return list(_told(_Flow(scheme, last, run), awards, odd)) if odd else []


def _last_locked(scheme: str) -> int:
    open_states = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
    shut = PayrollRun.objects.filter(scheme=scheme, kind=PayrollRun.Kind.REGULAR).exclude(
        state__in=open_states
    )
    return shut.aggregate(last=Max("month"))["last"] or 0


def _awards(scheme: str) -> dict[int, _Award]:
    columns = (
        "household_id",
        "payee_id",
        "village_id",
        "persons",
        "amount_fen",
        "from_on",
        "closing__ends_on",
    )
    rows: Any = Award.objects.filter(scheme=scheme).order_by("pk").values_list("pk", *columns)
    return {
        row[0]: _Award(*(*row[:6], first_whole_month(row[6]), until_month(row[7])))
        for row in rows.iterator(chunk_size=20_000)
    }


def _expected(award: _Award, last: int) -> int:
    return award.amount_fen * len(months_from(award.first, min(last, month_before(award.until))))


@dataclass(frozen=True, slots=True)
class _Flow:
    """What was paid or is on its way, and what of it was ordered back, up to a month; one run may be left out."""

    scheme: str
    last: int
    run: PayrollRun | None

    def lines(self) -> QuerySet[PayLine]:
        rows = PayLine.objects.filter(
            run__scheme=self.scheme, state__in=LIVING, month__lte=self.last
        ).order_by()
        return rows.exclude(run=self.run) if self.run else rows

    def recovered(self) -> QuerySet[RecoveryMonth]:
        rows = RecoveryMonth.objects.filter(recovery__scheme=self.scheme, month__lte=self.last).order_by()
        return rows.exclude(recovery__state=Recovery.State.CANCELLED)


def _sums(flow: _Flow) -> dict[int, int]:
    """Award → 分, whole awards summed by the database: the many that are right need no look at their months."""
    paid = dict(flow.lines().values_list("award_id").annotate(fen=Sum("amount_fen")))
    for award, fen in flow.recovered().values_list("award_id").annotate(fen=Sum("fen")):
        paid[award] = paid.get(award, 0) - fen
    return paid


def _told(flow: _Flow, awards: dict[int, _Award], odd: Iterable[_Award]) -> Iterator[Settled]:
    """Month by month, the units whose sums do not agree; all awards of such a unit are looked at together."""
    homes = {award.household_id for award in odd}
    units = _units(flow.scheme, [award for award in awards.values() if award.household_id in homes])
    paid = _by_month(flow, units)
    groups: dict[Unit, list[_Award]] = defaultdict(list)
    for pk, unit in units.items():
        groups[unit].append(awards[pk])
    rows = [
        (unit, month, _in_force(mine, month), paid.get((unit, month), 0))
        for unit, mine in sorted(groups.items())
        for month in months_from(min(award.first for award in mine), flow.last)
    ]
    yield from _by_the_rulebook([row for row in rows if row[2] or row[3]])


def _units(scheme: str, awards: Iterable[_Award]) -> dict[int, Unit]:
    """Award → its household, or its person where the scheme pays by the person."""
    by_person = scheme_of(scheme).unit == "person"
    homes = {award.pk: award.household_id for award in awards}
    persons: dict[int, int] = {}
    for part in _parts(homes if by_person else ()):
        holders = Holding.objects.filter(award__in=part).order_by()
        persons.update(holders.values_list("award_id").annotate(first=Min("person_id")))
    return {pk: (home, persons.get(pk, 0)) for pk, home in homes.items()}


def _by_month(flow: _Flow, units: dict[int, Unit]) -> dict[tuple[Unit, int], int]:
    paid: dict[tuple[Unit, int], int] = defaultdict(int)
    for part in _parts(units):
        for award, month, fen in (
            flow.lines().filter(award__in=part).values_list("award_id", "month", "amount_fen")
        ):
            paid[units[award], month] += fen
        for award, month, fen in (
            flow.recovered().filter(award__in=part).values_list("award_id", "month", "fen")
        ):
            paid[units[award], month] -= fen
    return paid


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    source = iter(numbers)
    while part := list(islice(source, BATCH)):
        yield part


def _in_force(awards: list[_Award], month: int) -> _Award | None:
    """The latest decision counts where two awards of a unit reach the same month."""
    return next((award for award in reversed(awards) if award.covers(month)), None)


def _by_the_rulebook(rows: list[tuple[Unit, int, _Award | None, int]]) -> Iterator[Settled]:
    if not rows:
        return
    still = {month: suspended_on(month_start(month)) for month in {row[1] for row in rows}}
    table = pa.table(
        {
            "award_id": pa.array(range(len(rows)), pa.int64()),
            "scope": pa.repeat(settings.COUNTY, len(rows)),
            "month": pa.array([row[1] for row in rows], pa.int64()),
            "from_month": pa.array([row[2].first if row[2] else OPEN_ENDED for row in rows], pa.int64()),
            "until_month": pa.array([row[2].until if row[2] else OPEN_ENDED for row in rows], pa.int64()),
            "amount": pa.array([row[2].amount_fen if row[2] else 0 for row in rows], pa.int64()),
            "suspended": pa.array(
                [row[2] is not None and row[2].pk in still[row[1]] for row in rows], pa.bool_()
            ),
            "held": pa.repeat(pa.scalar(False), len(rows)),
            "already": pa.array([row[3] for row in rows], pa.int64()),
        }
    )
    found = run_paying(table, month_start(rows[-1][1]), ["owed", "overpaid"])
    for place, row in enumerate(rows):
        if found["owed"][place] or found["overpaid"][place]:
            yield Settled(*row, found["owed"][place], found["overpaid"][place])
