"""What a run owes: the roll of its months, the months underpaid before it, or what the bank could not pay.

Two sums are kept apart. What is owing for a month is what was locked for it, paid or not: it stands until somebody
gives it up, and back-pay adds only what is missing from it. What was paid is what went out, and may have been too much.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Subquery, Sum

from doudi.law.paying import OPEN_ENDED, months_from
from doudi.records.awards.models import Award, Holding
from doudi.records.decisions.models import Suspension
from doudi.records.payments.deaths import waiting_for_decision
from doudi.records.payments.models import PayLine, PayrollRun, RecoveryMonth, Release
from doudi.records.payments.periods import month_before, month_start
from doudi.records.payments.progress import is_waiting, months_not_sent
from doudi.records.payments.recovery.written_off import came_in_before
from doudi.records.payments.settling.dues import (
    Due,
    Key,
    due_in,
    first_whole_month,
    is_anyone_on_the_roll,
    run_paying,
    suspended_on,
    until_month,
)
from doudi.records.policies.queries import scheme as scheme_of

LIVING = (PayLine.State.PENDING, PayLine.State.SENT, PayLine.State.UNKNOWN, PayLine.State.PAID)
UNPAID = (PayLine.State.FAILED, PayLine.State.RETURNED)
OPEN = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
BATCH = 500
Kind = PayrollRun.Kind
Unit = tuple[int, int]  # household, and the person where the scheme pays by the person (else 0)


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


@dataclass(frozen=True, slots=True)
class Settled:
    """一户 (按人的项目是一人) 某月的账, 分: 应付 (已锁定的)、已发 (含在途), 都扣去已追缴; 少发、多发、应付多记的。

    `short` are the awards in force that what is missing may be paid under, each with its share of `owed_fen`;
    `excess_fen` is owing above what is due: paid too much, or failed and no longer due. `unfounded_fen` is what an
    order to pay back takes although it is due after all: the family has the money, so it is not owed before the order
    is cancelled.
    """

    unit: Unit
    month: int
    award: _Award | None
    owing_fen: int
    already_fen: int
    owed_fen: int
    overpaid_fen: int
    excess_fen: int
    unfounded_fen: int
    short: tuple[tuple[_Award, int], ...] = ()

    @property
    def differs(self) -> bool:
        """有一样对不上。"""
        return bool(self.owed_fen or self.overpaid_fen or self.excess_fen or self.unfounded_fen)


def due_of(run: PayrollRun) -> dict[Key, Due]:
    """这个批次现在应发的各行, 按待遇和月份: 当期的看在册, 补发的看少发, 更正的看失败和退票。"""
    if run.kind == Kind.BACKPAY:
        return owed(run)
    if run.kind == Kind.CORRECTION:
        return unsettled(run)
    taken = _owing_elsewhere(run)
    return {
        key: due
        for month in months_from(*run.months)
        for key, due in due_in(run.scheme, month).items()
        if key not in taken
    }


def is_anything_due(run: PayrollRun) -> bool:
    """这个批次有没有要发的。"""
    if run.kind == Kind.REGULAR:
        return any(is_anyone_on_the_roll(run.scheme, month) for month in months_from(*run.months))
    return bool(due_of(run))


def owing_lines(scheme: str) -> QuerySet[PayLine]:
    """记着应付的行: 当期和补发的、没有拦下、没有取消的; 更正的行重发的是同一笔应付, 不另算。"""
    given_up = Release.objects.filter(line=OuterRef("pk"), approved_by__isnull=False)
    lines = PayLine.objects.filter(run__scheme=scheme).exclude(run__kind=Kind.CORRECTION)
    return lines.exclude(state=PayLine.State.HELD).exclude(Exists(given_up)).order_by()


def _owing_elsewhere(run: PayrollRun) -> set[Key]:
    """What another run has taken up already is not paid again in the month's own run."""
    others = PayrollRun.objects.filter(scheme=run.scheme, kind=Kind.BACKPAY, month__gt=run.months[0])
    runs = list(
        others.values_list("pk", flat=True)
    )  # named first: the lines of a few runs, not of the whole year
    lines = owing_lines(run.scheme).filter(run__in=runs, month__range=run.months)
    return set(lines.values_list("award_id", "month")) if runs else set()


