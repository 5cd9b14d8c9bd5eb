"""图: 服务器端写好 ECharts 选项, 浏览器只画; 每张图配同样数字的表。

Titles state the finding, subtitles the unit and the as-of date. Bars start at zero, up to four series are
labelled directly, lines differ by dash as well as colour. Options are plain JSON without functions, so
they pass a strict content security policy; labels are written here, not formatted in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from doudi.web.ui.tables import Column, Row, Table

Option = dict[str, Any]

QING, SHI, XING, ZI, HUI = "#0f6f65", "#5b7f95", "#c17a1a", "#6f5a8a", "#8a969a"
PALETTE = [QING, SHI, XING, ZI, HUI]
INK, HUSH, LINE, ZHU = "#1b2426", "#536166", "#dbe2e1", "#b23a2e"
FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
DASHES = ["solid", "dashed", "dotted"]


@dataclass(frozen=True)
class Point:
    """一个量: 标签、整数值 (分、人、户或基点)、点开的名单。"""

    label: str
    value: int
    href: str = ""


@dataclass(frozen=True)
class Series:
    """一组量, 与类目一一对应。"""

    name: str
    values: Sequence[int]


@dataclass(frozen=True)
class Chart:
    """一张图和它的表。title 是结论, subtitle 是单位与截止日期。"""

    key: str
    title: str
    subtitle: str
    option: Option
    table: Table
    height: Literal["short", "normal", "tall"] = "normal"
    wide: bool = False
    href: str = ""

    @property
    def script_id(self) -> str:
        return f"chart-{self.key}"


Unit = Literal["money", "number", "percent"]


def shown(value: int, unit: Unit) -> str:
    """图上的字: 金额写万元一位小数, 比例写百分数一位小数, 个数写千分位。"""
    if unit == "money":
        return f"{_tenth(value, 1_000_000):,}"
    if unit == "percent":
        return f"{_tenth(value, 100)}%"
    return f"{value:,}"


def _tenth(value: int, divisor: int) -> Decimal:
    return (Decimal(value) / divisor).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _plot(value: int, unit: Unit) -> float | int:
    if unit == "number":
        return value
    return float(_tenth(value, 1_000_000 if unit == "money" else 100))


def _datum(point: Point, unit: Unit, **extra: Any) -> Option:
    datum: Option = {"value": _plot(point.value, unit), "label": {"formatter": shown(point.value, unit)}, **extra}
    if point.href:
        datum["href"] = point.href
    return datum


def _base(**extra: Any) -> Option:
    return {
        "color": PALETTE,
        "animation": False,
        "aria": {"enabled": True},
        "textStyle": {"fontFamily": FONT, "fontSize": 13, "color": INK},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"renderMode": "richText", "borderColor": LINE, "textStyle": {"fontSize": 13, "color": INK}},
        **extra,
    }


def _categories(labels: Sequence[str], **extra: Any) -> Option:
    return {
        "type": "category",
        "data": list(labels),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": "#aebbb9"}},
        "axisLabel": {"color": INK, "fontSize": 13},
        **extra,
    }


def _values(**extra: Any) -> Option:
    return {
        "type": "value",
        "min": 0,
        "splitNumber": 4,
        "splitLine": {"lineStyle": {"color": LINE}},
        "axisLabel": {"color": HUSH, "fontSize": 12},
        **extra,
    }


def _mark(label: str, value: float | int, axis: str) -> Option:
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": INK, "type": "dashed", "width": 1},
        "label": {"formatter": label, "color": INK, "fontSize": 12, "position": "end"},
        "data": [{axis: value}],
    }


def _table(key: str, first: str, rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> Table:
    return Table(
        columns=[Column(first), *columns],
        rows=[Row(cells=row) for row in rows],
        compact=True,
        key=f"table-{key}",
        keyboard=False,
    )


def ranked(
    key: str,
    title: str,
    subtitle: str,
    points: Sequence[Point],
    *,
    unit: Unit = "number",
    dimension: str,
    measure: str,
    line: Point | None = None,
) -> Chart:
    """排序横条: 由大到小; line 是参照线 (如全县平均)。"""
    points = sorted(points, key=lambda p: (-p.value, p.label))
    bars: Option = {
        "type": "bar",
        "name": measure,
        "barMaxWidth": 16,
        "data": [_datum(p, unit) for p in points],
        "label": {"show": True, "position": "right", "color": INK, "fontSize": 12},
    }
    if line:
        bars["markLine"] = _mark(f"{line.label} {shown(line.value, unit)}", _plot(line.value, unit), "xAxis")
    option = _base(
        yAxis=_categories([p.label for p in points], inverse=True, axisLine={"show": False}),
        xAxis=_values(axisLabel={"show": False}, splitLine={"show": False}),
        series=[bars],
    )
    option["grid"] |= {"right": 64, "top": 24 if line else 8}
    table = _table(key, dimension, [(p.label, p.value) for p in points], [Column(measure, unit)])
    return Chart(key, title, subtitle, option, table, height=_height(len(points)), href=points[0].href if points else "")


def _height(rows: int) -> Literal["short", "normal", "tall"]:
    return "short" if rows <= 6 else "normal" if rows <= 12 else "tall"


def columns(
    key: str,
    title: str,
    subtitle: str,
    points: Sequence[Point],
    *,
    unit: Unit = "number",
    dimension: str,
    measure: str,
) -> Chart:
    """竖条: 按类目原来的次序 (月份、金额段、年龄段)。"""
    bars: Option = {
        "type": "bar",
        "name": measure,
        "barMaxWidth": 36,
        "data": [_datum(p, unit) for p in points],
        "label": {"show": True, "position": "top", "color": INK, "fontSize": 12},
    }
    option = _base(
        xAxis=_categories([p.label for p in points]),
        yAxis=_values(axisLabel={"show": False}),
        series=[bars],
    )
    option["grid"]["top"] = 24
    table = _table(key, dimension, [(p.label, p.value) for p in points], [Column(measure, unit)])
    return Chart(key, title, subtitle, option, table, href=points[0].href if points else "")


def monthly(
    key: str, title: str, subtitle: str, months: Sequence[str], spent: Sequence[Series], people: Series
) -> Chart:
    """月度支出: 各类叠加 (万元), 人数为线 (右轴)。"""
    stacks = [
        {
            "type": "bar",
            "stack": "spent",
            "name": s.name,
            "barMaxWidth": 22,
            "data": [_plot(v, "money") for v in s.values],
        }
        for s in spent
    ]
    head: Option = {
        "type": "line",
        "name": people.name,
        "yAxisIndex": 1,
        "symbol": "none",
        "data": list(people.values),
        "lineStyle": {"color": INK, "width": 2, "type": "dashed"},
        "itemStyle": {"color": INK},
    }
    option = _base(
        legend={"top": 0, "left": 0, "itemWidth": 14, "itemHeight": 10, "textStyle": {"color": INK, "fontSize": 13}},
        xAxis=_categories(months),
        yAxis=[_values(name="万元", nameTextStyle={"color": HUSH}), _people_axis(people)],
        series=[*stacks, head],
    )
    option["grid"]["top"] = 56
    option["tooltip"]["trigger"] = "axis"
    rows = [(m, *(s.values[i] for s in spent), people.values[i]) for i, m in enumerate(months)]
    table = _table(
        key, "月份", rows, [*(Column(s.name, "money") for s in spent), Column(people.name, "number", unit="人")]
    )
    return Chart(key, title, subtitle, option, table, wide=True)


def _people_axis(people: Series) -> Option:
    return _values(name=f"{people.name} (人)", nameTextStyle={"color": HUSH, "align": "right"}, splitLine={"show": False})


def shares(
    key: str, title: str, subtitle: str, labels: Sequence[str], parts: Sequence[Series], *, dimension: str
) -> Chart:
    """构成: 每条合计 100%, 各段写百分数 (不足 8% 不写字)。"""
    totals = [sum(p.values[i] for p in parts) for i in range(len(labels))]
    series = [
        {
            "type": "bar",
            "stack": "share",
            "name": part.name,
            "barMaxWidth": 20,
            "itemStyle": {"color": PALETTE[n % len(PALETTE)], "borderColor": "#ffffff", "borderWidth": 1},
            "data": [_share_datum(value, total) for value, total in zip(part.values, totals, strict=True)],
        }
        for n, part in enumerate(parts)
    ]
    option = _base(
        legend={"top": 0, "left": 0, "itemWidth": 14, "itemHeight": 10, "textStyle": {"color": INK, "fontSize": 13}},
        yAxis=_categories(labels, inverse=True, axisLine={"show": False}),
        xAxis=_values(max=100, axisLabel={"show": False}, splitLine={"show": False}),
        series=series,
    )
    option["grid"]["top"] = 36
    rows = [(label, *(p.values[i] for p in parts)) for i, label in enumerate(labels)]
    table = _table(key, dimension, rows, [Column(p.name, "number") for p in parts])
    return Chart(key, title, subtitle, option, table, height=_height(len(labels)))


def _share_datum(value: int, total: int) -> Option:
    points = value * 10_000 // total if total else 0
    return {
        "value": float(_tenth(points, 100)),
        "label": {"show": points >= 800, "color": "#ffffff", "fontSize": 12, "formatter": shown(points, "percent")},
    }


def ageing(
    key: str,
    title: str,
    subtitle: str,
    bins: Sequence[str],
    steps: Sequence[Series],
    *,
    lines: Sequence[tuple[str, int]] = (),
) -> Chart:
    """在办账龄: 工作日分段, 按环节叠加; lines 是 (说明, 所在段序号), 画在该段左缘。"""
    series: list[Option] = [
        {"type": "bar", "stack": "age", "name": s.name, "barCategoryGap": "12%", "data": list(s.values)} for s in steps
    ]
    option = _base(
        legend={"top": 0, "left": 0, "itemWidth": 14, "itemHeight": 10, "textStyle": {"color": INK, "fontSize": 13}},
        xAxis=_categories(bins),
        yAxis=_values(name="件", nameTextStyle={"color": HUSH}),
        series=series,
    )
    option["grid"]["top"] = 60
    if lines and series:
        marks = _mark("", 0, "xAxis")
        marks["data"] = [{"xAxis": index, "label": {"formatter": text}} for text, index in lines]
        series[0]["markLine"] = marks
    rows = [(b, *(s.values[i] for s in steps)) for i, b in enumerate(bins)]
    return Chart(
        key, title, subtitle, option, _table(key, "工作日", rows, [Column(s.name, "number", unit="件") for s in steps])
    )


def movements(
    key: str, title: str, subtitle: str, before: Point, changes: Sequence[Point], after: Point
) -> Chart:
    """上月到本月: 各项增减从零起画, 末条为净变化; 起点加各项不等于终点时 ValueError。"""
    if before.value + sum(c.value for c in changes) != after.value:
        raise ValueError("上月加各项增减不等于本月, 不能作图")
    points = [*changes, Point("净变化", after.value - before.value)]
    bars: Option = {
        "type": "bar",
        "name": "增减",
        "barMaxWidth": 48,
        "data": [_movement(p, net=p is points[-1]) for p in points],
        "label": {"show": True, "color": INK, "fontSize": 12},
    }
    option = _base(
        xAxis=_categories([p.label for p in points], axisLabel={"color": INK, "fontSize": 13}, position="bottom"),
        yAxis=_values(min=None, axisLabel={"show": False}, splitLine={"show": False}),
        series=[bars],
    )
    option["xAxis"]["axisLine"]["onZero"] = False
    option["xAxis"]["axisLine"]["show"] = False
    bars["markLine"] = _mark("", 0, "yAxis") | {"lineStyle": {"color": "#aebbb9", "type": "solid", "width": 1}}
    option["grid"] |= {"top": 28, "bottom": 12}
    rows = [(p.label, p.value) for p in (before, *changes, after)]
    return Chart(key, title, subtitle, option, _table(key, "项目", rows, [Column("金额", "money")]))


def _movement(point: Point, *, net: bool) -> Option:
    colour = HUI if net else QING if point.value >= 0 else ZHU
    mark = "▲ " if point.value > 0 else "▼ " if point.value < 0 else ""
    datum = _datum(point, "money", itemStyle={"color": colour})
    datum["label"] = {
        "formatter": mark + shown(abs(point.value), "money"),
        "position": "top" if point.value >= 0 else "bottom",
    }
    return datum
