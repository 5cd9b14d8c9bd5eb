"""Destitute support against an oracle written apart from it: sets and exact decimals, no rounding word of the law."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.law.catalogue import read_catalogue
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.packs import MissingParameter, Parameters
from doudi.law.schemes.tekun import TEKUN
from doudi.law.schemes.tekun_inputs import ADL, DUTY_AIDS, DUTY_GROUNDS, DUTY_STATES, ENDINGS, FORMS
from tests.rules.situations import shipped, usual

ON = date(2026, 6, 1)
COUNTY = shipped().resolve("410482", ON)
CAP = 4_000
ROUNDED = {"fen": "0.01", "yuan": "1", "yuan_up": "1"}
DISABLED = st.sampled_from(["none", "visual", "hearing", "physical", "intellectual", "mental", "multiple"])


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def fen(exact: Decimal, step: str, *, upward: bool = False) -> int:
    """Exact yuan to fen, rounded once."""
    return int(exact.quantize(Decimal(step), ROUND_CEILING if upward else ROUND_HALF_UP) * 100)


def assess(
    person: dict[str, Any], obligors: list[dict[str, Any]], parameters: Parameters = COUNTY
) -> Outcome:
    case: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("income", "held", "asset", "obligor_member")
    }
    case["household"] = [usual("household", TEKUN) | {"household_id": 1}]
    case["person"] = [usual("person", TEKUN) | {"household_id": 1, "person_id": 1} | person]
    case["obligor"] = []
    for number, one in enumerate(obligors, 1):
        keys = {"household_id": 1, "obligor_id": number}
        family = {"duty_locality": "rural", "duty_property_low": one["duty_property_low"]}
        case["obligor"].append(usual("obligor", TEKUN) | keys | family)
        member = {name: worth for name, worth in one.items() if name != "duty_property_low"}
        case["obligor_member"].append(
            usual("obligor_member", TEKUN) | keys | {"obligor_member_id": number} | member
        )
    return evaluate(TEKUN, case, parameters, ON)


rates = st.integers(0, 10_000)


@st.composite
def standards(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "standard": draw(st.integers(1, 2_000_000)),
        "ratio": draw(st.integers(10_000, 20_000)),
        "rounding": draw(st.sampled_from(list(ROUNDED))),
        "wage": draw(st.integers(1, 500_000)),
        "care_rates": sorted(draw(st.lists(rates, min_size=3, max_size=3))),
        "care_rounding": draw(st.sampled_from(["year_yuan", "month_yuan", "month_yuan_up", "month_fen"])),
    }


def parameters_of(known: dict[str, Any]) -> Parameters:
    low, middle, high = (yuan(rate) for rate in known["care_rates"])
    changed = {
        "dibao.standard.rural": yuan(known["standard"]),
        "tekun.basic.rounding": known["rounding"],
        "local.minimum_wage": yuan(known["wage"]),
        "tekun.care.rounding": known["care_rounding"],
        "tekun.care.able_ceiling": yuan(CAP),
    }
    for form in FORMS:
        changed[f"tekun.basic.ratio.{form}"] = yuan(known["ratio"])
        changed |= {
            f"tekun.care.rate.{form}.{grade}": rate
            for grade, rate in (("able", low), ("partly", middle), ("fully", high))
        }
    return COUNTY.replaced(changed)


def care_oracle(known: dict[str, Any], failed: int) -> int:
    rate = known["care_rates"][0 if failed == 0 else 1 if failed <= 3 else 2]
    month = Decimal(known["wage"]) / 100 * Decimal(rate) / 10_000
    by_month = {"month_yuan": ("1", False), "month_yuan_up": ("1", True), "month_fen": ("0.01", False)}
    if known["care_rounding"] == "year_yuan":
        found = fen(Decimal(fen(month * 12, "1")) / 1200, "0.01")
    else:
        step, upward = by_month[known["care_rounding"]]
        found = fen(month, step, upward=upward)
    return min(found, CAP) if failed == 0 else found


@settings(max_examples=150, deadline=None)
@given(standards(), st.sets(st.sampled_from(list(ADL))), st.sampled_from(list(FORMS)))
def test_amounts_are_rounded_once_and_never_fall_with_the_grade(
    known: dict[str, Any], failed: set[str], form: str
) -> None:
    person = {"age": 70, "support_form": form} | {name: name in failed for name in ADL}
    found = assess(person, [], parameters_of(known)).values["person"][0]
    year = fen(Decimal(known["standard"]) * known["ratio"] / 10_000 / 100, "0.01")
    wanted = fen(Decimal(year) / 1200, ROUNDED[known["rounding"]], upward=known["rounding"] == "yuan_up")
    assert found["basic_amount"] == wanted
    assert found["care_amount"] == care_oracle(known, len(failed))
    assert found["monthly_total"] == found["basic_amount"] + found["care_amount"] >= 0
    assert found["basic_meets_floor"] == (year * 10 >= known["standard"] * 13)
    worse = assess(person | dict.fromkeys(ADL, True), [], parameters_of(known)).values["person"][0]
    assert worse["care_standard"] >= found["care_standard"]
    assert found["pocket_money"] <= found["basic_amount"]


people = st.fixed_dictionaries(
    {
        "age": st.sampled_from([3, 15, 16, 17, 18, 19, 40, 59, 60, 61, 90]),
        "disability": DISABLED,
        "disability_grade": st.integers(0, 4),
        "supported_as_minor": st.booleans(),
        "student": st.sampled_from(["none", "school", "undergraduate"]),
        "chose_child_benefit": st.booleans(),
    }
)
obligors = st.fixed_dictionaries(
    {
        "duty_property_low": st.booleans(),
        "has_duty": st.booleans(),
        "duty_age": st.sampled_from([18, 45, 59, 60, 69, 70, 95]),
        "duty_aid": st.sampled_from(list(DUTY_AIDS)),
        "obligor_income": st.sampled_from([0, 2_339_999, 2_340_000, 9_000_000]),
        "duty_disability": DISABLED,
        "duty_disability_grade": st.integers(0, 4),
        "duty_state": st.sampled_from(list(DUTY_STATES)),
        "duty_ground": st.sampled_from(list(DUTY_GROUNDS)),
    }
)
COUNTED = {  # kind and grade of disability that article 5 (3) names
    *(("intellectual", grade) for grade in (1, 2, 3)),
    *(("mental", grade) for grade in (1, 2, 3)),
    *(("physical", grade) for grade in (1, 2)),
    ("visual", 1),
}


def cannot_work(one: dict[str, Any]) -> bool:
    by_nature = not 16 <= one["age"] < 60 or (one["disability"], one["disability_grade"]) in COUNTED
    kept = one["supported_as_minor"] and (one["age"] < 18 or one["student"] == "school")
    return by_nature or kept


def can_support(one: dict[str, Any]) -> bool:
    if not one["has_duty"] or one["duty_aid"] == "tekun" or one["duty_ground"] == "frail_dependants":
        return False
    if one["duty_aid"] == "dibao" and one["duty_age"] >= 60:
        return False
    if not one["duty_property_low"]:
        return True
    if one["duty_state"] != "none":
        return False
    kind, grade = one["duty_disability"], one["duty_disability_grade"]
    reduced = kind != "none" and (grade in (1, 2) or (kind, grade) in {("mental", 3), ("intellectual", 3)})
    return one["obligor_income"] >= 2_340_000 or not (one["duty_age"] >= 70 or reduced)


@settings(max_examples=250, deadline=None)
@given(people, st.lists(obligors, max_size=3))
def test_eligible_is_exactly_the_three_tests(one: dict[str, Any], family: list[dict[str, Any]]) -> None:
    outcome = assess(one, family)
    found = outcome.values["person"][0]
    able = [can_support(member) for member in family]
    assert [row["able_to_support"] for row in outcome.values["obligor_member"]] == able
    low = [row["duty_income_low"] for row in outcome.values["obligor_member"]]
    assert low == [member["obligor_income"] < 2_340_000 for member in family]
    assert found["labour_test"] == cannot_work(one)
    assert found["eligible"] == (cannot_work(one) and not any(able) and not one["chose_child_benefit"])
    assert (found["ending_ground"] == "none") == found["eligible"]
    assert [part.amount_fen > 0 for part in outcome.pays] == ([True, True] if found["eligible"] else [])


@pytest.mark.parametrize("scheme", ["tekun_rural", "tekun_urban"])
def test_an_ending_has_the_code_and_the_words_of_the_scheme_file(scheme: str) -> None:
    known = {
        reason.code: reason.label
        for reason in read_catalogue(shipped().documents).schemes[scheme].reasons_for("stop")
    }
    assert known == {code: label for code, label in ENDINGS.items() if code != "none"}


def test_a_method_without_its_figures_is_refused_by_name() -> None:
    chosen = COUNTY.replaced({"tekun.care.method": "fraction"})
    with pytest.raises(MissingParameter, match="分散供养全自理为最低工资的几分之一"):
        assess({"age": 70}, [], chosen)
