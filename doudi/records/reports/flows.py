"""Who came and who went in a month, and whose amount is another since: by household, from what began and what ended."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Closing, Decision
from doudi.records.decisions.queries import recognised_on
from doudi.records.reports.stock import in_area


@dataclass(frozen=True, slots=True)
class Heads:
    """户数和人数。"""

    households: int = 0
    persons: int = 0


NOBODY = Heads()


@dataclass(frozen=True, slots=True)
class Left:
    """退出: 户数、人数, 按理由代码的户数。"""

    households: int = 0
    persons: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """一个项目一个月的进出: 新增、退出、迁入、迁出。"""

    entered: Heads = NOBODY
    left: Left = field(default_factory=Left)
    moved_in: Heads = NOBODY
    moved_out: Heads = NOBODY


def in_force(on: dt.date) -> Q:
    return (Q(closing=None) | Q(closing__ends_on__gt=on)) & Q(from_on__lte=on)


def moved(area_code: str, end: dt.date, before: dt.date) -> dict[str, Flow]:
    """Scheme → who came and who went, by household: only those with an award that began or ended."""
    ended = Q(closing__ends_on__gt=before, closing__ends_on__lte=end)
    began = Award.objects.filter(from_on__gt=before, from_on__lte=end).values("household")
    stopped = Closing.objects.filter(ends_on__gt=before, ends_on__lte=end).values("award__household")
    rows = Award.objects.within(area_code).filter(household__in=began.union(stopped))
    # An award that began and ended on one day was never paid; what ended it may still be why a household left.
    told = rows.filter(in_force(end) | in_force(before) | ended)
    columns = (
        "scheme",
        "household_id",
        "persons",
        "from_on",
        "closing__ends_on",
        "opening__decision__kind",
        "closing__decision__kind",
        "closing__decision__reason_code",
    )
    persons: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    why: dict[tuple[str, int], _Why] = defaultdict(_Why)
    for scheme_id, home, count, start, ends, opened, closed, code in told.order_by("pk").values_list(
        *columns
    ):
        for place, day in enumerate((before, end)):
            persons[scheme_id, home][place] += count if start <= day and (ends is None or ends > day) else 0
        if start > before:
            why[scheme_id, home].opened = opened or ""
        if ends is not None and ends <= end:
            why[scheme_id, home].closed, why[scheme_id, home].reason = closed or "", code or ""
    return _flows(persons, why)


@dataclass(slots=True)
class _Why:
    opened: str = ""
    closed: str = ""
    reason: str = ""


def _flows(persons: dict[tuple[str, int], list[int]], why: dict[tuple[str, int], _Why]) -> dict[str, Flow]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for (scheme_id, home), (was, now) in persons.items():
        known = why[scheme_id, home]
        came = "moved_in" if not was and known.opened == Decision.Kind.TRANSFER else "entered"
        went = "moved_out" if not now and known.closed == Decision.Kind.TRANSFER else "left"
        sums[scheme_id, came][0] += not was and bool(now)
        sums[scheme_id, came][1] += max(now - was, 0)
        sums[scheme_id, went][0] += bool(was) and not now
        sums[scheme_id, went][1] += max(was - now, 0)
        if was and not now and went == "left":
            reasons[scheme_id][known.reason] += 1
    return {
        one: Flow(
            Heads(*sums[one, "entered"]),
            Left(sums[one, "left"][0], sums[one, "left"][1], dict(sorted(reasons[one].items()))),
            Heads(*sums[one, "moved_in"]),
            Heads(*sums[one, "moved_out"]),
        )
        for one in {scheme_id for scheme_id, _ in persons}
    }


def recognised(area_code: str, end: dt.date, before: dt.date) -> tuple[dict[str, Heads], dict[str, Flow]]:
    """Families recognised without money: who stands, who came and who went, by household and scheme."""
    now, was = recognised_on(area_code, end), recognised_on(area_code, before)
    stock: dict[str, Heads] = {}
    flows: dict[str, Flow] = {}
    for one in {scheme_id for scheme_id, _ in (*now, *was)}:
        standing = {home: persons for (scheme_id, home), persons in now.items() if scheme_id == one}
        earlier = {home: persons for (scheme_id, home), persons in was.items() if scheme_id == one}
        entered = {home: persons for home, persons in standing.items() if home not in earlier}
        left = {home: persons for home, persons in earlier.items() if home not in standing}
        if standing:
            stock[one] = _heads(standing)
        gone = _heads(left)
        flows[one] = Flow(_heads(entered), Left(gone.households, gone.persons))
    return stock, flows


def _heads(homes: dict[int, int]) -> Heads:
    return Heads(len(homes), sum(homes.values()))


def changed(area_code: str, end: dt.date, before: dt.date) -> dict[str, dict[str, int]]:
    """Scheme → reason code → households whose amount is another since this month, by the decisions' own reasons."""
    began = Award.objects.filter(
        from_on__gt=before, from_on__lte=end, opening__decision__kind=Decision.Kind.ADJUST
    )
    opened = in_area(began, area_code)
    rows = (
        opened.order_by()
        .values_list("scheme", "opening__decision__reasons__code")
        .annotate(homes=Count("household", distinct=True))
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for scheme_id, code, homes in rows.order_by("scheme", "opening__decision__reasons__code"):
        if code:
            found[scheme_id][code] = homes
    return found


def carried_over(area_code: str, end: dt.date, before: dt.date) -> dict[str, int]:
    """本月新增里由名册带入的户数, 按项目。"""
    rows = Award.objects.filter(
        from_on__gt=before, from_on__lte=end, opening__decision__kind=Decision.Kind.CARRIED_OVER
    )
    sums = (
        in_area(rows, area_code).order_by().values("scheme").annotate(homes=Count("household", distinct=True))
    )
    return {one["scheme"]: one["homes"] for one in sums}