def owed(run: PayrollRun) -> dict[Key, Due]:
    """补发: 这个月以前、当期发放已经导出的各月里少发的, 按待遇和月份; 还能退回重做的月份先不补。"""
    unsent = months_not_sent(run.scheme)
    return {
        (award.pk, row.month): _due(award, row.month, fen)
        for row in settled(run.scheme, month_before(run.month), run)
        if row.month not in unsent
        for award, fen in row.short
    }


def _due(award: _Award, month: int, fen: int) -> Due:
    return Due(award.pk, month, award.household_id, award.payee_id, award.village_id, award.persons, fen)


def unsettled(run: PayrollRun) -> dict[Key, Due]:
    """更正: 银行没有发成或退回来的、还没有重发、那个月仍应发的各行; 有死亡报告的等变动决定。"""
    lines = unpaid(run.scheme).filter(month__lte=run.month).exclude(run=run.pk)
    gone = not_due_any_more(run.scheme) | set(waiting_for_decision(lines))
    living = PayLine.objects.filter(run__scheme=run.scheme, state__in=LIVING).exclude(run=run.pk)
    taken = set(living.filter(award__in=lines.values("award")).values_list("award_id", "month"))
    rows: Any = lines.values_list(
        "award_id", "month", "household_id", "payee_id", "village_id", "persons", "amount_fen", "pk"
    )
    # In the order of writing: of a line that failed again, the last attempt is the one to repay.
    return {row[:2]: Due(*row) for row in rows.order_by("pk") if row[:2] not in taken and row[7] not in gone}


def unpaid(scheme: str) -> QuerySet[PayLine]:
    """没有发成或退回来的行, 没有取消应付的; `root` 是记着这笔应付的行, 更正的行都归到它。"""
    same = PayLine.objects.filter(award=OuterRef("award"), month=OuterRef("month"), pk__lte=OuterRef("pk"))
    roots = same.exclude(kind=Kind.CORRECTION).exclude(state=PayLine.State.HELD).order_by("-pk")
    given_up = Release.objects.filter(approved_by__isnull=False).values("line")
    lines = PayLine.objects.filter(run__scheme=scheme, state__in=UNPAID)
    return lines.annotate(root=Subquery(roots.values("pk")[:1])).exclude(root__in=given_up)


def not_due_any_more(scheme: str) -> set[int]:
    """没有发成、那个月又不再应发这么多的行: 不重发, 等两人取消应付。"""
    lines = list(unpaid(scheme).order_by("pk").values_list("pk", "award_id", "household_id", "month"))
    if not lines:
        return set()
    awards = _awards(scheme)
    view = _View(scheme, tuple(sorted({line[3] for line in lines})), None)
    homes = {line[2] for line in lines}
    units = units_of(scheme, [award for award in awards.values() if award.household_id in homes])
    over = {(row.unit, row.month) for row in _told(view, awards, units) if row.excess_fen}
    return {pk for pk, award, _, month in lines if (units[award], month) in over}


def settled(scheme: str, last: int, run: PayrollRun | None = None, household: int = 0) -> list[Settled]:
    """某项目到某月 (含) 为止, 应发与已发对不上的各户各月。`run` names a run whose own lines do not count, `household`
    the only one looked at.

    Only months since the first regular payroll, up to the last one locked, are looked at: what was paid before there
    was a payroll here is not known, and a later month has not been missed yet.
    """
    view = _View(scheme, _months(scheme, last), run)
    if not view.months:
        return []
    awards = _awards(scheme, household)
    homes = {household} if household else {awards[pk].household_id for pk in _odd(view, awards)}
    units = units_of(scheme, [award for award in awards.values() if award.household_id in homes])
    return [row for row in _told(view, awards, units) if row.differs]


def last_locked(scheme: str) -> int:
    """最后一个锁定了当期发放的月份 (202610); 一个也没有为 0。"""
    runs = PayrollRun.objects.filter(scheme=scheme, kind=Kind.REGULAR).exclude(state__in=OPEN)
    return runs.aggregate(last=Max("month"))["last"] or 0


