"""One application, graded: the first of destitute, dibao, border and rigid expenditure that fits."""

import random
from datetime import date
from typing import Any

import pytest

from doudi.law.grading import GRADES, graded
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.tekun import TEKUN
from tests.rules.situations import COUNTY, shipped

ON = date(2026, 6, 1)
PARAMETERS = shipped().resolve(COUNTY, ON)


def person(number: int, **said: Any) -> dict[str, Any]:
    return {"household_id": 1, "person_id": number, "relation": "other", "age": 40} | said


def case(*people: dict[str, Any], income: int = 0, **household: Any) -> dict[str, list[dict[str, Any]]]:
    incomes = [{"household_id": 1, "person_id": 1, "income_id": 1, "income_kind": "pension", "gross": income}]
    return {
        "household": [{"household_id": 1} | household],
        "person": list(people),
        "income": incomes if income else [],
    }


HEAD = person(1, relation="head")
ELDER = person(1, relation="head", age=70)


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        (case(ELDER), "tekun"),
        (case(ELDER, person(2, relation="spouse", age=68)), "tekun"),
        (case(ELDER, person(2, relation="spouse", age=50, able_to_work=True)), "dibao"),
        (case(person(1, relation="head", age=70, other_support="tekun")), "tekun"),
        (case(HEAD, person(2, relation="parent", age=70, other_support="tekun")), "dibao"),
        (case(HEAD, person(2, relation="child", age=8)), "dibao"),
        (case(HEAD, income=588_000), "bianyuan"),
        (case(HEAD, income=2_000_000, spend_medical=1_300_000), "gangxing"),
        (case(HEAD, income=2_000_000), "none"),
    ],
)
def test_the_first_grade_that_fits(given: dict[str, list[dict[str, Any]]], grade: str) -> None:
    assert graded(given, PARAMETERS, ON).grade == grade


def test_a_child_with_parents_is_not_destitute() -> None:
    found = graded(case(HEAD, person(2, relation="child", age=8)), PARAMETERS, ON)
    assert found.tekun_persons == (2,), "alone the child would be; together the parent owes support"
    assert found.label == "最低生活保障"


def test_richer_never_moves_a_family_up() -> None:
    """Grades are ordered: more income never gives an earlier one (rigid expenditure asks for spending as well)."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    order = [grade for grade in GRADES if grade != "gangxing"]
    for _ in range(300):
        age, low = dice.choice((30, 59, 60, 75)), dice.randrange(1_000_000)
        some = case(person(1, relation="head", age=age), income=low)
        more = case(person(1, relation="head", age=age), income=low + dice.randrange(1_000_000))
        first, second = graded(some, PARAMETERS, ON).grade, graded(more, PARAMETERS, ON).grade
        assert order.index(first) <= order.index(second), f"seed {seed}: {age} {low}"


def test_both_books_read_the_same_means() -> None:
    shared = set(DIBAO.inputs) & set(TEKUN.inputs)
    assert {"age", "income_kind", "gross", "asset_kind"} <= shared
