"""This month against last month: every change of a household is linked to the decision that explains it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models import Sum as Sum_

from doudi.law.paying import months_from
from doudi.records.decisions.models import Closing, Decision, Opening, Resumption, Suspension
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.payments.periods import month_before, month_start
from doudi.records.people.models import Household

BATCH = 5_000
MOST_PICKED = 5_000  # households; when more change (a new standard), the whole list is read at once
_DECIDED = ("decision_id", "decision__no", "decision__kind", "decision__reason", "decision__decided_on")


class Change(StrEnum):
    """一户比上月怎样了。"""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    STOPPED = "stopped"
    REGROUPED = "regrouped"


LABELS = {
    Change.NEW: "新增",
    Change.UP: "增发",
    Change.DOWN: "减发",
    Change.STOPPED: "停发",
    Change.REGROUPED: "金额未变、待遇换发",
}


@dataclass(frozen=True, slots=True)
class Because:
    """一处变化的来由: 决定 (文号、种类、理由), 或拦截的处理。"""

    text: str
    decision_id: int | None = None
    decision_no: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """一户的变化: 人数和金额 (分), 上月与本月; `because` 为空就是说不清。"""

    change: Change
    household_id: int
    household_no: str
    head: str
    village_id: str
    before_persons: int
    after_persons: int
    before_fen: int
    after_fen: int
    because: tuple[Because, ...]
    unexplained: int

    @property
    def persons(self) -> int:
        return self.after_persons - self.before_persons

    @property
    def fen(self) -> int:
        return self.after_fen - self.before_fen


@dataclass(frozen=True, slots=True)
class Sum:
    """一类变化的户数、人数和分 (本月减上月)。"""

    households: int
    persons: int
    fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """与上月的差异。`before` and `after` are (households, persons, 分) of the two months; `rows` only what changed."""

    before: Sum
    after: Sum
    rows: tuple[Changed, ...]

    @property
    def unexplained(self) -> int:
        """说不清的户数, 为零才能锁定。"""
        return sum(1 for row in self.rows if row.unexplained)

    def sum_of(self, change: Change) -> Sum:
        """一类变化的合计。"""
        mine = [row for row in self.rows if row.change is change]
        return Sum(len(mine), sum(row.persons for row in mine), sum(row.fen for row in mine))


@dataclass(frozen=True, slots=True)
class _Line:
    award: int
    household: int
    persons: int
    fen: int
    begins: dt.date


@dataclass(frozen=True, slots=True)
class _Decided:
    pk: int
    no: str
    kind: str
    reason: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class _Month:
    """One run's lines of a month: those that pay, and the awards whose line was held back.

    `paying` holds the lines of the households that changed: the database finds those, for a county has 40,000 lines
    and a month changes a few hundred.
    """

    lines: QuerySet[PayLine]
    held: dict[int, str]
    built_on: dt.date | None
    paying: dict[int, _Line] = field(default_factory=dict)

    def sum(self) -> Sum:
        told = self.lines.aggregate(
            households=Count("household", distinct=True), persons=Sum_("persons", default=0),
            fen=Sum_("amount_fen", default=0),
        )  # fmt: skip
        return Sum(told["households"], told["persons"], told["fen"])

    def read(self, homes: Sequence[int]) -> None:
        """Read the lines of these households."""
        columns = ("award_id", "household_id", "persons", "amount_fen", "award__from_on")
        for part in _parts(homes) if len(homes) < MOST_PICKED else (None,):
            rows = self.lines if part is None else self.lines.filter(household__in=part)
            for row in rows.order_by("pk").values_list(*columns).iterator(chunk_size=20_000):
                self.paying[row[0]] = _Line(*row)


def difference(run: PayrollRun) -> Difference:
    """本月清册与上月比: 新增、增发、减发、停发各多少户、人、分, 每户连到解释它的决定; 按季的逐月比。

    A back-pay or correction run has no last month: every line of it is one the settlement asks for.
    """
    if run.kind != PayrollRun.Kind.REGULAR:
        return Difference(Sum(0, 0, 0), _month(run, None).sum(), ())
    steps = [_step(run, month) for month in months_from(*run.months)]
    rows = tuple(row for step in steps for row in step.rows)
    return Difference(steps[0].before, steps[-1].after, rows)


def _step(run: PayrollRun, month: int) -> Difference:
    """One month of the run against the month before, which may lie in the same run."""
    earlier = month_before(month)
    previous = run if earlier >= run.months[0] else _regular_run(run.scheme, earlier)
    now, before = _month(run, month), _month(previous, earlier)
    changed_homes = _changed(now, before)
    for one in (now, before):
        one.read(changed_homes)
    reasons = _Reasons(month, now, before)
    homes = _by_household(before.paying.values(), now.paying.values())
    changed = {home: pair for home, pair in homes.items() if _differs(*pair)}
    return Difference(before.sum(), now.sum(), tuple(_rows(changed, reasons)))


def _changed(now: _Month, before: _Month) -> list[int]:
    """The households one of whose awards came, went or pays for another number of persons or another sum."""
    facts = ("award_id", "household_id", "persons", "amount_fen")
    mine, theirs = (one.lines.order_by().values_list(*facts) for one in (now, before))
    return sorted({row[1] for row in (*mine.difference(theirs), *theirs.difference(mine))})


def _regular_run(scheme: str, month: int) -> PayrollRun | None:
    """The run that paid a month, of whatever cycle."""
    runs = PayrollRun.objects.filter(scheme=scheme, kind=PayrollRun.Kind.REGULAR, month__gte=month)
    return next((one for one in runs.order_by("month")[:1] if one.months[0] <= month), None)


def _month(run: PayrollRun | None, month: int | None) -> _Month:
    if run is None:
        return _Month(PayLine.objects.none(), {}, None)
    held = _held(run)
    rows = PayLine.objects.filter(run=run, **({"month": month} if month else {}))
    return _Month(rows.exclude(pk__in=held), dict(held.values()), run.built_on)


def _held(run: PayrollRun) -> dict[int, tuple[int, str]]:
    """Line → (award, why), of lines a person decided not to pay this month."""
    rows = Interception.objects.filter(line__run=run, outcome=Interception.Outcome.DROPPED).order_by("pk")
    return {
        found.line_id: (found.line.award_id, f"拦截: {found.get_cause_display()}, {found.reason}")
        for found in rows.select_related("line").defer("line__account")
    }


def _by_household(
    before: Iterable[_Line], now: Iterable[_Line]
) -> dict[int, tuple[dict[int, _Line], dict[int, _Line]]]:
    homes: dict[int, tuple[dict[int, _Line], dict[int, _Line]]] = defaultdict(lambda: ({}, {}))
    for place, lines in enumerate((before, now)):
        for line in lines:
            homes[line.household][place][line.award] = line
    return homes


def _differs(before: dict[int, _Line], now: dict[int, _Line]) -> bool:
    """Awards are written once, so the same award with another amount or size is a change nothing explains."""
    return before != now


class _Reasons:
    """What opened or closed an award between the two months."""

    def __init__(self, month: int, now: _Month, before: _Month) -> None:
        self.now, self.before = now, before
        self.start, self.last_start = month_start(month), month_start(month_before(month))
        came = [award for award in now.paying if award not in before.paying]
        went = [award for award in before.paying if award not in now.paying]
        self.opened: dict[int, _Decided] = dict(_decisions(Opening, came))
        self.closed: dict[int, _Decided] = dict(_decisions(Closing, went))
        self.ended = dict(_ends(went))
        self.stilled = dict(_suspended(went, self.start))
        self.resumed = dict(_resumed(came, self.last_start))

    def of(self, award: int) -> Because | None:
        """为什么这份待遇本月来了或没了; 说不清为空。"""
        if award in self.now.paying:
            return None if award in self.before.paying else self._came(award)
        return self._went(award)

    def _came(self, award: int) -> Because | None:
        if award in self.resumed:
            return _because(self.resumed[award])
        decision = self.opened.get(award)
        if decision is None:
            return None
        if award in self.before.held:
            return _because(decision, f"上月{self.before.held[award]}; ")
        line, built = self.now.paying[award], self.before.built_on
        is_new = built is None or line.begins > self.last_start or decision.decided_on >= built
        return _because(decision) if is_new else None

    def _went(self, award: int) -> Because | None:
        if award in self.now.held:
            return Because(self.now.held[award])
        if award in self.stilled:
            return _because(self.stilled[award])
        decision = self.closed.get(award)
        return _because(decision) if decision and self.ended[award] <= self.start else None


def _because(decision: _Decided, before: str = "") -> Because:
    label = Decision.Kind(decision.kind).label
    return Because(f"{before}{label} {decision.no}: {decision.reason}", decision.pk, decision.no)


def _suspended(awards: Sequence[int], start: dt.date) -> Iterator[tuple[int, _Decided]]:
    """As it stood then: a resumption that pays the months back does not undo that they were not paid."""
    for part in _parts(awards):
        rows: Any = Suspension.objects.filter(award__in=part, from_on__lte=start)
        rows = rows.filter(Q(resumption=None) | Q(resumption__from_on__gt=start)).order_by("pk")
        for award, *values in rows.values_list("award_id", *_DECIDED):
            yield award, _Decided(*values)


def _resumed(awards: Sequence[int], last_start: dt.date) -> Iterator[tuple[int, _Decided]]:
    for part in _parts(awards):
        rows: Any = Resumption.objects.filter(suspension__award__in=part, from_on__gt=last_start).order_by(
            "pk"
        )
        for award, *values in rows.values_list("suspension__award_id", *_DECIDED):
            yield award, _Decided(*values)


def _decisions(link: type[Opening | Closing], awards: Sequence[int]) -> Iterator[tuple[int, _Decided]]:
    for part in _parts(awards):
        rows: Any = (
            link._default_manager.filter(award__in=part).order_by("pk").values_list("award_id", *_DECIDED)
        )
        for award, *values in rows:
            yield award, _Decided(*values)


def _ends(awards: Sequence[int]) -> Iterator[tuple[int, dt.date]]:
    for part in _parts(awards):
        yield from Closing.objects.filter(award__in=part).order_by("pk").values_list("award_id", "ends_on")


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    source = iter(numbers)
    while part := list(islice(source, BATCH)):
        yield part


def _rows(
    changed: dict[int, tuple[dict[int, _Line], dict[int, _Line]]], reasons: _Reasons
) -> Iterator[Changed]:
    names = dict(_named(changed))
    for home in sorted(changed, key=lambda number: names[number][::-1]):
        before, now = changed[home]
        moved = sorted(award for award in {**before, **now} if before.get(award) != now.get(award))
        found = [reasons.of(award) for award in moved]
        no, head, village = names[home]
        was, is_now = _sum(before.values()), _sum(now.values())
        yield Changed(
            _change(was, is_now), home, no, head, village, was.persons, is_now.persons, was.fen, is_now.fen,
            tuple(dict.fromkeys(one for one in found if one)), sum(one is None for one in found),
        )  # fmt: skip


def _named(homes: Iterable[int]) -> Iterator[tuple[int, tuple[str, str, str]]]:
    for part in _parts(homes):
        rows = Household.objects.filter(pk__in=part).order_by("pk")
        for pk, no, head, village in rows.values_list("pk", "no", "head__name", "village_id"):
            yield pk, (no, head, village)


def _change(was: Sum, now: Sum) -> Change:
    if not was.households:
        return Change.NEW
    if not now.households:
        return Change.STOPPED
    step = (now.fen - was.fen) or (now.persons - was.persons)
    return Change.UP if step > 0 else Change.DOWN if step < 0 else Change.REGROUPED


def _sum(lines: Iterable[_Line]) -> Sum:
    kept = list(lines)
    return Sum(
        len({line.household for line in kept}),
        sum(line.persons for line in kept),
        sum(line.fen for line in kept),
    )
