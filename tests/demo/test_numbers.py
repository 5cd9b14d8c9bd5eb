"""No number of the demo can belong to a person."""

import datetime as dt

import pytest

from doudi.demo.numbers import (
    IdentityNumbers,
    SequenceExhausted,
    account_number,
    belongs_to_nobody,
    is_no_card,
    is_no_phone,
    phone_number,
)
from doudi.law.identity import check_digit, parse

TODAY = dt.date(2026, 11, 5)
BORN = dt.date(1951, 3, 8)


def test_identity_numbers_read_back_and_have_no_province() -> None:
    numbers = IdentityNumbers()
    for male in (True, False):
        number = numbers.next(BORN, male=male)
        found = parse(number, on=TODAY)
        assert (found.born_on, found.sex) == (BORN, "male" if male else "female")
        assert belongs_to_nobody(number, on=TODAY)


def test_five_hundred_of_one_day_and_sex_are_different_and_then_it_says_so() -> None:
    numbers = IdentityNumbers()
    given = {numbers.next(BORN, male=True) for _ in range(500)}
    assert len(given) == 500
    with pytest.raises(SequenceExhausted):
        numbers.next(BORN, male=True)


@pytest.mark.parametrize("province", ["11", "41", "46", "50", "65", "71", "83"])
def test_the_checker_refuses_provinces_that_exist(province: str) -> None:
    first17 = f"{province}0482195103080{12:02}"[:17]
    assert not belongs_to_nobody(first17 + check_digit(first17), on=TODAY)


def test_the_checker_refuses_a_wrong_check_digit() -> None:
    number = IdentityNumbers().next(BORN, male=True)
    wrong = "0" if number[-1] != "0" else "1"
    assert not belongs_to_nobody(number[:-1] + wrong, on=TODAY)


def test_cards_fail_luhn_and_are_all_different() -> None:
    cards = [account_number(serial) for serial in range(1, 20_001)]
    assert all(map(is_no_card, cards))
    assert len(set(cards)) == len(cards)


def test_a_card_that_passes_luhn_is_seen() -> None:
    body = account_number(1)[:-1]
    passing = [digit for digit in "0123456789" if not is_no_card(body + digit)]
    assert len(passing) == 1
    assert _luhn_total(body + passing[0]) % 10 == 0


def test_phones_are_in_a_range_nobody_has() -> None:
    assert all(is_no_phone(phone_number(serial)) for serial in (0, 1, 99_999_999, 123_456_789))
    assert not is_no_phone("13800000000")


def _luhn_total(number: str) -> int:
    """Luhn as the standard words it: from the right, every second digit doubled, its digits added."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(sum(divmod(n, 10)) for n in doubled)
