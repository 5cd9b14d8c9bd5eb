"""Money text is read strictly or refused with its reason; masking keeps what it must."""

from dataclasses import fields

import pytest
from cn2an import cn2an
from hypothesis import given
from hypothesis import strategies as st

from doudi.law.masking import (
    PublicRow,
    mask_account,
    mask_identity,
    mask_name,
    mask_phone,
    public_name,
    public_row,
)
from doudi.law.money import BadAmount, parse_yuan, plain_yuan, upper_yuan, yuan


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("100.001", "precision"),
        ("-5", "negative"),
        ("0", "zero"),
        ("0.00", "zero"),
        ("1e5", "exponent"),
        ("1,000.00", "thousands"),
        ("￥100", "currency"),
        ("一百", "chinese"),
        ("100元", "chinese"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("１００", "full_width"),
        ("1_000", "underscore"),
        ("", "blank"),
        ("   ", "blank"),
        ("007", "leading_zero"),
        ("12345678901", "too_large"),
        ("100\n", "malformed"),
        ("١٠٠", "malformed"),
        ("12a", "malformed"),
    ],
)
def test_each_bad_amount_has_its_own_reason(text: str, code: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        parse_yuan(text)
    assert refusal.value.code == code


@given(st.integers(0, 99_999_999_999))
def test_what_is_printed_reads_back(fen: int) -> None:
    assert parse_yuan(plain_yuan(fen), zero=True) == fen
    assert yuan(fen).replace(",", "") == plain_yuan(fen)


def test_printing() -> None:
    assert (yuan(123456789), plain_yuan(5), yuan(-100)) == ("1,234,567.89", "0.05", "-1.00")
    assert parse_yuan("819") == parse_yuan("819.0") == parse_yuan("819.00") == 81900


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (81900, "捌佰壹拾玖元整"),
        (0, "零元整"),
        (1, "壹分"),
        (105, "壹元零伍分"),
        (1050, "壹拾元伍角整"),
        (1_000_100, "壹万零壹元整"),
        (10_001_000, "壹拾万零壹拾元整"),
        (2_000_005_000, "贰仟万零伍拾元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (100_010_000, "壹佰万零壹佰元整"),
        (-81900, "负捌佰壹拾玖元整"),
    ],
)
def test_capital_figures(fen: int, text: str) -> None:
    assert upper_yuan(fen) == text


@given(st.integers(1, 10**10))
def test_capital_figures_read_back_by_another_program(whole: int) -> None:
    assert cn2an(upper_yuan(whole * 100).removesuffix("元整"), "smart") == whole


def test_masks() -> None:
    assert mask_name("李小明") == "李**"
    assert mask_name("李") == "*"
    assert mask_identity("11010519491231002X") == "1101************2X"
    assert mask_account("6217000012345678901") == "***************8901"
    assert mask_phone("13800001234") == "138******34"
    assert mask_phone("1234") == "****"


def test_the_public_row_has_only_the_lawful_fields() -> None:
    assert [field.name for field in fields(PublicRow)] == ["name", "members", "amount_fen"]
    assert public_row("欧阳小明", 3, 81900, name_style="middle") == PublicRow("欧**明", 3, 81900)
    assert public_name("李明", style="middle") == "李*"
    assert public_name("李明", style="full") == "李明"
    with pytest.raises(ValueError, match="不认识"):
        public_name("李明", style="any")
