"""Rental subsidy against an oracle in exact fractions of a square metre, and what may never happen to it."""

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.law.evaluation import evaluate
from doudi.law.money import plain_yuan
from doudi.law.schemes.housing import HOUSING
from doudi.law.schemes.housing_inputs import CATEGORIES, ZONES
from tests.rules.situations import COUNTY, shipped, usual

ON = date(2026, 6, 1)
BASE = shipped().resolve(COUNTY, ON)
# Printed size factors: 1 counts as 2, 2 as 2.5, more than 5 as 5; or the fifth and every further person as 0.8.
TABLE = {1: Fraction(2), 2: Fraction(5, 2), 3: Fraction(3), 4: Fraction(4)}
LISTED = {
    "housing.size.method": "table",
    "housing.size.table": [{"至": str(n), "值": str(float(w))} for n, w in TABLE.items()] + [{"值": "5"}],
}
EXTRA = {"housing.size.method": "extra", "housing.size.full_members": "4", "housing.size.extra_rate": "80"}
SIZES: dict[str, dict[str, Any]] = {
    "plain": {"housing.size.method": "plain"},
    "table": LISTED,
    "extra": EXTRA,
}
NAMED = {"housing.eligible.categories": sorted(CATEGORIES), "housing.eligible.income_head": "999999"}
families = st.fixed_dictionaries(
    {
        "housing_category": st.sampled_from(sorted(CATEGORIES)),
        "own_area": st.integers(0, 12_000),
        "zone": st.sampled_from(sorted(ZONES)),
        "monthly_rent": st.integers(0, 200_000),
        "in_public_housing": st.booleans(),
    }
)
prices = st.integers(0, 5_000)


def outcome(facts: dict[str, Any], persons: int, changes: dict[str, Any]) -> dict[str, Any]:
    household = usual("household", HOUSING) | {"household_id": 1} | facts
    people = [
        usual("person", HOUSING)
        | {
            "household_id": 1,
            "person_id": n,
            "relation": "child" if n > 1 else "head",
            "age": 10 if n > 1 else 40,
        }
        for n in range(1, persons + 1)
    ]
    found = evaluate(HOUSING, {"household": [household], "person": people}, BASE.replaced(changes), ON)
    return found.values["household"][0]


def counted(size: str, persons: int) -> Fraction:
    if size == "table":
        return TABLE.get(persons, Fraction(5))
    return Fraction(persons) if size == "plain" else min(persons, 4) + Fraction(4, 5) * max(persons - 4, 0)


def oracle(facts: dict[str, Any], persons: int, size: str, price: int) -> int:
    """(norm − own area a head) × persons × price × factor, with the caps; 0 where the family is not entitled."""
    lacking = Fraction(15) - Fraction(facts["own_area"], 100 * persons)
    if lacking <= 0 or facts["in_public_housing"]:
        return 0
    area = Fraction(floor(lacking * counted(size, persons) * 100), 100)
    factor = {"dibao": Fraction(6, 5), "tekun": Fraction(6, 5), "other": Fraction(4, 5)}.get(
        facts["housing_category"], Fraction(1)
    )
    due = floor(min(area, Fraction(60)) * price * factor + Fraction(1, 2))
    return min(due, int(facts["monthly_rent"]))


@settings(max_examples=200)
@given(families, st.integers(1, 8), st.sampled_from(sorted(SIZES)), prices)
def test_the_subsidy_is_the_printed_formula_under_its_caps(
    facts: dict[str, Any], persons: int, size: str, price: int
) -> None:
    changes = NAMED | SIZES[size] | {"housing.price.flat": plain_yuan(price)}
    assert outcome(facts, persons, changes)["rent_subsidy"] == oracle(facts, persons, size, price)


@settings(max_examples=80)
@given(families, st.integers(1, 8), st.sampled_from(sorted(SIZES)), st.integers(0, 3_000), prices)
def test_more_room_of_ones_own_never_raises_it_and_no_rent_is_outpaid(
    facts: dict[str, Any], persons: int, size: str, more_room: int, price: int
) -> None:
    zoned = {"housing.minimum.method": "by_zone"} | {f"housing.minimum.zone.{zone}": "410" for zone in ZONES}
    changes = NAMED | SIZES[size] | zoned | {"housing.price.flat": plain_yuan(price)}
    less = outcome(facts, persons, changes)
    roomier = outcome(facts | {"own_area": facts["own_area"] + more_room}, persons, changes)
    assert 0 <= roomier["rent_subsidy"] <= less["rent_subsidy"] <= facts["monthly_rent"]
    assert less["rent_subsidy"] in (0, facts["monthly_rent"]) or less["rent_subsidy"] >= 41_000
