"""数据表: 列、格、行。模板 ui/parts/table.html 按列的种类排版。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from doudi.web.ui.components import Batch

Kind = Literal["text", "money", "change", "number", "percent", "day", "minute", "deadline", "flags", "why"]


@dataclass(frozen=True)
class Column:
    """一列。money 的值是 int 分, change 是带 ▲▼ 的增减分, number 是 int, percent 是 int 基点, day 是 date。"""

    label: str
    kind: Kind = "text"
    unit: str = ""
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""

    @property
    def right(self) -> bool:
        return self.kind in ("money", "change", "number", "percent", "why")

    @property
    def heading_unit(self) -> str:
        """表头里的单位: 金额默认为元。"""
        return self.unit or ("元" if self.kind in ("money", "change", "why") else "")


@dataclass(frozen=True)
class Link:
    """文字格里的链接 (url 空着只是文字), sub 是下一行小字。"""

    text: str
    url: str
    sub: str = ""


@dataclass(frozen=True)
class Row:
    """一行。key 非空时可勾选, amount_fen 进入勾选合计; url 是 Enter 打开的地址。"""

    cells: Sequence[Any]
    key: str = ""
    url: str = ""
    amount_fen: int | None = None
    here: bool = False
    locked: str = ""


@dataclass(frozen=True)
class Table:
    """一张表。foot 是合计行的格 (与列同数, 空格写 None)。"""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str = ""
    foot: Sequence[Any] = ()
    batch: Batch | None = None
    compact: bool = False
    key: str = "list"
    keyboard: bool = True

    @property
    def pairs(self) -> list[tuple[Row, list[tuple[Column, Any]]]]:
        """逐行的 (行, [(列, 值)…])。"""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]

    @property
    def foot_pairs(self) -> list[tuple[Column, Any]]:
        return list(zip(self.columns, self.foot, strict=True)) if self.foot else []


@dataclass(frozen=True)
class Grid:
    """录入表: Django formset 与列名 (tables.Column); key 是表格的 id, fixed 的不能加行。"""

    key: str
    caption: str
    formset: Any
    columns: Sequence[Any]
    fixed: bool = False
