"""Allowances against plain integers and exact fractions: price subsidy, old age, retrenched workers."""

from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.exchange.policy_files import read_packs
from doudi.law.evaluation import evaluate
from doudi.law.money import plain_yuan
from doudi.law.packs import Packs, Parameters
from doudi.law.schemes.allowance import ALLOWANCE

ON = date(2026, 6, 1)
USUAL: dict[str, dict[str, Any]] = {
    "household": {"household_id": 1, "locality": "rural", "cpi_rise": 0, "food_cpi_rise": 0},
    "person": {
        "household_id": 1, "person_id": 1, "age": 50, "retrenched": False, "joined_on": 0, "left_on": 0,
        "lump_sum": False, "former_wage": 0, "own_medical_cost": 0, "deceased": False,
        "fixed_kind": "festival", "fixed_count": 0,
    },
}  # fmt: skip
rises = st.integers(0, 2_000) | st.sampled_from([349, 350, 599, 600])


@cache
def shipped() -> Packs:
    return read_packs(Path(__file__).parents[2] / "policies")


@cache
def county() -> Parameters:
    return shipped().resolve("410482", ON)


def person(
    parameters: Parameters,
    *,
    household: dict[str, Any] | None = None,
    held: str = "dibao_rural",
    kept: int = 1,
    **said: Any,
) -> dict[str, Any]:
    """One person's row of results."""
    case = {
        "household": [USUAL["household"] | (household or {})],
        "person": [USUAL["person"] | said],
        "held": [{"household_id": 1, "person_id": 1, "held_id": 1, "held_scheme": held, "held_amount": kept}],
    }
    return evaluate(ALLOWANCE, case, parameters, ON).values["person"][0]


def rounded(exact: Fraction, how: str) -> int:
    """An amount in 分, rounded once by the named way."""
    if how == "fen":
        return floor(exact + Fraction(1, 2))
    return 100 * (ceil(exact / 100) if how == "yuan_up" else floor(exact / 100 + Fraction(1, 2)))


@settings(max_examples=300, deadline=None)
@given(
    standard=st.integers(1, 3_000_000),
    cpi=rises,
    food=rises,
    how=st.sampled_from(["fen", "yuan", "yuan_up"]),
    least=st.sampled_from([0, 1_000, 3_000]),
)
def test_the_price_subsidy_is_the_exact_share_rounded_once(
    standard: int, cpi: int, food: int, how: str, least: int
) -> None:
    changes = {
        "dibao.standard.rural": plain_yuan(standard),
        "allowance.price.rounding": how,
        "allowance.price.least": plain_yuan(least),
    }
    reached = [rise for rise, line in ((cpi, 350), (food, 600)) if rise >= line]
    exact = Fraction(standard * max(reached, default=0), 120_000)
    wanted = max(rounded(exact, how), least) if reached else 0
    household = {"cpi_rise": cpi, "food_cpi_rise": food}
    assert person(county().replaced(changes), household=household)["price_subsidy"] == wanted


def test_the_three_months_of_the_press_note_come_to_114_yuan() -> None:
    """W-13: a monthly standard of about 317; July 7.0 %, August 5.5 %, September 5.7 %, each 12 %."""
    place = shipped().overlaid(county(), "hefei-2011-allowance").replaced({"dibao.standard.urban": "3804"})
    months = [
        person(place, household={"locality": "urban", "cpi_rise": rise}, held="dibao_urban")["price_subsidy"]
        for rise in (700, 550, 570)
    ]
    assert months == [3_800, 3_800, 3_800]
    assert sum(months) == 11_400


def test_rising_prices_never_lower_a_graded_subsidy() -> None:
    place = shipped().overlaid(county(), "hefei-2011-allowance")
    paid = [person(place, household={"cpi_rise": rise})["price_subsidy"] for rise in range(0, 1_600, 25)]
    assert paid == sorted(paid)
    assert paid[0] == 0 < paid[-1]


@settings(max_examples=100, deadline=None)
@given(age=st.integers(0, 150), kept=st.integers(0, 40_000) | st.sampled_from([5_000, 10_000, 30_000]))
def test_the_old_age_allowance_is_the_bands_amount_or_yields_to_the_higher(age: int, kept: int) -> None:
    amount = 0 if age < 80 else 5_000 if age < 90 else 10_000 if age < 100 else 30_000
    assert person(county(), age=age, held="dibao_rural")["old_age_allowance"] == amount
    beside = person(county(), age=age, held="disability_care", kept=kept)
    assert beside["old_age_allowance"] == (amount if amount > kept else 0)


@settings(max_examples=200, deadline=None)
@given(
    joined=st.integers(19_400_101, 19_651_231),
    left=st.integers(19_600_101, 19_661_231),
    lump=st.booleans(),
    wage=st.integers(0, 20_000),
    cost=st.integers(0, 10_000_000),
    deceased=st.booleans(),
)
def test_retrenched_workers_by_the_notice_of_1965(
    joined: int, left: int, lump: bool, wage: int, cost: int, deceased: bool
) -> None:
    place = county().replaced(
        {"allowance.retrenched_worker.method": "by_wage", "allowance.retrenched_worker.fixed": "15"}
    )
    row = person(
        place, retrenched=True, joined_on=joined, left_on=left, lump_sum=lump, former_wage=wage,
        own_medical_cost=cost, deceased=deceased,
    )  # fmt: skip
    inside = 19_610_101 <= left <= 19_650_609
    full = inside and joined <= 19_571_231 and lump
    rate = (2 * wage * 40 + 100) // 200 if full else 1_500 if inside else 0
    assert row["retrenched_aid"] == (0 if deceased else rate)
    assert row["retrenched_funeral"] == (4 * rate if deceased else 0)
    assert row["retrenched_medical"] == (floor(Fraction(2 * cost, 3) + Fraction(1, 2)) if full else 0)
    assert row["retrenched_medical"] <= cost
