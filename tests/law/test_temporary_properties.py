"""Temporary aid against an oracle in exact fractions: what is given, what bounds it, its parts make the whole."""

from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.law.case import Case
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.money import plain_yuan
from doudi.law.schemes.temporary import TEMPORARY
from doudi.law.schemes.temporary_inputs import CAUSES, HUKOUS, LEVELS, SEVERITIES
from tests.rules.situations import COUNTY, shipped, usual

ON = date(2026, 6, 1)
BASE = shipped().resolve(COUNTY, ON)
EMERGENCIES = set(BASE.value("temporary.emergency.causes"))
MONTHS = {"general": 1, "heavy": 2, "severe": 4, "extreme": 6}
sums = st.integers(0, 30_000_000)
standards = st.integers(1, 3_000_000)
cases = st.fixed_dictionaries(
    {
        "cause": st.sampled_from(sorted(CAUSES)),
        "severity": st.sampled_from(sorted(SEVERITIES)),
        "hukou": st.sampled_from(sorted(HUKOUS)),
        "necessary_cost": sums,
        "relief_received": sums,
        "proposed_amount": sums,
        "aided_this_year": sums,
        "urgent": st.booleans(),
        "advance_paid": st.sampled_from([0, 1, 50_000, 10_000_000]),
        "society_balance": sums,
        "mutual_level": st.sampled_from(sorted(LEVELS)),
        "exception_granted": st.booleans(),
    }
)
policies = st.fixed_dictionaries(
    {
        "temporary.amount.method": st.sampled_from(["formula", "proposed"]),
        "temporary.amount.rounding": st.sampled_from(["fen", "yuan_up"]),
        "temporary.ceiling.counted_by": st.sampled_from(["head", "household"]),
        "temporary.ceiling.period": st.sampled_from(["once", "year"]),
        "temporary.ceiling.times": st.integers(0, 12).map(str),
        "temporary.emergency.least_times": st.integers(0, 3).map(str),
        "temporary.instalment.large_amount": st.integers(0, 30_000).map(str),
        "temporary.advance.method": st.sampled_from(["none", "within_limit", "whole"]),
        "dibao.standard.urban": standards.map(plain_yuan),
    }
)


def family(facts: dict[str, Any], persons: int, income: int = 0, times_before: int = 0) -> Case:
    """A household of a head and minor children, whose head has this year's earlier aids for the same cause."""
    household = usual("household", TEMPORARY) | {"household_id": 1} | facts
    kin = ["head"] + ["child"] * (persons - 1)
    people = [
        usual("person", TEMPORARY)
        | {"household_id": 1, "person_id": n, "relation": relation, "age": 40 - 30 * (n > 1)}
        for n, relation in enumerate(kin, 1)
    ]
    own = {"household_id": 1, "person_id": 1}
    earned = usual("income", TEMPORARY) | own | {"income_id": 1, "income_kind": "pension", "gross": income}
    before = usual("held", TEMPORARY) | own | {"held_scheme": "temporary", "same_cause_this_year": True}
    held = [before | {"held_id": n} for n in range(1, times_before + 1)]
    return {"household": [household], "person": people, "income": [earned], "held": held}


def outcome(case: Case, changes: dict[str, str]) -> dict[str, Any]:
    found: Outcome = evaluate(TEMPORARY, case, BASE.replaced(changes), ON)
    return found.values["household"][0]


def oracle(facts: dict[str, Any], policy: dict[str, str], persons: int) -> int:
    """What an emergency is given, worked out in fractions of a fen from the text of the rule."""
    month = Fraction(policy["dibao.standard.urban"]) * 100 / 12
    heads = persons if policy["temporary.ceiling.counted_by"] == "head" else 1
    exact = month * persons * MONTHS[facts["severity"]]
    whole = (
        ceil(exact / 100) * 100
        if policy["temporary.amount.rounding"] == "yuan_up"
        else floor(exact + Fraction(1, 2))
    )
    wanted = whole if policy["temporary.amount.method"] == "formula" else facts["proposed_amount"]
    lowest = floor(month * int(policy["temporary.emergency.least_times"]) * heads + Fraction(1, 2))
    ceiling = floor(month * int(policy["temporary.ceiling.times"]) * heads)
    if policy["temporary.ceiling.period"] == "year":
        ceiling = max(ceiling - facts["aided_this_year"], 0)
    return min(max(wanted, lowest), ceiling) if facts["cause"] in EMERGENCIES else 0


@settings(max_examples=150)
@given(cases, policies, st.integers(1, 6), sums)
def test_an_emergency_is_given_what_the_text_says(
    facts: dict[str, Any], policy: dict[str, str], persons: int, income: int
) -> None:
    found = outcome(family({"aid_kind": "emergency"} | facts, persons, income), policy)
    assert found["aid"] == oracle(facts, policy, persons)


@settings(max_examples=100)
@given(
    cases,
    policies,
    st.integers(1, 6),
    st.sampled_from(["emergency", "expenditure", "special"]),
    st.integers(0, 2),
)
def test_aid_stays_within_its_bounds_and_its_parts_make_the_whole(
    facts: dict[str, Any], policy: dict[str, str], persons: int, kind: str, before: int
) -> None:
    found = outcome(family({"aid_kind": kind} | facts, persons, times_before=before), policy)
    assert 0 <= found["aid"] <= found["ceiling_left"]
    assert kind != "expenditure" or found["aid"] <= found["own_cost"]
    assert kind != "special" or found["special_aid"] in (
        0,
        max(found["special_amount"], found["limited_amount"]),
    )
    if before and kind != "special" and not facts["exception_granted"]:
        assert found["payout"] == 0
    given_out = found["advance"] + found["aid_due"] + facts["advance_paid"]
    assert given_out == max(found["aid"], facts["advance_paid"])
    assert (
        found["instalment_amount"] * (found["instalments"] - 1) + found["last_instalment"]
        == found["scheduled_amount"]
    )
    assert 1 <= found["instalments"] <= 6
    assert found["last_instalment"] >= found["instalment_amount"] >= 0


@settings(max_examples=80)
@given(cases, policies, st.integers(1, 5), st.sampled_from(["fast", "emergency"]), sums)
def test_residence_and_income_never_bar_fast_or_emergency_aid_and_one_more_person_never_lowers_it(
    facts: dict[str, Any], policy: dict[str, str], persons: int, kind: str, income: int
) -> None:
    plain = outcome(family({"aid_kind": kind} | facts | {"hukou": "local"}, persons), policy)
    stranger = outcome(family({"aid_kind": kind} | facts | {"hukou": "elsewhere"}, persons, income), policy)
    assert (plain["fast_aid"], plain["aid"]) == (stranger["fast_aid"], stranger["aid"])
    more = outcome(family({"aid_kind": kind} | facts, persons + 1), policy)
    assert more["aid"] >= plain["aid"]
    assert more["fast_aid"] >= plain["fast_aid"]


@settings(max_examples=80)
@given(cases, st.integers(1, 6))
def test_mutual_aid_stays_within_its_level_and_its_fund(facts: dict[str, Any], persons: int) -> None:
    found = outcome(family({"aid_kind": "mutual"} | facts, persons), {})
    level = facts["mutual_level"]
    lowest, most = (BASE.value(f"temporary.mutual.{bound}.{level}") for bound in ("least", "most"))
    wanted = facts["proposed_amount"]
    within = sorted((lowest, wanted, most))[1] if wanted else 0
    assert found["mutual_aid"] == min(within, facts["society_balance"]) == found["payout"]
