"""名册有各种写法，读出来的户和人必须一样。"""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.reading import read_grid
from doudi.exchange.sheets.roster import Roster, read_roster
from tests.exchange.rosters import (
    HOUSEHOLD_COLUMNS,
    ON,
    PERSON_COLUMNS,
    Household,
    Shape,
    identity_number,
    read_here,
    roster_bytes,
    some_households,
)


def facts(roster: Roster, *, by_person: bool) -> list[tuple[object, ...]]:
    shown = None if by_person else 1
    return [
        (
            *(one.village, one.amount_fen, one.account, one.size, one.head_name, one.head_identity),
            *((member.name, member.identity.number, member.relation) for member in one.members[:shown]),
        )
        for one in roster.households
    ]


def expected(households: list[Household], *, by_person: bool) -> list[tuple[object, ...]]:
    shown = None if by_person else 1
    return [
        (
            *(
                one.village,
                one.amount_fen,
                one.account,
                one.size,
                one.members[0].name,
                one.members[0].identity,
            ),
            *((member.name, member.identity, member.relation) for member in one.members[:shown]),
        )
        for one in households
    ]


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    by_person = draw(st.booleans())
    columns = PERSON_COLUMNS if by_person else HOUSEHOLD_COLUMNS
    flags = {name: draw(st.booleans()) for name in ("title", "subtotals", "signature", "repeat", "as_csv")}
    # Two header levels need the person columns side by side, as a clerk would draw them.
    two_levels = by_person and draw(st.booleans())
    order = tuple(range(len(columns))) if two_levels else tuple(draw(st.permutations(range(len(columns)))))
    return Shape(by_person, order, draw(st.integers(0, 2)), two_levels=two_levels, **flags)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(shape=shapes(), seed=st.integers(0, 10**6), count=st.integers(1, 25))
def test_any_shape_reads_back_to_the_same_households(shape: Shape, seed: int, count: int) -> None:
    households = some_households(count, seed)
    content, filename = roster_bytes(households, shape)

    roster = read_roster(read_here(content, filename), on=ON)

    assert roster.errors == ()
    assert roster.contradictions == ()
    assert facts(roster, by_person=shape.by_person) == expected(households, by_person=shape.by_person)
    assert roster.totals.amount_fen == sum(one.amount_fen for one in households)
    assert len(roster.stated) == (
        shape.title + (shape.subtotals and 1 + len({h.village for h in households}))
    )


def test_one_row_a_household_in_any_order_with_an_extra_column() -> None:
    page = [
        ["备注", "补差", "享受人数", "公民身份号码", "申请人", "驻村干部", "村"],
        ["", "574.00", "3", identity_number(1), "王建国", "甲", "李庄村"],
        ["", "81.5", "1", identity_number(2), "李秀英", "甲", ""],
    ]
    roster = read_roster(read_grid(_csv(page), "名册.csv"), on=ON)

    first, second = roster.households
    assert (first.head_name, first.amount_fen, first.size, first.village) == ("王建国", 57_400, 3, "李庄村")
    assert (second.head_name, second.amount_fen, second.size, second.village) == (
        "李秀英",
        8_150,
        1,
        "李庄村",
    )
    assert [one.text for one in roster.notes if one.rule == "column.extra"] == ["“驻村干部”这一列没有采用。"]


def test_one_row_a_person_with_two_header_levels_merged_cells_and_same_as_above() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["序号", "村", "户主", "", "家庭成员", "", "", "月保障金额", "残疾等级"])
    page.append(["", "", "姓名", "身份证号", "姓名", "身份证号", "与户主关系", "", ""])
    head, wife, son, other = (identity_number(place) for place in range(4))
    page.append([1, "李庄村", "王建国", head, "王建国", head, "户主", 819, "无"])
    page.append([2, "同上", None, None, "李秀英", wife, "配偶", None, "肢体二级"])
    page.append([3, None, None, None, "王小明", son, "长子", None, None])
    page.append([4, None, "张志强", other, "张志强", other, "户主", 300.5, None])
    for area in ("A1:A2", "B1:B2", "C1:D1", "E1:G1", "H1:H2", "I1:I2", "C3:C5", "D3:D5", "H3:H5"):
        page.merge_cells(area)
    content = io.BytesIO()
    book.save(content)

    roster = read_roster(read_grid(content.getvalue(), "名册.xlsx"), on=ON)

    assert roster.errors == ()
    first, second = roster.households
    assert [(m.name, m.relation, m.disability_grade) for m in first.members] == [
        ("王建国", "户主", None), ("李秀英", "配偶", 2), ("王小明", "长子", None),
    ]  # fmt: skip
    assert (first.amount_fen, first.head_identity, first.village) == (81_900, head, "李庄村")
    assert (second.amount_fen, second.village, len(second.members)) == (30_050, "李庄村", 1)
    assert roster.maps[0].heading_row == 2
    assert (roster.totals.households, roster.totals.persons, roster.totals.amount_fen) == (2, 4, 111_950)


