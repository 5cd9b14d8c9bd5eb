"""Monthly statistics: who is on the rolls at the end of a month, who came, who left and why, against which base."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum

from doudi.law import clocks
from doudi.records.areas.models import Area, PopulationBase
from doudi.records.awards.models import Award
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.periods import month_before, month_start
from doudi.records.policies.queries import catalogue, parameters
from doudi.records.reports.flows import (
    NOBODY,
    Flow,
    Heads,
    Left,
    carried_over,
    changed,
    in_force,
    moved,
    recognised,
)
from doudi.records.reports.stock import Stock, stock_on
from doudi.store.areas import LEVEL_DIGITS, level_of

KINDS = {"rural": "农村", "urban": "城镇"}
NO_CLASS = "未分类"


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
    moved_in: Heads = NOBODY
    moved_out: Heads = NOBODY
    changed: dict[str, int] = field(default_factory=dict)


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
class Report:
    """一页月报: 统计、各地区, 和本月新增里由名册带入的户数 (按项目)。"""

    told: Statistics
    places: list[Place]
    carried: dict[str, int]


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
    return Award.objects.within(area_code).filter(in_force(on))


def report(month: int, area_code: str) -> Report:
    """一个地方一个月的月报: 在册只数一遍。"""
    known = stock_on(area_code, month_end(month))
    told = _statistics(month, area_code, known)
    carried = carried_over(area_code, month_end(month), month_end(month_before(month)))
    return Report(told, _places(area_code, known), carried)


def statistics(month: int, area_code: str) -> Statistics:
    """一个地方一个月的统计, 逐项目。A handful of queries, whatever the size of the county.

    `month` 如 202611; `area_code` 为 12 位区划代码 (县、乡镇、村)。
    """
    return _statistics(month, area_code, stock_on(area_code, month_end(month)))


def _statistics(month: int, area_code: str, known: Stock) -> Statistics:
    end, stock, homes = month_end(month), _classes(known), known.homes(lambda cell: cell.scheme)
    before = month_end(month_before(month))
    flows = moved(area_code, end, before)
    whys = changed(area_code, end, before) if flows else {}
    bases = _bases(area_code, month)
    standing, came_and_went = recognised(area_code, end, before)
    for one, heads in standing.items():
        stock[one], homes[one] = [ClassRow(NO_CLASS, heads.households, heads.persons, 0)], heads.households
    flows |= came_and_went
    rows = tuple(
        _scheme_row(
            one, stock.get(one, []), homes.get(one, 0), flows.get(one, Flow()), whys.get(one, {}), bases
        )
        for one in catalogue().schemes
        if one in stock or one in flows
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


def _classes(known: Stock) -> dict[str, list[ClassRow]]:
    """Scheme → its classes; a household with awards of two classes counts in both."""
    homes = known.homes(lambda cell: (cell.scheme, cell.klass))
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for cell in known.cells:
        sums[cell.scheme, cell.klass][0] += cell.persons
        sums[cell.scheme, cell.klass][1] += cell.amount_fen
    found: dict[str, list[ClassRow]] = defaultdict(list)
    for (scheme_id, klass), told in sorted(sums.items()):
        found[scheme_id].append(ClassRow(klass or NO_CLASS, homes[scheme_id, klass], *told))
    return found


def _bases(area_code: str, month: int) -> dict[str, tuple[str, int]]:
    """Locality → (name of the base, persons): the office's table, for the county else the pack's figure."""
    found: dict[str, tuple[str, int]] = {}
    year, end = month // 100, month_end(month)
    rules = parameters(area_code, end)
    known = {row.kind: row for row in PopulationBase.objects.filter(area=area_code, year=year)}
    for kind, label in KINDS.items():
        row = known.get(kind)
        leaf = rules.leaves.get(f"population.{kind}")
        if row is not None:
            found[kind] = (f"{row.year} 年{label}户籍人口 ({row.source})", row.persons)
        elif leaf is not None and level_of(area_code) == "county":
            found[kind] = (f"{leaf.since.year} 年{leaf.label} ({leaf.document})", leaf.value)
    return found


def by_township(month: int, area_code: str) -> list[Place]:
    """各乡镇各项目的户、人、金额; 辖区是乡镇时按村。"""
    return _places(area_code, stock_on(area_code, month_end(month)))


def _places(area_code: str, known: Stock) -> list[Place]:
    level = "village" if level_of(area_code) in ("township", "village") else "township"
    digits = LEVEL_DIGITS[level]
    names = dict(Area.objects.filter(level=level).values_list("code", "name"))
    homes = known.homes(lambda cell: (cell.village[:digits], cell.scheme))
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for cell in known.cells:
        sums[cell.village[:digits], cell.scheme][0] += cell.persons
        sums[cell.village[:digits], cell.scheme][1] += cell.amount_fen
    found = []
    for (short, scheme_id), told in sorted(sums.items()):
        code = short.ljust(12, "0")
        found.append(Place(code, names.get(code, code), scheme_id, homes[short, scheme_id], *told))
    return found


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
