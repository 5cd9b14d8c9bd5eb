"""送出去的表：公式变不成公式，号码不变样，金额到分，演示数据写明。"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from doudi.exchange.sheets.writing import (
    Column,
    ColumnKind,
    SheetOut,
    escape_formula,
    write_book,
    write_csv,
    write_xlsx,
)
from tests.exchange.rosters import identity_number

CREATED = date(2026, 11, 5)
COLUMNS = (
    Column("户主", width=12),
    Column("身份证号码", width=22),
    Column("月保障金额（元）", ColumnKind.MONEY),
    Column("人数", ColumnKind.COUNT),
    Column("起始", ColumnKind.DATE),
)


def sheet(*rows: tuple[object, ...], **changed: object) -> SheetOut:
    options = {"as_of": "2026-10-31", "total": ("合计", None, 81_900, 3, None), "demo": True, **changed}
    return SheetOut("花名册", "2026年10月农村低保花名册", COLUMNS, rows, **options)  # type: ignore[arg-type]


ROW = ("王建国", identity_number(1), 81_900, 3, date(2024, 1, 1))


@pytest.mark.parametrize("mark", [*"=+-@＝＋－＠", "\t", "\r"])
def test_text_that_begins_like_a_formula_gets_an_apostrophe(mark: str) -> None:
    assert escape_formula(mark + "1") == "'" + mark + "1"
    (line,) = list(
        csv.reader(
            io.StringIO(write_csv(sheet((mark + "1", *ROW[1:]), total=None)).decode("utf-8-sig"), newline="")
        )
    )[4:]
    assert line[0] == "'" + mark + "1"


def test_ordinary_text_is_left_alone() -> None:
    assert escape_formula("王建国") == "王建国"
    assert escape_formula("") == ""


def test_csv_has_title_day_and_demo_mark_and_plain_amounts() -> None:
    lines = list(csv.reader(io.StringIO(write_csv(sheet(ROW)).decode("utf-8-sig"))))
    assert lines == [
        ["2026年10月农村低保花名册"],
        ["截至 2026-10-31"],
        ["演示数据：人员均为合成，不对应任何真实的人"],
        ["户主", "身份证号码", "月保障金额（元）", "人数", "起始"],
        ["王建国", identity_number(1), "819.00", "3", "2024-01-01"],
        ["合计", "", "819.00", "3", ""],
    ]


def test_csv_without_heading_begins_with_the_header_and_never_loses_a_character() -> None:
    content = write_csv(sheet(("龘䶮", *ROW[1:])), heading=False, charset="gb18030")
    assert content.decode("gb18030").startswith("户主,")
    with pytest.raises(UnicodeEncodeError):
        write_csv(sheet(("𠮷", *ROW[1:])), charset="gbk")


def test_xlsx_cells_keep_their_types() -> None:
    page = openpyxl.load_workbook(io.BytesIO(write_xlsx([sheet(ROW)], created_on=CREATED))).active
    title, as_of, demo = (page.cell(row, 1).value for row in (1, 2, 3))
    _, identity, amount, count, start = page[5]
    assert (title, as_of, demo[:4]) == ("2026年10月农村低保花名册", "截至 2026-10-31", "演示数据")
    assert (identity.data_type, identity.value, identity.number_format) == ("s", identity_number(1), "@")
    assert (amount.value, amount.number_format, amount.alignment.horizontal) == (819, "#,##0.00", "right")
    assert (count.value, start.value.date()) == (3, date(2024, 1, 1))
    assert page.freeze_panes == "A5"
    assert page.print_title_rows == "$4:$4"
    assert "演示数据" in page.oddFooter.left.text


def test_xlsx_never_holds_a_formula_and_marks_unsafe_text() -> None:
    content = write_xlsx(
        [sheet(("=1+1", *ROW[1:]), ("http://example.invalid", *ROW[1:]))], created_on=CREATED
    )
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert (page["A5"].data_type, page["A5"].value, page["A5"].quotePrefix) == ("s", "=1+1", True)
    assert page["A6"].hyperlink is None
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_same_content_same_bytes() -> None:
    assert write_xlsx([sheet(ROW)], created_on=CREATED) == write_xlsx([sheet(ROW)], created_on=CREATED)


def test_a_row_of_the_wrong_width_is_never_written() -> None:
    with pytest.raises(ValueError, match="zip"):
        write_csv(sheet(("王建国",)))


def test_large_amounts_keep_their_fen() -> None:
    content = write_xlsx([sheet(("王", "", 99_999_999_999, 1, None))], created_on=CREATED)
    assert openpyxl.load_workbook(io.BytesIO(content)).active["C5"].value == 999_999_999.99


def test_a_book_as_csv_has_one_mark_at_its_head_and_each_table_under_the_one_before() -> None:
    pages = [SheetOut("甲", "=甲表", COLUMNS, [ROW]), SheetOut("乙", "乙表", COLUMNS, [ROW])]
    told = write_book(pages, "csv", created_on=CREATED)
    assert (told[:3], told.count(b"\xef\xbb\xbf")) == (b"\xef\xbb\xbf", 1)
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert [rows[place] for place in (0, 3, 4)] == [["'=甲表"], [], ["乙表"]]
    assert rows[2] == rows[6]
    assert write_book(pages, "xlsx", created_on=CREATED) == write_xlsx(pages, created_on=CREATED)
