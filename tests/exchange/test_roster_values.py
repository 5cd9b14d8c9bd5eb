"""名册里一格一格的坏值：每种有自己的规则代号和位置，说明里不出现完整号码。"""

from __future__ import annotations

from datetime import date

import pytest

from doudi.exchange.sheets.grid import Kind, Sheet, Workbook
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.roster import Roster, read_roster
from doudi.law.identity import check_digit
from tests.exchange.rosters import ON, Formula, identity_number, read_here, roster_of

HEADER = ["户主", "身份证号码", "补差", "账号", "起始时间", "享受人数"]
GOOD = ["王建国", identity_number(1), "500.00", "006217000000000001", "2024-01-01", "1"]


def one(**changed: object) -> Roster:
    """一行合格的户，改掉其中几格。"""
    names = ("name", "identity", "amount", "account", "start", "size")
    row = [changed.get(name, good) for name, good in zip(names, GOOD, strict=True)]
    return roster_of([HEADER, row])


def rules(roster: Roster) -> list[str]:
    return [error.rule for error in roster.errors]


def notes(roster: Roster) -> list[str]:
    return [note.rule for note in roster.notes]


def number(born: str, *, area: str = "990482", sequence: str = "123") -> str:
    first17 = area + born + sequence
    return first17 + check_digit(first17)


def test_a_good_row_has_no_finding_at_all() -> None:
    roster = one()
    assert roster.errors == ()
    assert roster.notes == ()
    (household,) = roster.households
    assert (household.amount_fen, household.account, household.start_on) == (
        50_000,
        GOOD[3],
        date(2024, 1, 1),
    )


def test_a08_header_not_found_names_the_expected_header() -> None:
    with pytest.raises(UploadRefused, match="户主（或姓名、申请人）、身份证号码、月保障金额") as caught:
        roster_of([["今天", "天气", "好"], ["1", "2", "3"]])
    assert caught.value.code == "header"


def test_a09_missing_required_column_is_refused_by_name() -> None:
    with pytest.raises(UploadRefused, match="缺少：身份证号码") as caught:
        roster_of([["户主", "补差", "村"], ["王建国", "5", "李庄村"]])
    assert caught.value.code == "header"


def test_a10_identity_as_a_number_must_be_stored_as_text() -> None:
    for value in (420102199001011234, 4.20102199001011e17, "4.2E+17"):
        roster = one(identity=value)
        assert rules(roster) == ["identity.number_cell"]
        assert "存为文本" in roster.errors[0].text
        assert (roster.errors[0].row, roster.errors[0].column) == (2, "B")
        assert roster.households == ()


def test_a11_identity_is_unified_and_the_change_is_told() -> None:
    with_x = next(n for n in (identity_number(place) for place in range(50)) if n.endswith("X"))
    full_width = with_x.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    written = f" {full_width[:6]} {full_width[6:14]}\u200b {full_width[14:].lower()}"
    roster = one(identity=written)
    assert rules(roster) == []
    assert notes(roster) == ["identity.normalised"]
    assert roster.households[0].head_identity == with_x


def test_a12_three_wrong_identities_have_three_codes() -> None:
    good = identity_number(1)
    wrong_digit = good[:-1] + ("0" if good[-1] != "0" else "1")
    found = [rules(one(identity=bad)) for bad in (wrong_digit, number("19900230"), number("20990101"))]
    assert found == [["identity.check_digit"], ["identity.birth_date"], ["identity.future_birth"]]


def test_a13_same_person_twice_is_an_error_on_both_rows() -> None:
    twin = ["李秀英", GOOD[1].lower(), "1", "", "", "1"]
    roster = roster_of([HEADER, GOOD, ["张三", identity_number(9), "1", "", "", ""], twin])
    assert [(error.row, error.rule) for error in roster.errors] == [
        (2, "identity.duplicate"),
        (4, "identity.duplicate"),
    ]
    assert "第 4 行" in roster.errors[0].text
    assert GOOD[1] not in str(roster.errors)
    assert [household.head_name for household in roster.households] == ["张三"]


