"""表格的原样：每格记住行列和类型，不猜含义。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

Value = str | int | float | bool | date | None
Place = tuple[int, int]
Merge = tuple[int, int, int, int]


class Kind(StrEnum):
    """格子里放的是什么。"""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    FORMULA = "formula"
    ERROR = "error"
    EMPTY = "empty"


class Cell(NamedTuple):
    """一格：行号列号从 1 起；公式格的 value 是文件里存着的上次结果。"""

    row: int
    column: int
    kind: Kind
    value: Value

    @property
    def text(self) -> str:
        """格中文字，去掉两端空白；数字按最短写法。"""
        return value_text(self.value).strip()

    @property
    def is_blank(self) -> bool:
        """空格子，或只有空白的文字。"""
        return self.kind is Kind.EMPTY or (self.kind is Kind.TEXT and not self.text)


@dataclass(frozen=True, slots=True)
class Sheet:
    """一张工作表：rows[0] 是第 1 行；marks 记下公式格与错误格。"""

    name: str
    rows: tuple[tuple[Value, ...], ...]
    marks: dict[Place, Kind] = field(default_factory=dict)
    merges: tuple[Merge, ...] = ()
    visible: bool = True

    def cell(self, row: int, column: int) -> Cell:
        """取一格；超出范围的是空格子。"""
        value: Value = None
        if 1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1]):
            value = self.rows[row - 1][column - 1]
        mark = self.marks.get((row, column)) if self.marks else None
        return Cell(row, column, mark or kind_of(value), value)

    def row_cells(self, row: int) -> Iterator[Cell]:
        """一行里不空的格子，从左到右。"""
        for column in range(1, len(self.rows[row - 1]) + 1):
            cell = self.cell(row, column)
            if not cell.is_blank:
                yield cell

    @property
    def height(self) -> int:
        """有内容的最后一行。"""
        return len(self.rows)

    @property
    def width(self) -> int:
        """最宽一行的列数。"""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """读进来的一份文件：显示用的文件名，原文件的 sha256，各张表。"""

    filename: str
    sha256: str
    sheets: tuple[Sheet, ...]


def kind_of(value: Value) -> Kind:
    """按值的类型定格子的类型。"""
    if value is None or value == "":
        return Kind.EMPTY
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, bool):
        return Kind.BOOL
    return Kind.DATE if isinstance(value, date) else Kind.NUMBER


def value_text(value: Value) -> str:
    """值的文字写法：整数不带小数点，日期 2026-01-05，空为空串。"""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)


def column_letters(column: int) -> str:
    """列号转字母：1 → A，28 → AB。"""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def pack(sheets: list[Sheet]) -> list[dict[str, object]]:
    """变成 JSON 能装的样子；日期写成 {"d": …}。"""
    return [
        {
            "name": sheet.name,
            "visible": sheet.visible,
            "rows": [[_packed(value) for value in row] for row in sheet.rows],
            "marks": [[row, column, str(kind)] for (row, column), kind in sheet.marks.items()],
            "merges": [list(merge) for merge in sheet.merges],
        }
        for sheet in sheets
    ]


def unpack(packed: list[dict[str, Any]]) -> tuple[Sheet, ...]:
    """pack 的反向。"""
    return tuple(_sheet(one) for one in packed)


def _sheet(one: dict[str, Any]) -> Sheet:
    return Sheet(
        one["name"],
        tuple(tuple(_unpacked(value) for value in row) for row in one["rows"]),
        {(row, column): Kind(kind) for row, column, kind in one["marks"]},
        tuple((top, left, bottom, right) for top, left, bottom, right in one["merges"]),
        one["visible"],
    )


def _packed(value: Value) -> object:
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _unpacked(value: Any) -> Value:
    return date.fromisoformat(value["d"]) if isinstance(value, dict) else value
