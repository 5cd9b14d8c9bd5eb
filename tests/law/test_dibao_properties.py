"""What must hold of dibao whatever the family: no virtual income, more income never more aid, one share a person."""

import random
from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

from doudi.law.evaluation import Outcome, evaluate
from doudi.law.schemes.dibao import DIBAO
from tests.engine.county import by_household, county
from tests.rules.situations import COUNTY, shipped

ON = date(2026, 6, 1)
PARAMETERS = shipped().resolve(COUNTY, ON)
FAMILIES = 300
Case = dict[str, list[dict[str, Any]]]


def families() -> list[Case]:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {FAMILIES} families")
    return list(by_household(county(DIBAO, DIBAO.edition(ON), FAMILIES, seed, {COUNTY: PARAMETERS})).values())


def outcome(case: Case) -> Outcome:
    return evaluate(DIBAO, case, PARAMETERS, ON)


def home(case: Case) -> dict[str, Any]:
    return outcome(case).values["household"][0]


def test_being_able_to_work_is_never_an_income() -> None:
    """H-14: the same family with everybody able to work has the same income. 依据: 民发〔2022〕83号"""
    for case in families():
        able = deepcopy(case)
        for row in able["person"]:
            row["able_to_work"] = True
        assert home(able)["household_income"] == home(case)["household_income"]


def test_one_fen_more_income_never_gives_more_aid() -> None:
    for case in families():
        if not case["income"]:
            continue
        richer = deepcopy(case)
        richer["income"][0]["gross"] += 1
        before, after = home(case), home(richer)
        assert after["household_income"] >= before["household_income"]
        assert after["entitlement"] <= before["entitlement"]


def test_the_top_up_is_the_gap_rounded_up_once() -> None:
    """An independent oracle in exact fractions."""
    for case in families():
        found = home(case)
        gap = Fraction(found["standard_year"] * found["members"] - found["household_income"], 12)
        yuan = -((-gap) // 100) * 100 if found["eligible"] else 0
        assert found["top_up"] == yuan


def test_nothing_negative_is_paid_and_the_parts_make_the_total() -> None:
    for case in families():
        result = outcome(case)
        assert all(part.amount_fen > 0 for part in result.pays)
        total = result.values["household"][0]["monthly_total"]
        assert sum(part.amount_fen for part in result.pays) == total


def test_grades_exclude_each_other() -> None:
    for case in families():
        found = home(case)
        assert sum(found[name] for name in ("eligible", "border_eligible", "rigid_eligible")) <= 1
