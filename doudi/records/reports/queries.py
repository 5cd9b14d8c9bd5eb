"""Monthly statistics: who is on the rolls at the end of a month, who came, who left and why, against which base."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Substr

from doudi.law import clocks
from doudi.records.areas.models import Area, PopulationBase
from doudi.records.areas.queries import population
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.decisions.queries import recognised_on
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.periods import month_before, month_start
from doudi.records.policies.queries import catalogue, parameters
from doudi.store.areas import LEVEL_DIGITS, level_of

KINDS = {"rural": "农村", "urban": "城镇"}
NO_CLASS = "未分类"


@dataclass(frozen=True, slots=True)
class Heads:
    """户数和人数。"""

    households: int = 0
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """退出: 户数、人数, 按理由代码的户数。"""

    households: int = 0
    persons: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """一个类别的户、人、月金额(分)。"""

    id: str
    households: int
    persons: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """一个项目在一个月末的样子。金额为分; 覆盖率为基点, 没有基数时为空。

    月末 = 上月末 + 新增 − 退出 + 迁入 − 迁出, 户和人都如此: 一户人数的增减计在新增、退出的人数里, 不计户; 县内迁移
    在全县不动, 在一个乡镇、一个村是迁入、迁出, 不是新增、退出。`changed` 是本月起增减的户数, 按理由代码。
    """

    id: str
    households: int
    persons: int
    amount_fen: int
    entered: Heads
    left: Left
    average_fen: int
    coverage_bp: int | None
    classes: tuple[ClassRow, ...]
    moved_in: Heads = Heads()
    moved_out: Heads = Heads()
    changed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """一个项目一个月的进出: 新增、退出、迁入、迁出。"""

    entered: Heads = Heads()
    left: Left = field(default_factory=Left)
    moved_in: Heads = Heads()
    moved_out: Heads = Heads()


# Told on the page and in the workbook; the agreed interface has no place for it.
NOT_IN_JSON = ("moved_in", "moved_out", "changed")


@dataclass(frozen=True, slots=True)
class Statistics:
    """一个地方一个月的统计。`base` 是覆盖率的分母: 名称 → 人数。"""

    month: str
    area: str
    base: dict[str, int]
    schemes: tuple[SchemeRow, ...]

    def as_json(self) -> dict[str, Any]:
        """接口约定的样子: 金额为整数分, 比例为整数基点。"""
        told = asdict(self)
        for row in told["schemes"]:
            for name in NOT_IN_JSON:
                del row[name]
        return told


@dataclass(frozen=True, slots=True)
class Place:
    """某乡镇某项目的户、人、月金额(分)。"""

    code: str
    name: str
    scheme: str
    households: int
    persons: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class MonthSum:
    """某月某项目发放成功的金额(分)和人数。"""

    month: int
    scheme: str
    persons: int
    amount_fen: int


def month_end(month: int) -> dt.date:
    """某月 (202611) 的最后一天。Raises MonthUnreadable."""
    return clocks.first_of_month(month_start(month), 1) - dt.timedelta(days=1)


def in_force_on(area_code: str, on: dt.date) -> QuerySet[Award]:
    """某地某日在享的待遇。"""
    return Award.objects.within(area_code).filter(_in_force(on))


def _in_force(on: dt.date) -> Q:
    return (Q(closing=None) | Q(closing__ends_on__gt=on)) & Q(from_on__lte=on)


def statistics(month: int, area_code: str) -> Statistics:
    """一个地方一个月的统计, 逐项目。A handful of queries, whatever the size of the county.

    `month` 如 202611; `area_code` 为 12 位区划代码 (县、乡镇、村)。
    """
    end = month_end(month)
    stock, homes = _stock(area_code, end), _homes(area_code, end)
    before = month_end(month_before(month))
    moved = _moved(area_code, end, before)
    changed = _changed(area_code, end, before) if moved else {}
    bases = _bases(area_code, month)
    recognised, came_and_went = _recognised(area_code, end, before)
    for one, heads in recognised.items():
        stock[one], homes[one] = [ClassRow(NO_CLASS, heads.households, heads.persons, 0)], heads.households
    moved |= came_and_went
    rows = tuple(
        _scheme_row(
            one, stock.get(one, []), homes.get(one, 0), moved.get(one, Flow()), changed.get(one, {}), bases
        )
        for one in catalogue().schemes
        if one in stock or one in moved
    )
    return Statistics(f"{month // 100}-{month % 100:02}", area_code, dict(bases.values()), rows)


def _scheme_row(
    scheme_id: str,
    classes: list[ClassRow],
    households: int,
    moved: Flow,
    changed: dict[str, int],
    bases: dict[str, tuple[str, int]],
) -> SchemeRow:
    persons, fen = sum(c.persons for c in classes), sum(c.amount_fen for c in classes)
    base = bases.get(catalogue().schemes[scheme_id].locality)
    return SchemeRow(
        id=scheme_id, households=households, persons=persons, amount_fen=fen, entered=moved.entered, left=moved.left,
        average_fen=_divided(fen, persons), coverage_bp=_divided(persons * 10_000, base[1]) if base else None,
        classes=tuple(classes), moved_in=moved.moved_in, moved_out=moved.moved_out, changed=changed,
    )  # fmt: skip


def _divided(amount: int, by: int) -> int:
    """四舍五入的整数商; 除数为零时为零。"""
    return (2 * amount + by) // (2 * by) if by else 0


def _stock(area_code: str, on: dt.date) -> dict[str, list[ClassRow]]:
    """Scheme → its classes; a household with awards of two classes counts in both."""
    rows = in_force_on(area_code, on).order_by().values("scheme", "klass")
    sums = rows.annotate(
        homes=Count("household", distinct=True), people=Sum("persons"), fen=Sum("amount_fen")
    ).order_by("scheme", "klass")
    found: dict[str, list[ClassRow]] = defaultdict(list)
    for one in sums:
        found[one["scheme"]].append(
            ClassRow(one["klass"] or NO_CLASS, one["homes"], one["people"], one["fen"])
        )
    return found


def _homes(area_code: str, on: dt.date) -> dict[str, int]:
    """Scheme → households, each once."""
    rows = (
        in_force_on(area_code, on)
        .order_by()
        .values("scheme")
        .annotate(homes=Count("household", distinct=True))
    )
    return {one["scheme"]: one["homes"] for one in rows}


def _moved(area_code: str, end: dt.date, before: dt.date) -> dict[str, Flow]:
    """Scheme → who came and who went, by household: only those with an award that began or ended."""
    began = Q(from_on__gt=before, from_on__lte=end)
    ended = Q(closing__ends_on__gt=before, closing__ends_on__lte=end)
    homes = Award.objects.within(area_code).filter(began | ended).values("household")
    rows = Award.objects.within(area_code).filter(household__in=homes)
    # An award that began and ended on one day was never paid; what ended it may still be why a household left.
    told = rows.filter(_in_force(end) | _in_force(before) | ended)
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


def _recognised(area_code: str, end: dt.date, before: dt.date) -> tuple[dict[str, Heads], dict[str, Flow]]:
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


def _changed(area_code: str, end: dt.date, before: dt.date) -> dict[str, dict[str, int]]:
    """Scheme → reason code → households whose amount is another since this month, by the decisions' own reasons."""
    opened = Award.objects.within(area_code).filter(
        from_on__gt=before, from_on__lte=end, opening__decision__kind=Decision.Kind.ADJUST
    )
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


