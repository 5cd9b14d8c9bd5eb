"""认行：数据行、小计合计行、重复的表头、村名标题行、签字说明行、空行。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from doudi.exchange.sheets.grid import Cell, Sheet
from doudi.exchange.sheets.headings import plain_title
from doudi.exchange.sheets.values import CellReader

TOTAL_WORD = re.compile(r"(?:小计|合计|总计|共计|累计|总合计)(?:[:：]|\Z|(?=[0-9共（(]))")
FOOTER_WORDS = re.compile(
    "制表|填表|造表|审核|复核|负责人|经办|签字|签章|签名|盖章|公章|单位|填报|监督电话|举报电话|说明|注[:：]|备注[:：]|年.*月.*日"
)
AREA_TITLE = re.compile(r"[一-鿿]{1,12}(?:村委会|行政村|村|社区|居委会|组|乡|镇|街道)\Z")
DIGIT = re.compile("[0-9０-９]")
FEW_CELLS = 2


class RowKind(StrEnum):
    """一行是什么。"""

    BLANK = "blank"
    DATA = "data"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    HEADER = "header"
    AREA = "area"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """认过的一行；label 是小计合计的叫法、村名或说明文字。"""

    number: int
    kind: RowKind
    label: str = ""


def sort_rows(sheet: Sheet, reader: CellReader) -> list[SheetRow]:
    """表头以下逐行认出类别，空行也在内。"""
    return [_sorted(reader, row, list(sheet.row_cells(row))) for row in _below(sheet, reader)]


def _below(sheet: Sheet, reader: CellReader) -> range:
    return range(reader.heading.rows[-1] + 1, sheet.height + 1)


def _sorted(reader: CellReader, row: int, cells: list[Cell]) -> SheetRow:
    if not cells:
        return SheetRow(row, RowKind.BLANK)
    if _has_digit(reader, row, "identity", "head_identity"):
        return SheetRow(row, RowKind.DATA)
    label = _total_label(cells)
    if label:
        return SheetRow(row, RowKind.SUBTOTAL if "小计" in label else RowKind.TOTAL, label)
    if _is_footer(reader, row, cells):
        return _loose(row, cells)
    return SheetRow(row, RowKind.HEADER if _repeats_heading(reader, row) else RowKind.DATA)


def _has_digit(reader: CellReader, row: int, *fields: str) -> bool:
    # Text of a signature line may fall under any column; only digits make a number or an amount.
    return any(DIGIT.search(reader.raw(row, field)) for field in fields if field in reader.heading.columns)


def _total_label(cells: list[Cell]) -> str:
    for cell in cells:
        text = re.sub(r"\s", "", cell.text) if isinstance(cell.value, str) else ""
        if len(text) <= 60 and TOTAL_WORD.search(text):
            return text
    return ""


def _is_footer(reader: CellReader, row: int, cells: list[Cell]) -> bool:
    """没有身份证号的行：只有一两格文字又无姓名，或带着签字说明字样又没有金额，就不是数据。"""
    named = not all(reader.is_blank(row, field) for field in ("name", "head_name"))
    if _has_digit(reader, row, "amount", "per_head"):
        return False
    if named:
        # "制表人：…" often sits under the name column; a remark further right does not make a footer.
        first = [cells[0].text, reader.raw(row, "name"), reader.raw(row, "head_name")]
        return any(FOOTER_WORDS.search(text) for text in first) or (
            len(cells) < FEW_CELLS and _is_area(cells)
        )
    return len(cells) < FEW_CELLS or any(FOOTER_WORDS.search(cell.text) for cell in cells)


def _is_area(cells: list[Cell]) -> bool:
    return AREA_TITLE.match(re.sub(r"\s", "", cells[0].text)) is not None


def _loose(row: int, cells: list[Cell]) -> SheetRow:
    label = re.sub(r"\s", "", cells[0].text)
    if len(cells) == 1 and AREA_TITLE.match(label):
        return SheetRow(row, RowKind.AREA, label)
    return SheetRow(row, RowKind.FOOTER, label[:20])


def _repeats_heading(reader: CellReader, row: int) -> bool:
    same = 0
    for field, column in reader.heading.columns.items():
        text = plain_title(reader.sheet.cell(row, column).text)
        same += bool(text) and plain_title(reader.heading.titles.get(field, "")).endswith(text)
    return same * 2 > len(reader.heading.columns)
