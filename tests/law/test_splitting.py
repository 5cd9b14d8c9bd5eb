"""A changed amount is explained to the fen: what came of income, of people, of the standard, of the supplements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.law.splitting import Sum, UnequalParts, require_equal, split

GOLDEN = Sum(588_000, 3, 1_076_000, 57_400, {1: 0, 2: 14_700, 3: 9_800})

fen = st.integers(0, 3_000_000)
sums = st.builds(
    Sum,
    standard=st.sampled_from((558_000, 588_000, 617_400)),
    members=st.integers(0, 8),
    income=fen,
    base=fen,
    supplements=st.dictionaries(st.integers(1, 8), st.sampled_from((0, 9_800, 14_700, 29_400)), max_size=8),
)


def test_a_member_who_dies_takes_the_supplement_and_the_share_along() -> None:
    # 乙 (重残, 147.00) dies; two persons: (5,880 × 2 − 10,760) ÷ 12 = 83.33 → 84.00
    after = Sum(588_000, 2, 1_076_000, 8_400, {1: 0, 3: 9_800})
    assert split(GOLDEN, after) == {"members": 8_400 - 57_400 - 14_700}


def test_a_lower_wage_is_income_alone() -> None:
    after = Sum(588_000, 3, 840_000, 77_000, GOLDEN.supplements)
    assert split(GOLDEN, after) == {"income": 77_000 - 57_400}


def test_a_raised_standard_raises_the_supplements_too() -> None:
    after = Sum(617_400, 3, 1_076_000, 64_700, {1: 0, 2: 15_435, 3: 10_290})
    # (6,174 − 5,880) × 3 ÷ 12 = 73.50; the half yuan that rounding took stays with the standard
    assert split(GOLDEN, after) == {"standard": 64_700 - 57_400 + 735 + 490}


def test_two_causes_are_two_reasons() -> None:
    after = Sum(588_000, 2, 588_000, 49_000, {1: 0, 3: 9_800})
    found = split(GOLDEN, after)
    assert found == {"members": -49_000 - 14_700, "income": 49_000 - 57_400 + 49_000}


def test_nothing_changed_needs_no_reason() -> None:
    assert split(GOLDEN, GOLDEN) == {}


@given(sums, sums)
def test_the_parts_always_make_the_difference(before: Sum, after: Sum) -> None:
    found = split(before, after)
    assert sum(found.values()) == after.total - before.total
    assert 0 not in found.values()


@given(st.lists(st.integers(-500_000, 500_000), max_size=4), st.integers(-3, 3))
def test_parts_that_miss_by_a_fen_are_refused(parts: list[int], off: int) -> None:
    if off == 0:
        require_equal(parts, sum(parts))
        return
    with pytest.raises(UnequalParts) as refused:
        require_equal(parts, sum(parts) + off)
    assert refused.value.args == (off,)
