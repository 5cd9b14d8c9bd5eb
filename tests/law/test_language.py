"""The words of a rule: what they give on ints, and what they say when a rule is written wrongly."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.law.entities import ASSET, HOUSEHOLD, PERSON
from doudi.law.language import (
    RuleError,
    Symbol,
    Tier,
    by_choice,
    divide,
    down_to_fen,
    none_of,
    one_of,
    parameter,
    record,
    share,
    tiered,
    to_fen,
    up_to_yuan,
    when,
)
from doudi.law.rulebook import CircularRules, Rulebook, UnknownValue
from doudi.law.units import COUNT, FEN

SINCE = "2020-01-01"
numbers = st.integers(-(10**12), 10**12)
divisors = st.integers(1, 10**6)


def symbol() -> Symbol:
    return record("value", "x")


@given(numbers, divisors)
def test_rounding_words_agree_with_exact_fractions(amount: int, over: int) -> None:
    assert down_to_fen(amount, over=over) * over <= amount < (down_to_fen(amount, over=over) + 1) * over
    assert -over <= 2 * (amount - to_fen(amount, over=over) * over) < over
    up = up_to_yuan(amount, over=over)
    assert up % 100 == 0
    assert (up - 100) * over < amount <= up * over


def test_halves_go_up_and_the_yearly_gap_is_rounded_once() -> None:
    assert to_fen(6, over=12) == 1
    assert to_fen(5, over=12) == 0
    assert up_to_yuan(680405, over=12) == 56800
    assert up_to_yuan(to_fen(680405, over=12)) == 56700, "rounding twice would be wrong by a yuan"
    assert share(588000, 3000, over=12) == 14700


def test_a_loss_is_floored_not_truncated() -> None:
    assert divide(-10001, over=3) == -3334


@pytest.mark.parametrize("over", [0, -12])
def test_a_divisor_must_be_positive(over: int) -> None:
    with pytest.raises(RuleError, match="除数必须大于零"):
        to_fen(100, over=over)


def test_tiers_are_cumulative_and_rounded_once() -> None:
    bands = (Tier(1_800_000, 6000), Tier(8_800_000, 6500), Tier(None, 7500))
    assert tiered(13_800_000, bands) == 9_380_000
    assert tiered(1_800_001, bands) == to_fen(1_800_000 * 6000 + 6500, over=10_000)


def test_only_the_chosen_branch_is_run() -> None:
    assert by_choice("a", a=lambda: 1, b=lambda: 1 // 0) == 1
    with pytest.raises(RuleError, match="“c”不认识"):
        by_choice("c", a=lambda: 1)


def test_one_of_reads_lists_of_codes() -> None:
    assert one_of("a", "b", ("a", "c"))
    assert not one_of("a", "b", ())
    assert none_of(one_of("a", "b"), False)


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (lambda x: 1 if x > 3 else 0, "when"),
        (lambda x: max(x, 0), "greatest"),
        (lambda x: (x > 1) and (x < 3), "&"),
        (lambda x: 0 < x < 3, "&"),
        (lambda x: not (x > 1), "none_of"),
        (lambda x: ~(x > 1), "none_of"),
        (lambda x: x in ("a", "b"), "one_of"),
        (lambda x: x / 12, "up_to_yuan"),
        (lambda x: 12 / x, "up_to_yuan"),
        (lambda x: x * 0.2, "整数"),
        (lambda x: round(x), "to_fen"),
        (lambda x: int(x), "小数"),
        (lambda x: x % 2, "小数"),
        (lambda x: list(x), "tiered"),
        (lambda x: x.rate, "只有政策参数"),
    ],
)
def test_a_wrong_word_is_refused_at_registration_and_says_what_to_write(wrong, advice) -> None:  # type: ignore[no-untyped-def]
    book = Rulebook("trial")
    book.input(HOUSEHOLD, "x", unit=FEN, label="数")

    def bad(x: int) -> int:
        """坏规则"""
        return wrong(x)

    with pytest.raises((RuleError, AttributeError), match=advice) as refusal:
        book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)(bad)
    if refusal.type is RuleError:
        assert "trial.bad" in str(refusal.value)


def test_circular_rules_are_refused_with_the_path() -> None:
    book = Rulebook("trial")

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def first(second: int) -> int:
        """甲"""
        return second + 1

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def second(third: int) -> int:
        """乙"""
        return third + 1

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def third(first: int) -> int:
        """丙"""
        return first + 1

    with pytest.raises(CircularRules, match="first → second → third → first"):
        book.seal()


def test_a_rule_sees_its_parents_but_not_its_children_or_strangers() -> None:
    book = Rulebook("trial")
    book.input(PERSON, "age", unit=COUNT, label="年龄")
    book.input(ASSET, "amount", unit=FEN, label="价值")

    @book.rule(HOUSEHOLD, cite="试", unit=COUNT, since=SINCE)
    def oldest(age: int) -> int:
        """最大年龄"""
        return age

    with pytest.raises(UnknownValue, match=r"看不见成员的“age”.*highest"):
        book.seal()
    with pytest.raises(RuleError, match="只能汇到上一级"):
        book.total("wealth", PERSON, of="amount", label="财产")
    with pytest.raises(UnknownValue, match="还没有“nothing”"):
        book.total("sum", HOUSEHOLD, of="nothing", label="合计")


def test_a_rule_needs_a_title_and_a_citation() -> None:
    book = Rulebook("trial")
    with pytest.raises(RuleError, match="中文名"):
        book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)(lambda: 1)


def test_the_newest_version_on_the_day_applies() -> None:
    book = Rulebook("trial")
    book.input(HOUSEHOLD, "x", unit=FEN, label="数")

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since="2020-01-01", name="worth")
    def worth_at_first(x: int) -> int:
        """值"""
        return x

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since="2026-07-01", name="worth")
    def worth_now(x: int) -> int:
        """值"""
        return x * 2

    assert book.edition(date(2026, 6, 30)).by_name["worth"].since == date(2020, 1, 1)
    assert book.edition(date(2026, 7, 1)).by_name["worth"].since == date(2026, 7, 1)
    assert book.edition(date(2026, 6, 30)).version != book.edition(date(2026, 7, 1)).version
    with pytest.raises(UnknownValue, match="还没有规则"):
        book.edition(date(2019, 12, 31))


def test_the_words_are_recorded_by_name() -> None:
    found = when(symbol() > 3, up_to_yuan(symbol(), over=12))  # type: ignore[operator, arg-type]
    assert repr(found) == "‹when(gt(x, 3), up_to_yuan(x, 12), 0)›"
    assert parameter("a.b").c.expr.args == ("a.b.c",)