def _months(scheme: str, last: int) -> tuple[int, ...]:
    runs = PayrollRun.objects.filter(scheme=scheme, kind=Kind.REGULAR).order_by("month")
    locked = [run for run in runs if run.state not in OPEN]
    if not locked:
        return ()
    still = {month for run in runs if is_waiting(run) for month in months_from(*run.months)}
    known = months_from(locked[0].months[0], min(last, locked[-1].month))
    return tuple(month for month in known if month not in still)


def _awards(scheme: str, household: int = 0) -> dict[int, _Award]:
    columns = (
        "household_id",
        "payee_id",
        "village_id",
        "persons",
        "amount_fen",
        "from_on",
        "closing__ends_on",
    )
    awards = Award.objects.filter(scheme=scheme, **({"household": household} if household else {}))
    rows: Any = awards.order_by("pk").values_list("pk", *columns)
    return {
        row[0]: _Award(*(*row[:6], first_whole_month(row[6]), until_month(row[7])))
        for row in rows.iterator(chunk_size=20_000)
    }


@dataclass(frozen=True, slots=True)
class _View:
    """The months that are looked at; one run may be left out."""

    scheme: str
    months: tuple[int, ...]
    run: PayrollRun | None

    def owing(self) -> QuerySet[PayLine]:
        return self._others(owing_lines(self.scheme).filter(month__in=self.months))

    def sent(self) -> QuerySet[PayLine]:
        rows = PayLine.objects.filter(run__scheme=self.scheme, state__in=LIVING, month__in=self.months)
        return self._others(rows.exclude(run__state__in=OPEN).order_by())

    def _others(self, rows: QuerySet[PayLine]) -> QuerySet[PayLine]:
        return rows.exclude(run=self.run.pk) if self.run else rows

    def recovered(self) -> QuerySet[RecoveryMonth]:
        rows = RecoveryMonth.objects.filter(recovery__scheme=self.scheme, month__in=self.months)
        return rows.filter(stands_fen__gt=0).order_by()

    def came_back(self) -> QuerySet[RecoveryMonth]:
        return self.recovered().filter(recovery__state__in=("settled", "cancelled"))


def _odd(view: _View, awards: dict[int, _Award]) -> set[int]:
    """Awards that are not simply owing in full for each of their months: the many that are need no closer look.

    A line never exceeds its award's month, so as many different months from the first to the last with the whole sum
    are every month in full.
    """
    found = {row[0]: row[1:] for row in view.owing().values_list("award_id").annotate(
        Count("month", distinct=True), Min("month"), Max("month"), Sum("amount_fen"))}  # fmt: skip
    odd = {award.pk for award in awards.values() if found.get(award.pk) != _expected(award, view.months)}
    odd.update(Suspension.objects.filter(award__scheme=view.scheme).values_list("award_id", flat=True))
    odd.update(view.recovered().values_list("award_id", flat=True))
    return odd