def _bases(area_code: str, month: int) -> dict[str, tuple[str, int]]:
    """Locality → (name of the base, persons): the office's table, for the county else the pack's figure."""
    found: dict[str, tuple[str, int]] = {}
    year, end = month // 100, month_end(month)
    rules = parameters(area_code, end)
    for kind, label in KINDS.items():
        row = population(area_code, kind, year)
        leaf = rules.leaves.get(f"population.{kind}")
        if row is not None:
            found[kind] = (f"{row.year} 年{label}户籍人口 ({row.source})", row.persons)
        elif leaf is not None and level_of(area_code) == "county":
            found[kind] = (f"{leaf.since.year} 年{leaf.label} ({leaf.document})", leaf.value)
    return found


def by_township(month: int, area_code: str) -> list[Place]:
    """各乡镇各项目的户、人、金额; 辖区是乡镇时按村。"""
    level = "village" if level_of(area_code) in ("township", "village") else "township"
    digits = LEVEL_DIGITS[level]
    rows = in_force_on(area_code, month_end(month)).annotate(place=Substr("village_id", 1, digits)).order_by()
    sums = rows.values("place", "scheme").annotate(
        homes=Count("household", distinct=True), people=Sum("persons"), fen=Sum("amount_fen")
    )
    names = dict(Area.objects.filter(level=level).values_list("code", "name"))
    found = [_place(dict(one), names) for one in sums]
    return sorted(found, key=lambda one: (one.code, one.scheme))


