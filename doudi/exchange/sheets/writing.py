"""送出去的表：列有类型，号码存文本，金额两位小数，防公式，带截至日期和演示标记。"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from doudi.law.money import plain_yuan

CellValue = str | int | date | None
FORMULA_MARKS = tuple("=+-@\t\r＝＋－＠")
DEMO_MARK = "演示数据：人员均为合成，不对应任何真实的人"
MIDNIGHT = datetime.min.time()
PAPER_A4 = 9
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ColumnKind(StrEnum):
    """一列放什么：文本（含号码）、金额（分）、整数、日期。"""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """一列：标题、类型、宽度（字符数）。"""

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class SheetOut:
    """要送出去的一张表；total 是末行合计（与列对齐，可不给）；金额单位分。"""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[CellValue]]
    as_of: str = ""
    total: Sequence[CellValue] | None = None
    demo: bool = False


def escape_formula(text: str) -> str:
    """开头会被当成公式的文字前面加一个撇号；全角的 ＝＋－＠ 也算。依据：OWASP ASVS 5.0 V1.2.10。"""
    return "'" + text if text.startswith(FORMULA_MARKS) else text


def write_csv(sheet: SheetOut, *, heading: bool = True, charset: str = "utf-8-sig") -> bytes:
    """写成 csv；heading 为假时不写标题行。charset 写不出的字抛 UnicodeEncodeError，不换成问号。"""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    if heading:
        writer.writerows([escape_formula(line)] for line in _heading_lines(sheet))
    writer.writerow([escape_formula(column.title) for column in sheet.columns])
    for row in _all_rows(sheet):
        writer.writerow([_csv_text(c.kind, value) for c, value in zip(sheet.columns, row, strict=True)])
    return page.getvalue().encode(charset)


def write_xlsx(sheets: Sequence[SheetOut], *, created_on: date) -> bytes:
    """写成 xlsx；created_on 由调用者给，同样的内容字节不变。"""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": datetime.combine(created_on, MIDNIGHT)})
    for sheet in sheets:
        _write_page(book, sheet)
    book.close()
    return content.getvalue()


def write_book(sheets: Sequence[SheetOut], form: str, *, created_on: date) -> bytes:
    """写成 `form`: xlsx 一表一页; csv (UTF-8 带 BOM, Excel 直接打开) 几张表上下相接, 中间空一行。"""
    if form == "xlsx":
        return write_xlsx(sheets, created_on=created_on)
    pages = [write_csv(sheet, charset="utf-8") for sheet in sheets]
    return codecs.BOM_UTF8 + b"\r\n".join(pages)


def _heading_lines(sheet: SheetOut) -> list[str]:
    lines = [sheet.title, f"截至 {sheet.as_of}" if sheet.as_of else "", DEMO_MARK if sheet.demo else ""]
    return [line for line in lines if line]


def _all_rows(sheet: SheetOut) -> Iterable[Sequence[CellValue]]:
    yield from sheet.rows
    if sheet.total is not None:
        yield sheet.total


def _csv_text(kind: ColumnKind, value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return escape_formula(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain_yuan(value) if kind is ColumnKind.MONEY else str(value)


def _write_page(book: Workbook, sheet: SheetOut) -> None:
    page = book.add_worksheet(sheet.name)
    styles = _styles(book)
    top = _write_heading(page, sheet, styles)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(top, place, column.title, styles["head"])
    row = top
    for row, values in enumerate(_all_rows(sheet), start=top + 1):
        for place, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            _write_cell(page, row, place, column.kind, value, styles)
    _set_print(page, sheet, top, row)


def _write_heading(page: Worksheet, sheet: SheetOut, styles: dict[str, Format]) -> int:
    lines = _heading_lines(sheet)
    for row, line in enumerate(lines):
        page.write_string(row, 0, line, styles["title" if row == 0 else "remark"])
    return len(lines)


def _write_cell(
    page: Worksheet, row: int, place: int, kind: ColumnKind, value: CellValue, styles: dict[str, Format]
) -> None:
    if value is None:
        page.write_blank(row, place, None, styles["text"])
    elif isinstance(value, str):
        # The quote prefix is Excel's own apostrophe: the text stays text even when the cell is edited.
        unsafe = value.startswith(FORMULA_MARKS)
        page.write_string(row, place, value, styles["quoted" if unsafe else "text"])
    elif isinstance(value, date):
        page.write_datetime(row, place, datetime.combine(value, MIDNIGHT), styles["date"])
    elif kind is ColumnKind.MONEY:
        page.write_number(row, place, Decimal(value) / 100, styles["money"])
    else:
        page.write_number(row, place, value, styles["count"])


def _styles(book: Workbook) -> dict[str, Format]:
    edge = {"border": 1, "border_color": "#999999", "valign": "vcenter"}
    wanted = {
        "title": {"bold": True, "font_size": 16},
        "remark": {"font_color": "#555555"},
        "head": {**edge, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF1F5"},
        "text": {**edge, "num_format": "@"},
        "quoted": {**edge, "num_format": "@", "quote_prefix": True},
        "money": {**edge, "num_format": "#,##0.00", "align": "right"},
        "count": {**edge, "num_format": "0", "align": "right"},
        "date": {**edge, "num_format": "yyyy-mm-dd", "align": "center"},
    }
    return {name: book.add_format(look) for name, look in wanted.items()}


def _set_print(page: Worksheet, sheet: SheetOut, top: int, last: int) -> None:
    page.freeze_panes(top + 1, 0)
    page.autofilter(top, 0, max(last - (sheet.total is not None), top), len(sheet.columns) - 1)
    page.repeat_rows(top)
    page.set_paper(PAPER_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.set_footer("&L" + ("演示数据" if sheet.demo else "") + "&C第 &P 页，共 &N 页")