def test_a14_old_15_digit_number_of_the_same_person_is_found() -> None:
    new = number("19700517", sequence="121")
    old = new[:6] + new[8:17]
    roster = roster_of([HEADER, ["王建国", new, "1", "", "", ""], ["王建国", old, "1", "", "", ""]])
    assert [(error.row, error.rule) for error in roster.errors] == [
        (3, "identity.old_15"), (2, "identity.duplicate"), (3, "identity.duplicate"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "@SUM", "<script>alert(1)</script>"])
def test_a15_a16_names_that_look_like_code_stay_plain_text(name: str) -> None:
    assert one(name=name).households[0].head_name == name


def test_a16_names_too_long_blank_or_unreadable() -> None:
    assert rules(one(name="长" * 300)) == ["name.length"]
    assert rules(one(name="   ")) == ["name.blank"]
    assert rules(one(name="\u200b")) == ["name.blank"]
    assert rules(one(name="王\ue000国")) == ["name.characters"]
    assert rules(one(name=12)) == ["name.number"]


def test_a17_rare_characters_and_both_dots() -> None:
    assert one(name="𠮷野").households[0].head_name == "𠮷野"
    assert one(name="龘䶮").households[0].head_name == "龘䶮"
    first, second = one(name="买买提\u00b7艾力"), one(name="买买提\u2022艾力")
    assert first.households[0].head_name == second.households[0].head_name
    assert (notes(first), notes(second)) == ([], ["name.normalised"])


def test_a18_hidden_characters_are_removed_and_told() -> None:
    roster = one(name="王\u200b建国")
    assert roster.households[0].head_name == "王建国"
    assert notes(roster) == ["name.normalised"]


AMOUNTS = {
    "100.001": "precision", "-5": "negative", "0": "zero", "1e5": "exponent", "1,000.00": "thousands",
    "￥100": "currency", "一百": "chinese", "NaN": "not_a_number", "Infinity": "not_a_number",
    "１００": "full_width", "1_000": "underscore", "": "blank", "007": "leading_zero",
}  # fmt: skip


@pytest.mark.parametrize(("written", "code"), AMOUNTS.items())
def test_a19_a20_amounts_are_read_strictly_and_never_guessed(written: str, code: str) -> None:
    roster = one(amount=written)
    assert rules(roster) == [f"amount.{code}"]
    assert roster.households == ()
    assert roster.totals.amount_fen == 0


def test_a19_amounts_in_number_cells_are_as_strict() -> None:
    assert rules(one(amount=100.001)) == ["amount.precision"]
    assert rules(one(amount=-5)) == ["amount.negative"]
    assert rules(one(amount=0)) == ["amount.zero"]
    assert rules(one(amount=True)) == ["amount.malformed"]
    assert one(amount=573.33).households[0].amount_fen == 57_333
    assert one(amount=574).households[0].amount_fen == 57_400


def test_a21_amount_above_the_cap() -> None:
    roster = roster_of([HEADER, GOOD], amount_cap_fen=49_999)
    assert rules(roster) == ["amount.cap"]
    assert "499.99 元" in roster.errors[0].text
    assert roster_of([HEADER, GOOD], amount_cap_fen=50_000).errors == ()


def test_a22_formula_and_error_cells_are_refused_even_with_a_stored_value() -> None:
    assert rules(one(amount=Formula("=700", 700))) == ["formula"]
    assert rules(one(name=Formula('="王"', "王"))) == ["formula"]
    cells = (("户主", "身份证", "补差"), ("王建国", identity_number(1), None))
    sheet = Sheet("名册", cells, {(2, 3): Kind.ERROR})
    assert rules(read_roster(Workbook("a", "", (sheet,)), on=ON)) == ["error_value"]


DATES = {
    "2026-02-30": "date.unreal", "46053": "date.malformed", "1899-12-31": "date.range", "2026-13-01": "date.unreal",
    "昨天": "date.malformed",
}  # fmt: skip


@pytest.mark.parametrize(("written", "rule"), DATES.items())
def test_a23_dates_that_cannot_be(written: str, rule: str) -> None:
    assert rules(one(start=written)) == [rule]


@pytest.mark.parametrize(
    "written", ["2026/1/5", "20260105", "2026年1月5日", "2026.1.5", date(2026, 1, 5), 20260105]
)
def test_a23_dates_read_and_told(written: object) -> None:
    roster = one(start=written)
    assert rules(roster) == []
    assert roster.households[0].start_on == date(2026, 1, 5)
    assert notes(roster) == ["date.normalised"]


