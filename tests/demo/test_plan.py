"""The county's families: exactly as many as the design says, in every village, none on the edge of an age."""

import datetime as dt
from collections import Counter

import pyarrow.parquet as pq
import pytest

from doudi.demo.families import THRESHOLD_AGES
from doudi.demo.plan import DEFAULT_SEED, MONTHS, ROLL, ROLL_ON, County, Family, targets
from doudi.law.identity import age_on
from doudi.records.areas.services import DIVISIONS


@pytest.fixture(scope="module")
def villages() -> list[tuple[str, str]]:
    rows = pq.read_table(DIVISIONS).to_pylist()
    return [
        (row["code"], row["name"])
        for row in rows
        if row["code"].startswith("410482") and not row["code"].endswith("000")
    ]


@pytest.fixture(scope="module")
def families(villages: list[tuple[str, str]]) -> list[Family]:
    print(f"seed {DEFAULT_SEED}")
    return County(villages, scale=1, seed=DEFAULT_SEED).families()


def on_roll(families: list[Family], day: dt.date) -> list[Family]:
    return [f for f in families if f.joined_on <= day and (f.left_on is None or f.left_on > day)]


def test_the_roll_of_october_is_exactly_the_design_s(families: list[Family]) -> None:
    persons: Counter[str] = Counter()
    for family in on_roll(families, ROLL_ON):
        persons[family.scheme] += len(family.members)
    assert persons == ROLL
    assert persons["dibao_rural"] == 37_631
    assert persons["dibao_urban"] == 2_141
    assert persons["tekun_rural"] + persons["tekun_urban"] == 3_838


def test_every_village_and_township_has_families(families: list[Family]) -> None:
    here = on_roll(families, ROLL_ON)
    assert len({family.village for family in here}) == 466
    assert len({family.village[:9] for family in here}) == 21


def test_households_are_as_many_as_such_a_roll_has(families: list[Family]) -> None:
    count = Counter(family.scheme for family in on_roll(families, ROLL_ON))
    assert 22_000 <= count["dibao_rural"] <= 23_000
    assert 1_230 <= count["dibao_urban"] <= 1_400
    assert max(len(family.members) for family in families) == 6


def test_nobody_crosses_an_age_of_the_rules_in_2026(families: list[Family]) -> None:
    first, last = dt.date(2025, 12, 31), dt.date(2026, 12, 31)
    for family in families:
        for member in family.members:
            before, after = age_on(member.born_on, first), age_on(member.born_on, last)
            assert not any(before < age <= after for age in THRESHOLD_AGES)


def test_people_came_and_went_in_the_window_and_nothing_happens_in_november(families: list[Family]) -> None:
    joined = Counter(family.joined_on for family in families if family.joined_on > MONTHS[0])
    left = Counter(family.left_on for family in families if family.left_on)
    assert set(joined) == set(left) == set(MONTHS[1:])
    assert max(family.joined_on for family in families) <= dt.date(2026, 10, 1)
    assert all(family.left_on is None or family.joined_on < family.left_on for family in families)


def test_parents_are_older_than_their_children(families: list[Family]) -> None:
    for family in families:
        head = family.members[0]
        assert head.relation == "head"
        for member in family.members[1:]:
            years = {"child": head.age - member.age, "parent": member.age - head.age}.get(member.relation, 18)
            assert years >= 18, (family.household_id, member.relation)


def test_a_small_county_keeps_every_scheme() -> None:
    assert all(persons >= 6 for persons in targets(0.0001).values())
    assert targets(5)["dibao_rural"] == 5 * 37_631
