"""图: 服务器端写好 ECharts 选项, 浏览器只画; 每张图配同样数字的表。

Titles state the finding, subtitles the unit and the as-of date. Bars start at zero, up to four series are
labelled directly, lines differ by dash as well as colour. Options are plain JSON without functions, so
they pass a strict content security policy; labels are written here, not formatted in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from doudi.web.ui.chart_base import (
    HUI,
    HUSH,
    INK,
    LABEL,
    LEGEND,
    PALETTE,
    QING,
    TEXT_ON,
    WHITE,
    ZHU,
    Chart,
    Option,
    Point,
    Series,
    Unit,
    blank,
    categories,
    datum,
    mark,
    plot,
    shown,
    tenth,
    twin,
    values,
)
from doudi.web.ui.tables import Column

PAIR_BEFORE = "#c3cdca"  # what was, paler than what will be; still apart from it in grey


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
        "data": [datum(p, unit) for p in points],
        "label": {"show": True, "position": "right", **LABEL},
    }
    if line:
        bars["markLine"] = mark(f"{line.label} {shown(line.value, unit)}", plot(line.value, unit), "xAxis")
        bars["markLine"]["label"]["position"] = "start"
        bars["data"] = [datum(p, unit, **_inside(p, points[0], unit)) for p in points]
    option = blank(
        yAxis=categories([p.label for p in points], inverse=True, axisLine={"show": False}),
        xAxis=values(axisLabel={"show": False}, splitLine={"show": False}),
        series=[bars],
    )
    option["grid"] |= {"right": 64, "top": 24 if line else 8}
    table = twin(key, dimension, [(p.label, p.value) for p in points], [Column(measure, unit)])
    return Chart(
        key,
        title,
        subtitle,
        option,
        table,
        height=_height(len(points)),
        href=points[0].href if points else "",
    )


def _inside(point: Point, longest: Point, unit: Unit) -> Option:
    """Beside a reference line the figure of a long bar stands in the bar: at its end it would lie on the line."""
    if not point.value or point.value * 4 < longest.value:
        return {}
    told = {"position": "insideRight", "color": WHITE, "backgroundColor": QING, "padding": 0}
    return {"label": {"formatter": shown(point.value, unit), **told}}


def _first(points: Sequence[Point]) -> str:
    return points[0].href if points else ""


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
        "data": [datum(p, unit) for p in points],
        "label": {"show": True, "position": "top", "color": INK, "fontSize": 12},
    }
    option = blank(
        xAxis=categories([p.label for p in points]),
        yAxis=values(axisLabel={"show": False}, splitLine={"show": False}),
        series=[bars],
    )
    option["grid"]["top"] = 24
    table = twin(key, dimension, [(p.label, p.value) for p in points], [Column(measure, unit)])
    return Chart(key, title, subtitle, option, table, href=_first(points))


def paired(
    key: str,
    title: str,
    subtitle: str,
    labels: Sequence[str],
    pair: tuple[Series, Series],
    *,
    dimension: str,
    wide: bool = False,
) -> Chart:
    """前后对照竖条: 每个类目两条并排, 前灰后青; 个数。"""
    bars = [
        {
            "type": "bar",
            "name": side.name,
            "barMaxWidth": 20,
            "barGap": "8%",
            "itemStyle": {"color": colour},
            "data": list(side.values),
        }
        for side, colour in zip(pair, (PAIR_BEFORE, QING), strict=True)
    ]
    option = blank(
        legend=LEGEND,
        xAxis=categories(labels),
        yAxis=values(name="户", nameTextStyle={"color": HUSH}),
        series=bars,
    )
    option["grid"]["top"] = 56
    option["tooltip"]["trigger"] = "axis"
    rows = [(label, *(side.values[n] for side in pair)) for n, label in enumerate(labels)]
    table = twin(key, dimension, rows, [Column(side.name, "number", unit="户") for side in pair])
    return Chart(key, title, subtitle, option, table, wide=wide)


def monthly(
    key: str,
    title: str,
    subtitle: str,
    months: Sequence[str],
    spent: Sequence[Series],
    people: Series | None = None,
) -> Chart:
    """月度支出: 各类叠加 (万元), 有人数的画成线 (右轴)。"""
    stacks = [
        {
            "type": "bar",
            "stack": "spent",
            "itemStyle": {"borderColor": WHITE, "borderWidth": 1},
            "name": s.name,
            "barMaxWidth": 22,
            "data": [plot(v, "money") for v in s.values],
        }
        for s in spent
    ]
    lines = [people] if people else []
    option = blank(
        legend=LEGEND,
        xAxis=categories(months),
        yAxis=[values(name="万元", nameTextStyle={"color": HUSH}), *map(_people_axis, lines)],
        series=[*stacks, *map(_people_line, lines)],
    )
    option["grid"]["top"] = 56
    option["tooltip"]["trigger"] = "axis"
    rows = [(m, *(s.values[i] for s in (*spent, *lines))) for i, m in enumerate(months)]
    told = [
        *(Column(s.name, "money") for s in spent),
        *(Column(s.name, "number", unit="人") for s in lines),
    ]
    return Chart(key, title, subtitle, option, twin(key, "月份", rows, told), wide=True)


def _people_line(people: Series) -> Option:
    return {
        "type": "line",
        "name": people.name,
        "yAxisIndex": 1,
        "symbol": "none",
        "data": list(people.values),
        "lineStyle": {"color": INK, "width": 2, "type": "dashed"},
        "itemStyle": {"color": INK},
    }


def _people_axis(people: Series) -> Option:
    return values(
        name=f"{people.name} (人)", nameTextStyle={"color": HUSH, "align": "right"}, splitLine={"show": False}
    )


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
            "itemStyle": {"color": PALETTE[n % len(PALETTE)], "borderColor": WHITE, "borderWidth": 1},
            "data": [
                _share_datum(value, total, PALETTE[n % len(PALETTE)])
                for value, total in zip(part.values, totals, strict=True)
            ],
        }
        for n, part in enumerate(parts)
    ]
    option = blank(
        legend=LEGEND,
        yAxis=categories(labels, inverse=True, axisLine={"show": False}),
        xAxis=values(max=100, axisLabel={"show": False}, splitLine={"show": False}),
        series=series,
    )
    option["grid"]["top"] = 36
    rows = [(label, *(p.values[i] for p in parts)) for i, label in enumerate(labels)]
    table = twin(key, dimension, rows, [Column(p.name, "number") for p in parts])
    return Chart(key, title, subtitle, option, table, height=_height(len(labels)))


def _share_datum(value: int, total: int, colour: str) -> Option:
    points = value * 10_000 // total if total else 0
    return {
        "value": float(tenth(points, 100)),
        "label": {
            "show": points >= 800,
            "color": TEXT_ON[colour],
            "fontSize": 12,
            "formatter": shown(points, "percent"),
        },
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
        {"type": "bar", "stack": "age", "name": s.name, "barCategoryGap": "12%", "data": list(s.values)}
        for s in steps
    ]
    option = blank(
        legend=LEGEND,
        xAxis=categories(bins),
        yAxis=values(name="件", nameTextStyle={"color": HUSH}, axisLine={"show": False}),
        series=series,
    )
    option["grid"]["top"] = 60
    if lines:
        option["xAxis"] = [option["xAxis"], {"type": "value", "min": 0, "max": len(bins), "show": False}]
        series.append(_limits(lines))
    rows = [(b, *(s.values[i] for s in steps)) for i, b in enumerate(bins)]
    return Chart(
        key,
        title,
        subtitle,
        option,
        twin(key, "工作日", rows, [Column(s.name, "number", unit="件") for s in steps]),
    )


def _limits(lines: Sequence[tuple[str, int]]) -> Option:
    """期限竖线, 画在第二横轴上: 段的边界而不是段的中间。"""
    marks = mark("", 0, "xAxis")
    marks["data"] = [
        {"xAxis": index, "label": {"formatter": text, "distance": [0, 4 + 15 * (n % 2)]}}
        for n, (text, index) in enumerate(lines)
    ]
    return {"type": "scatter", "xAxisIndex": 1, "data": [], "markLine": marks}


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
    option = blank(
        xAxis=categories(
            [p.label for p in points], axisLabel={"color": INK, "fontSize": 13}, position="bottom"
        ),
        yAxis=values(min=None, axisLabel={"show": False}, splitLine={"show": False}),
        series=[bars],
    )
    option["xAxis"]["axisLine"]["onZero"] = False
    option["xAxis"]["axisLine"]["show"] = False
    bars["markLine"] = mark("", 0, "yAxis") | {"lineStyle": {"color": "#aebbb9", "type": "solid", "width": 1}}
    option["grid"] |= {"top": 28, "bottom": 12}
    rows = [(p.label, p.value) for p in (before, *changes, after)]
    return Chart(key, title, subtitle, option, twin(key, "项目", rows, [Column("金额", "money")]))


def _movement(point: Point, *, net: bool) -> Option:
    colour = HUI if net else QING if point.value >= 0 else ZHU
    arrow = "▲ " if point.value > 0 else "▼ " if point.value < 0 else ""
    bar = datum(point, "money", itemStyle={"color": colour})
    bar["label"] = {
        "formatter": arrow + shown(abs(point.value), "money"),
        "position": "top" if point.value >= 0 else "bottom",
    }
    return bar