def _place(one: dict[str, Any], names: dict[str, str]) -> Place:
    code = one["place"].ljust(12, "0")
    return Place(code, names.get(code, code), one["scheme"], one["homes"], one["people"], one["fen"])


def bases_of_townships(month: int, codes: Iterable[str], kind: str) -> dict[str, int]:
    """各乡镇某口径的人口基数; 没有登记的不在其中。"""
    rows = PopulationBase.objects.filter(area__in=list(codes), kind=kind, year=month // 100)
    return dict(rows.values_list("area_id", "persons"))


def paid_by_month(month: int, area_code: str, months: int) -> list[MonthSum]:
    """最近若干个月各项目发放成功的金额 (按发放月份), 旧的在前。"""
    first = month
    for _ in range(months - 1):
        first = month_before(first)
    runs = {
        run.pk: run for run in PayrollRun.objects.filter(month__gte=first, month__lte=month).order_by("pk")
    }
    # By run, not by month: the index of lines begins with the run, and nothing has to be joined.
    rows = PayLine.objects.within(area_code).filter(run__in=list(runs), state=PayLine.State.PAID)
    sums = rows.order_by().values_list("run").annotate(people=Sum("persons"), fen=Sum("amount_fen"))
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for pk, people, fen in sums:
        key = (runs[pk].month, runs[pk].scheme)
        before = found.get(key, (0, 0))  # a correction of the month adds to the regular run
        found[key] = (before[0] + people, before[1] + fen)
    return [MonthSum(*key, *told) for key, told in sorted(found.items())]


def carried_over(month: int, area_code: str) -> dict[str, int]:
    """本月新增里由名册带入的户数, 按项目。"""
    end, before = month_end(month), month_end(month_before(month))
    rows = Award.objects.within(area_code).filter(
        from_on__gt=before, from_on__lte=end, opening__decision__kind=Decision.Kind.CARRIED_OVER
    )
    sums = rows.order_by().values("scheme").annotate(homes=Count("household", distinct=True))
    return {one["scheme"]: one["homes"] for one in sums}


def months_known() -> list[int]:
    """有发放批次的月份, 新的在前, 供选择。"""
    return list(PayrollRun.objects.order_by("-month").values_list("month", flat=True).distinct())


def reason_label(scheme_id: str, code: str) -> str:
    """退出理由的说法; 没有代码的写未注明。"""
    known = {one.code: one.label for one in catalogue().schemes[scheme_id].reasons}
    return known.get(code, code) or "未注明理由"


def county_code() -> str:
    """本县的 12 位代码。"""
    return str(settings.COUNTY).ljust(12, "0")
