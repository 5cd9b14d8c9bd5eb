"""The two disability subsidies against an independent reading of the same rules in plain integers."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.exchange.policy_files import read_packs
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.packs import Parameters
from doudi.law.schemes.disability import DISABILITY
from doudi.law.schemes.holdings import OTHERS, SCHEMES
from doudi.law.schemes.means_inputs import DISABILITIES

ON = date(2026, 6, 1)
TEKUN = {"tekun_rural", "tekun_urban"}
LIVING = {1: 9_000, 2: 9_000, 3: 7_500, 4: 7_500}
CARE = {1: 12_000, 2: 9_000, 3: 7_500}

Held = list[dict[str, Any]]
helds = st.lists(
    st.fixed_dictionaries(
        {
            "held_scheme": st.sampled_from([*SCHEMES, *OTHERS, "dibao_rural", "dibao_urban", "elder_care"]),
            "held_amount": st.integers(0, 20_000) | st.sampled_from([7_500, 9_000, 12_000]),
            "held_in_full": st.booleans(),
        }
    ),
    max_size=4,
)
people = st.fixed_dictionaries(
    {
        "disability": st.sampled_from(list(DISABILITIES)),
        "disability_grade": st.integers(0, 4),
        "certificate_valid": st.booleans(),
        "long_term_care": st.booleans(),
        "months_since_claim": st.integers(0, 120),
    }
)


@cache
def county() -> Parameters:
    return read_packs(Path(__file__).parents[2] / "policies").resolve("410482", ON)


def outcome(person: dict[str, Any], held: Held) -> Outcome:
    keys = {"household_id": 1, "person_id": 1}
    rows = [row | keys | {"held_id": number} for number, row in enumerate(held)]
    case = {"household": [{"household_id": 1}], "person": [person | keys], "held": rows}
    return evaluate(DISABILITY, case, county(), ON)


def paid(person: dict[str, Any], held: Held) -> tuple[int, int]:
    row = outcome(person, held).values["person"][0]
    return row["living_subsidy"], row["care_subsidy"]


def by_hand(person: dict[str, Any], held: Held) -> tuple[int, int]:
    """What a clerk with the notice in hand would pay."""
    names = {row["held_scheme"] for row in held}
    grade = person["disability_grade"]
    if person["disability"] == "none" or grade == 0 or not person["certificate_valid"]:
        return 0, 0
    if names & (TEKUN | {"injury_care"}):
        return 0, 0
    full_child = any(row["held_scheme"] == "unattended_child" and row["held_in_full"] for row in held)
    poor = bool(names & {"dibao_rural", "dibao_urban"})
    living = LIVING[grade] if poor and "orphan" not in names and not full_child else 0
    widened = grade == 3 and person["disability"] in ("intellectual", "mental")
    care = CARE[grade] if person["long_term_care"] and (grade <= 2 or widened) else 0
    kept = [row["held_amount"] for row in held if row["held_scheme"] in ("elder_care", "old_age")]
    return living, care if care > max(kept, default=0) else 0


@settings(max_examples=400, deadline=None)
@given(people, helds)
def test_both_subsidies_agree_with_the_notice(person: dict[str, Any], held: Held) -> None:
    assert paid(person, held) == by_hand(person, held)


@settings(max_examples=100, deadline=None)
@given(people, helds, st.integers(1, 3))
def test_a_severer_grade_is_never_paid_less(person: dict[str, Any], held: Held, grade: int) -> None:
    severe = paid(person | {"disability_grade": grade}, held)
    light = paid(person | {"disability_grade": grade + 1}, held)
    assert severe[0] >= light[0]
    assert severe[1] >= light[1]


@settings(max_examples=100, deadline=None)
@given(people, helds)
def test_what_is_paid_is_what_is_declared_payable(person: dict[str, Any], held: Held) -> None:
    found = outcome(person, held)
    payable = {pay.name: pay.amount_fen for pay in found.pays}
    living, care = paid(person, held)
    assert payable == {name: fen for name, fen in (("living_subsidy", living), ("care_subsidy", care)) if fen}
    assert found.step("both_subsidies").value == living + care
