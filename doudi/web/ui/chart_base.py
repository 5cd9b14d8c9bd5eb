"""图的底子: 颜色、数字写法、坐标轴、配套的表。charts.py 用它拼出每一种图。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from doudi.web.ui.tables import Column, Row, Table

Option = dict[str, Any]

# Dark and light alternate, so that neighbours in a stack stay apart when printed in grey.
QING, SHI, XING, ZI, HUI = "#0f6f65", "#7fa3b7", "#a86412", "#a594bd", "#69757a"
PALETTE = [QING, SHI, XING, ZI, HUI]
INK, HUSH, LINE, ZHU, WHITE = "#1b2426", "#536166", "#dbe2e1", "#b23a2e", "#ffffff"
TEXT_ON = {QING: WHITE, SHI: INK, XING: WHITE, ZI: INK, HUI: WHITE}
FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
LABEL: Option = {"color": INK, "fontSize": 12, "backgroundColor": "#ffffff", "padding": [1, 3]}
LEGEND: Option = {
    "type": "scroll",  # one line on a phone too, where a second would lie over the axis
    "top": 0,
    "left": 0,
    "itemWidth": 14,
    "itemHeight": 10,
    "textStyle": {"color": INK, "fontSize": 13},
}


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
        return f"{tenth(value, 1_000_000):,}"
    if unit == "percent":
        return f"{tenth(value, 100)}%"
    return f"{value:,}"


def tenth(value: int, divisor: int) -> Decimal:
    return (Decimal(value) / divisor).quantize(Decimal("0.1"), ROUND_HALF_UP)


def plot(value: int, unit: Unit) -> float | int:
    if unit == "number":
        return value
    return float(tenth(value, 1_000_000 if unit == "money" else 100))


def datum(point: Point, unit: Unit, **extra: Any) -> Option:
    datum: Option = {
        "value": plot(point.value, unit),
        "label": {"formatter": shown(point.value, unit)},
        **extra,
    }
    if point.href:
        datum["href"] = point.href
    return datum


def blank(**extra: Any) -> Option:
    return {
        "color": PALETTE,
        "animation": False,
        "aria": {"enabled": True},
        "textStyle": {"fontFamily": FONT, "fontSize": 13, "color": INK},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {
            "renderMode": "richText",
            "borderColor": LINE,
            "textStyle": {"fontSize": 13, "color": INK},
        },
        **extra,
    }


def categories(labels: Sequence[str], **extra: Any) -> Option:
    return {
        "type": "category",
        "data": list(labels),
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": "#aebbb9"}},
        "axisLabel": {"color": INK, "fontSize": 13},
        **extra,
    }


def values(**extra: Any) -> Option:
    return {
        "type": "value",
        "min": 0,
        "splitNumber": 4,
        "splitLine": {"lineStyle": {"color": LINE}},
        "axisLabel": {"color": HUSH, "fontSize": 12},
        **extra,
    }


def mark(label: str, value: float | int, axis: str) -> Option:
    return {
        "silent": True,
        "z": 1,
        "symbol": "none",
        "lineStyle": {"color": INK, "type": "dashed", "width": 1},
        "label": {"formatter": label, "color": INK, "fontSize": 12, "position": "end"},
        "data": [{axis: value}],
    }


def twin(key: str, first: str, rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> Table:
    return Table(
        columns=[Column(first), *columns],
        rows=[Row(cells=row) for row in rows],
        compact=True,
        key=f"table-{key}",
        keyboard=False,
    )