def test_a23_serial_number_is_a_date_only_in_a_date_column() -> None:
    assert rules(one(start=46053)) == ["date.malformed"]
    assert rules(one(start=2024.1)) == ["date.malformed"]
    assert one(start=date(2026, 1, 31)).households[0].start_on == date(2026, 1, 31)
    assert one(start="2024年3月").households[0].start_on == date(2024, 3, 1)


def test_a24_accounts_keep_leading_zeros_lose_spaces_and_are_never_numbers() -> None:
    assert one(account="006217000000000001").households[0].account == "006217000000000001"
    spaced = one(account="6217 0000-0000 0001")
    assert spaced.households[0].account == "6217000000000001"
    assert notes(spaced) == ["account.normalised"]
    assert rules(one(account="6.217E+18")) == ["account.number_cell"]
    assert rules(one(account=6.217e18)) == ["account.number_cell"]
    assert rules(one(account="6217****0001")) == ["account.malformed"]


def test_a25_shared_account_is_told_with_the_last_digits_only() -> None:
    second = ["李秀英", identity_number(2), "1", GOOD[3], "", "1"]
    told = [note for note in roster_of([HEADER, GOOD, second]).notes if note.rule == "account.shared"]
    assert [note.row for note in told] == [2, 3]
    assert GOOD[3] not in str(told)


@pytest.mark.parametrize(("written", "people"), [("3", 3), (3, 3), ("3人", 3), ("３", 3)])
def test_head_counts(written: object, people: int) -> None:
    assert one(size=written).households[0].size == people


@pytest.mark.parametrize("written", ["0", "-1", "51", "1.5", "二", "999"])
def test_head_counts_that_cannot_be(written: str) -> None:
    assert rules(one(size=written)) == ["count.malformed"]


def test_only_households_without_an_error_are_handed_on_but_totals_count_every_readable_amount() -> None:
    bad = ["李秀英", "123", "300", "", "", "1"]
    roster = roster_of([HEADER, GOOD, bad])
    assert [household.head_name for household in roster.households] == ["王建国"]
    assert (roster.totals.households, roster.totals.amount_fen) == (2, 80_000)


def test_a_row_without_anyone_before_it_is_an_orphan() -> None:
    rows = [["户主", "姓名", "身份证号码", "月保障金"], ["", "李秀英", identity_number(1), "5"]]
    assert "household.orphan" in rules(roster_of(rows))


def test_hidden_sheets_and_sheets_without_a_header_are_told() -> None:
    grid = (tuple(HEADER), tuple(GOOD))
    hidden, loose = Sheet("旧表", grid, visible=False), Sheet("说明", (("请勿修改",),))
    roster = read_roster(Workbook("a", "", (Sheet("名册", grid), hidden, loose)), on=ON)
    assert [(note.sheet, note.rule) for note in roster.notes] == [
        ("旧表", "sheet.unread"),
        ("说明", "sheet.unread"),
    ]
    assert len(roster.households) == 1


def test_same_person_on_two_sheets_is_found() -> None:
    grid = (tuple(HEADER), tuple(GOOD))
    roster = read_roster(Workbook("a", "", (Sheet("甲村", grid), Sheet("乙村", grid))), on=ON)
    assert [(error.sheet, error.rule) for error in roster.errors] == [
        ("甲村", "identity.duplicate"), ("乙村", "identity.duplicate"),
    ]  # fmt: skip


def test_area_title_rows_name_the_village_of_the_rows_below() -> None:
    rows = [HEADER, ["李庄村"], GOOD, ["王庄村"], ["李秀英", identity_number(2), "1", "", "", ""]]
    assert [one.village for one in roster_of(rows).households] == ["李庄村", "王庄村"]


def test_no_message_ever_holds_a_whole_number() -> None:
    csv = (
        f"户主,身份证号码,补差,账号\n王建国,{GOOD[1]}9,5,{GOOD[3]}x\n李四,{GOOD[1]},5,1\n李四,{GOOD[1]},5,1\n"
    )
    roster = read_roster(read_here(csv.encode(), "a.csv"), on=ON)
    said = str(roster.errors) + str(roster.notes) + str(roster.contradictions)
    assert GOOD[1] not in said
    assert GOOD[3] not in said
    assert "！" not in said