def test_title_header_on_row_three_subtotals_and_signature_lines() -> None:
    households = some_households(12, seed=7)
    shape = Shape(False, tuple(range(8)), title=True, subtotals=True, signature=True)
    content, filename = roster_bytes(households, shape)

    roster = read_roster(read_grid(content, filename), on=ON)

    assert facts(roster, by_person=False) == expected(households, by_person=False)
    assert roster.maps[0].heading_row == 3
    assert [one.label for one in roster.stated] == ["标题", "小计", "小计", "小计", "合计"]
    assert roster.contradictions == ()
    assert [one.rule for one in roster.notes if one.rule.startswith(("row", "header"))] == [
        "header.moved",
        "row.footer",
    ]


def test_contradicting_totals_are_listed_with_both_figures() -> None:
    rows = [
        ["某镇低保名册（共 3 户 5 人，合计 900.00 元）"],
        ["户主", "身份证号码", "享受人数", "月保障金"],
        ["王建国", identity_number(1), "2", "500"],
        ["李秀英", identity_number(2), "2", "300"],
        ["小计", "", "4", "800"],
        ["总计", "", "5", "8,01.00"],
    ]
    roster = read_roster(read_here(_csv(rows), "名册.csv"), on=ON)

    assert [(one.row, one.kind, one.stated, one.computed) for one in roster.contradictions] == [
        (1, "households", "3 户", "2 户"),
        (1, "persons", "5 人", "4 人"),
        (1, "amount", "900.00 元", "800.00 元"),
        (6, "persons", "5 人", "4 人"),
        (6, "amount", "801.00 元", "800.00 元"),
    ]
    assert len(roster.households) == 2


def test_total_written_as_a_formula_is_compared_but_never_an_error() -> None:
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["户主", "身份证", "补差"],
        ["王建国", identity_number(1), 500],
        ["合计", None, "=SUM(C2:C2)"],
    ):
        page.append(row)
    content = io.BytesIO()
    book.save(content)
    assert read_roster(read_here(content.getvalue(), "a.xlsx"), on=ON).errors == ()


def test_amount_written_on_every_person_is_added_up() -> None:
    rows = [
        ["姓名", "与户主关系", "身份证号码", "个人月保障金"],
        ["王建国", "户主", identity_number(1), "100.10"],
        ["李秀英", "配偶", identity_number(2), "200.20"],
    ]
    (household,) = read_roster(read_here(_csv(rows), "a.csv"), on=ON).households
    assert household.amount_fen == 30_030
    assert [member.amount_fen for member in household.members] == [10_010, 20_020]


def test_different_household_amounts_inside_one_household_are_refused() -> None:
    rows = [
        ["姓名", "与户主关系", "身份证号码", "户月保障金"],
        ["王建国", "户主", identity_number(1), "100"],
        ["李秀英", "配偶", identity_number(2), "200"],
    ]
    roster = read_roster(read_here(_csv(rows), "a.csv"), on=ON)
    assert [(one.row, one.rule) for one in roster.errors] == [(3, "amount.disagree")]
    assert roster.households == ()


def test_neighbouring_households_whose_heads_share_a_name_stay_apart() -> None:
    rows = [
        ["户主", "姓名", "身份证号码", "户月保障金"],
        ["王建国", "王建国", identity_number(1), "100"],
        ["王建国", "李秀英", identity_number(2), ""],
        ["王建国", "王建国", identity_number(3), "300"],
    ]
    roster = read_roster(read_here(_csv(rows), "a.csv"), on=ON)
    assert [(len(one.members), one.amount_fen) for one in roster.households] == [(2, 10_000), (1, 30_000)]


def test_birth_and_sex_that_disagree_with_the_identity_number_are_listed() -> None:
    rows = [
        ["户主", "身份证号码", "性别", "出生日期", "补差"],
        ["王建国", identity_number(0, date(1970, 5, 17)), "女", "1971-05-17", "100"],
    ]
    roster = read_roster(read_here(_csv(rows), "a.csv"), on=ON)
    assert {one.kind for one in roster.contradictions} == {"sex", "birth"}
    assert roster.errors == ()


@pytest.mark.parametrize("title", ["补差（元/年）", "金额（万元）", "保障金（季度）"])
def test_yearly_or_ten_thousand_yuan_columns_are_never_taken_for_the_monthly_amount(title: str) -> None:
    rows = [["户主", "身份证号码", title], ["王建国", identity_number(1), "100"]]
    with pytest.raises(UploadRefused, match="缺少：月保障金额"):
        read_roster(read_here(_csv(rows), "a.csv"), on=ON)


def _csv(rows: list[list[str]]) -> bytes:
    return "\r\n".join(",".join(f'"{value}"' for value in row) for row in rows).encode()