def _expected(award: _Award, months: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    first, until = bisect_left(months, award.first), bisect_left(months, award.until)
    if first >= until:
        return None
    return until - first, months[first], months[until - 1], award.amount_fen * (until - first)


def units_of(scheme: str, awards: Iterable[Any]) -> dict[int, Unit]:
    """一份待遇记在谁名下: 待遇 → 户, 按人的项目是户和人。`awards` have a pk and a household_id."""
    by_person = scheme_of(scheme).unit == "person"
    homes = {award.pk: award.household_id for award in awards}
    persons: dict[int, int] = {}
    for part in _parts(homes if by_person else ()):
        holders = Holding.objects.filter(award__in=part).order_by()
        persons.update(holders.values_list("award_id").annotate(first=Min("person_id")))
    return {pk: (home, persons.get(pk, 0)) for pk, home in homes.items()}


def _told(view: _View, awards: dict[int, _Award], units: dict[int, Unit]) -> Iterator[Settled]:
    """Month by month, everything known of these units; all awards of a unit are looked at together."""
    owing, sent = _by_month(view.owing(), units), _by_month(view.sent(), units)
    ordered, back = _recovered(view.recovered(), units), _recovered(view.came_back(), units)
    for key, fen in came_in_before(view.scheme).items():
        back[key] = back.get(key, 0) + fen
    groups: dict[Unit, list[_Award]] = defaultdict(list)
    for pk, unit in units.items():
        groups[unit].append(awards[pk])
    rows = [
        _Row(unit, month, mine, owing, sent, ordered, back)
        for unit, mine in sorted(groups.items())
        for month in view.months
    ]
    yield from _by_the_rulebook([row for row in rows if row.force or row.owing or row.sent])


class _Row:
    """One unit and month before the law has been asked."""

    def __init__(
        self, unit: Unit, month: int, mine: list[_Award], owing: dict[Key, int], sent: dict[Key, int],
        ordered: dict[Key, int], back: dict[Key, int],
    ) -> None:  # fmt: skip
        keys = [(award.pk, month) for award in mine]
        self.ordered = sum(ordered.get(key, 0) for key in keys)
        self.unit, self.month = unit, month
        self.owing = max(sum(owing.get(key, 0) for key in keys) - sum(back.get(key, 0) for key in keys), 0)
        self.sent = max(sum(sent.get(key, 0) for key in keys) - self.ordered, 0)
        self.force = [award for award in mine if award.covers(month)]
        self.free = [award for award in self.force if (award.pk, month) not in owing]

    def short(self, owed: int, entitled: dict[int, int]) -> tuple[tuple[_Award, int], ...]:
        """Shared out from the latest award on; one that has a line in the month already takes no second one."""
        shares = []
        for award in reversed(self.free):
            share = min(owed, entitled[award.pk])
            if share:
                shares.append((award, share))
                owed -= share
        return tuple(shares)


def _by_month(lines: QuerySet[PayLine], units: Collection[int]) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for part in _parts(units):
        for award, month, fen in lines.filter(award__in=part).values_list("award_id", "month", "amount_fen"):
            found[award, month] += fen
    return dict(found)


def _recovered(months: QuerySet[RecoveryMonth], units: Collection[int]) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for part in _parts(units):
        rows = months.filter(award__in=part)
        for award, month, fen in rows.values_list("award_id", "month", "stands_fen"):
            found[award, month] += fen
    return dict(found)


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    source = iter(numbers)
    while part := list(islice(source, BATCH)):
        yield part


def _by_the_rulebook(rows: list[_Row]) -> Iterator[Settled]:
    if not rows:
        return
    entitled = _entitled(rows)
    due = [sum(entitled[place].values()) for place in range(len(rows))]
    on = month_start(rows[-1].month)
    against = {
        name: run_paying(_table([(row.month, fen, getattr(row, name)) for row, fen in zip(rows, due, strict=True)]),
                         on, ["owed", "overpaid"])
        for name in ("owing", "sent")
    }  # fmt: skip
    for place, row in enumerate(rows):
        missing = against["owing"]["owed"][place]
        latest = row.force[-1] if row.force else None
        yield Settled(
            row.unit, row.month, latest, row.owing, row.sent, missing, against["sent"]["overpaid"][place],
            against["owing"]["overpaid"][place], min(row.ordered, against["sent"]["owed"][place]),
            row.short(missing, entitled[place]),
        )  # fmt: skip


def _entitled(rows: list[_Row]) -> list[dict[int, int]]:
    """Row → award in force → 分 of the month; a household may hold two awards at once, each for its own persons."""
    still = {month: suspended_on(month_start(month)) for month in {row.month for row in rows}}
    pairs = [(place, award) for place, row in enumerate(rows) for award in row.force]
    told: list[dict[int, int]] = [{} for _ in rows]
    for place, award in pairs:
        told[place][award.pk] = 0 if award.pk in still[rows[place].month] else award.amount_fen
    return told


def _table(rows: list[tuple[int, int, int]]) -> pa.Table:
    """(month, due, already) as the rulebook of paying reads them."""
    size = len(rows)
    return pa.table(
        {
            "award_id": pa.array(range(size), pa.int64()),
            "scope": pa.repeat(settings.COUNTY, size),
            "month": pa.array([row[0] for row in rows], pa.int64()),
            "from_month": pa.array([row[0] for row in rows], pa.int64()),
            "until_month": pa.repeat(pa.scalar(OPEN_ENDED, pa.int64()), size),
            "amount": pa.array([row[1] for row in rows], pa.int64()),
            "suspended": pa.repeat(pa.scalar(False), size),
            "held": pa.repeat(pa.scalar(False), size),
            "already": pa.array([row[2] for row in rows], pa.int64()),
        }
    )
