"""One exclusion table: what its rows say, where and when they apply, and that the rulebooks pay accordingly."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from doudi.exchange.policy_files import assembled, parse_document, read_documents
from doudi.law.evaluation import evaluate
from doudi.law.exclusions import Exclusion
from doudi.law.library import BOOKS
from doudi.law.pack_files import PackError
from doudi.law.packs import Packs
from doudi.law.schemes.holdings import OTHERS
from tests.rules.situations import usual

POLICIES = Path(__file__).parents[2] / "policies"
ON = date(2026, 6, 1)
COUNTY = "410482"


@cache
def shipped() -> Packs:
    return assembled(read_documents(POLICIES))


def rows(*rules: str) -> list[Exclusion]:
    return [row for row in shipped().exclusions if row.rule in rules]


def pair(row: Exclusion) -> str:
    return f"{row.first}-{row.second}"


def codes(packs: Packs, path: str, area: str = COUNTY, on: date = ON) -> tuple[str, ...]:
    found: tuple[str, ...] = packs.resolve(area, on).value(f"exclusion.{path}")
    return found


def with_rows(*written: str, area: str = "410482") -> Packs:
    text = f'pack: more\narea: "{area}"\nexclusive:\n' + "".join(f"  - {{{row}}}\n" for row in written)
    return assembled([*read_documents(POLICIES), parse_document(text, "more.yaml")])


# ---- the table -----------------------------------------------------------------------------------------


def test_a_row_is_read_from_both_sides_and_a_difference_only_from_its_first() -> None:
    assert "tekun_rural" in codes(shipped(), "never.disability_care")
    assert "disability_care" in codes(shipped(), "never.tekun_rural")
    assert "dibao_rural" in codes(shipped(), "difference.unattended_child")
    assert codes(shipped(), "difference.dibao_rural") == ()


def test_a_list_is_as_sure_as_the_least_sure_of_its_rows() -> None:
    leaves = shipped().resolve(COUNTY, ON).leaves
    assert leaves["exclusion.never.disability_living"].status == "read"
    assert leaves["exclusion.choose.orphan"].status == "unverified"
    assert leaves["exclusion.difference.unattended_child"].status == "local"
    assert leaves["exclusion.difference.child_in_need"].status == "demo"
    doubted = with_rows("first: goods, second: orphan, rule: choose, since: 2026-03-01, status: demo")
    assert doubted.resolve(COUNTY, ON).leaves["exclusion.choose.orphan"].status == "demo"


def test_a_row_of_no_known_status_is_refused() -> None:
    with pytest.raises(PackError, match="第 4 行：互斥行的核对情况 status 应为"):
        with_rows("first: old_age, second: goods, rule: choose, since: 2026-03-01, status: sure")


def test_a_row_begins_on_its_day_and_ends_before_its_last() -> None:
    packs = with_rows(
        "first: old_age, second: retrenched_worker, rule: choose, since: 2026-03-01, until: 2026-06-01"
    )
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1)]
    found = [codes(packs, "choose.old_age", on=day) for day in days]
    assert found == [(), ("retrenched_worker",), ("retrenched_worker",), ()]


def test_a_place_adds_rows_of_its_own_and_no_other_place_sees_them() -> None:
    packs = with_rows(
        "first: old_age, second: retrenched_worker, rule: choose, since: 2026-01-01", area="410400"
    )
    assert codes(packs, "choose.old_age") == ("retrenched_worker",)
    assert codes(packs, "choose.old_age", area="110101") == ()
    assert "disability_care" in codes(packs, "higher.old_age"), "the nation's rows stay"


def test_a_rule_that_reads_the_table_tells_where_the_row_stands() -> None:
    leaf = shipped().resolve(COUNTY, ON).leaf("exclusion.never.disability_living")
    assert leaf.file == "national/procedure.yaml"
    assert leaf.line > 1
    assert "国发〔2015〕52号" in leaf.document
    assert {"tekun_rural", "tekun_urban", "orphan", "injury_care"} <= set(leaf.value)


def test_a_scheme_without_rows_has_an_empty_list_and_not_a_missing_one() -> None:
    assert codes(shipped(), "never.shelter") == ()


# ---- the rulebooks -------------------------------------------------------------------------------------

DISABLED = {"disability": "physical", "disability_grade": 2, "long_term_care": True}
# Somebody entitled to each scheme, and the amount its rulebook pays.
ENTITLED: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "disability_living": ("disability", "living_subsidy", DISABLED, ("dibao_rural",)),
    "disability_care": ("disability", "care_subsidy", DISABLED, ()),
    "old_age": ("allowance", "old_age_allowance", {"age": 92}, ()),
    "unattended_child": (
        "children",
        "unattended_amount",
        {"age": 10, "father": "dead", "mother": "prison", "mother_months": 24},
        (),
    ),
    "child_in_need": ("children", "need_amount", {"age": 10, "need_class": "second"}, ()),
    "orphan": ("children", "orphan_amount", {"age": 10, "father": "dead", "mother": "dead"}, ()),
}


def payer(scheme: str) -> Callable[..., int]:
    """What the scheme's rulebook pays somebody entitled to it, who draws these amounts already."""
    book_id, amount, said, always = ENTITLED[scheme]
    book = BOOKS[book_id]

    def pay(**held: int) -> int:
        drawn = dict.fromkeys(always, 0) | held
        keys = {"household_id": 1, "person_id": 1}
        case = {
            "household": [usual("household", book) | {"household_id": 1}],
            "person": [{"age": 40} | usual("person", book) | said | keys],
            "held": [
                usual("held", book) | keys | {"held_id": number, "held_scheme": name, "held_amount": fen}
                for number, (name, fen) in enumerate(drawn.items())
            ],
        }
        if "age" not in book.inputs:
            case["person"][0].pop("age")
        found: int = evaluate(book, case, shipped().resolve(COUNTY, ON), ON).values["person"][0][amount]
        return found

    return pay


@pytest.mark.parametrize("row", rows("higher"), ids=pair)
def test_of_two_the_higher_is_paid(row: Exclusion) -> None:
    for scheme in {row.first, row.second} - set(OTHERS):
        pay, other = payer(scheme), row.other(scheme)
        assert other
        amount = pay()
        assert amount > 0
        assert [pay(**{other: fen}) for fen in (0, amount - 1, amount, amount + 1)] == [amount, amount, 0, 0]


@pytest.mark.parametrize("row", rows("difference"), ids=pair)
def test_only_the_difference_is_paid(row: Exclusion) -> None:
    pay = payer(row.first)
    amount = pay()
    assert amount > 0
    for held in (0, 1, amount // 2, amount - 1, amount, amount + 1):
        assert pay(**{row.second: held}) == max(amount - held, 0)


NEVER_PAID = [
    (scheme, row)
    for row in rows("never", "choose")
    for scheme in ("disability_living", "disability_care", "orphan")
    if row.other(scheme) and (scheme != "orphan" or row.rule == "choose")
]


@pytest.mark.parametrize(
    ("scheme", "row"), NEVER_PAID, ids=lambda one: one if isinstance(one, str) else pair(one)
)
def test_beside_what_excludes_it_nothing_is_paid(scheme: str, row: Exclusion) -> None:
    pay, other = payer(scheme), row.other(scheme)
    assert other
    assert pay() > 0
    assert pay(**{other: 1}) == 0


def test_both_disability_subsidies_are_paid_side_by_side() -> None:
    assert payer("disability_living")(disability_care=9_000) == payer("disability_living")() > 0
    assert payer("disability_care")(disability_living=9_000) == payer("disability_care")() > 0
