"""Identity numbers and names: each bad form with its own code, and one spelling for one person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.law.identity import (
    BadIdentity,
    age_on,
    canonical_name,
    check_digit,
    for_matching,
    normalise,
    parse,
)

ON = date(2026, 11, 21)


def number(first17: str) -> str:
    return first17 + check_digit(first17)


@pytest.mark.parametrize(
    ("first17", "last"), [("11010519491231002", "X"), ("34052419800101001", "X"), ("44052418800101001", "4")]
)
def test_the_examples_of_the_standard(first17: str, last: str) -> None:
    """W-33: the appendix of GB 11643."""
    assert check_digit(first17) == last


def test_a_good_number_tells_birth_and_sex() -> None:
    found = parse("１１０１０５ 19491231002x", on=ON)
    assert found.number == "11010519491231002X"
    assert (found.area_code, found.born_on, found.sex) == ("110105", date(1949, 12, 31), "female")
    assert parse(number("99990019900101333"), on=ON).sex == "male"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("  \u200b", "blank"),
        ("1101051949123100", "length"),
        ("4.2021990010113e+17", "length"),
        ("11010519491231A02X", "characters"),
        ("110105194912310020", "check_digit"),
        (number("11010519900230002"), "birth_date"),
        (number("11010520990101002"), "future_birth"),
        (number("11010520261122002"), "future_birth"),
    ],
)
def test_each_fault_has_its_own_code_and_never_shows_the_number(text: str, code: str) -> None:
    with pytest.raises(BadIdentity) as refusal:
        parse(text, on=ON)
    assert refusal.value.code == code
    assert len(text) < 8 or text not in refusal.value.text


def test_born_today_is_not_in_the_future() -> None:
    assert parse(number("11010520261121002"), on=ON).born_on == ON


def test_the_old_fifteen_digits_match_their_eighteen() -> None:
    assert for_matching("110105491231002") == "11010519491231002X"
    assert for_matching("11010519491231002x") == "11010519491231002X"
    with pytest.raises(BadIdentity, match="15 位"):
        parse("110105491231002", on=ON)


@given(st.integers(0, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(base: int, place: int, change: int) -> None:
    first17 = f"{base:017d}"
    wrong = first17[:place] + str((int(first17[place]) + change) % 10) + first17[place + 1 :]
    assert check_digit(first17) != check_digit(wrong)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("买买提•艾力", "买买提·艾力"),
        ("买买提 ・ 艾力", "买买提·艾力"),
        ("张\u200b三", "张三"),
        ("张　三", "张三"),
        (" 张 三 ", "张三"),
        ("Ｌｉ Ming", "Li Ming"),
        ("𠮷野", "𠮷野"),
        ("龘䶮", "龘䶮"),
        ("塚", "塚"),
    ],
)
def test_one_person_has_one_spelling(written: str, same: str) -> None:
    assert canonical_name(written) == same


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert canonical_name(canonical_name(text)) == canonical_name(text)
    assert normalise(normalise(text)) == normalise(text)


def test_age_is_full_years_and_a_leap_day_counts_from_march() -> None:
    assert age_on(date(2008, 11, 21), ON) == 18
    assert age_on(date(2008, 11, 22), ON) == 17
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
