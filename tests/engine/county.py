"""Random households for the rulebook's declared inputs: every code, the ends of every range, and what is usual."""

from __future__ import annotations

import random
from typing import Any

from doudi.law.rulebook import Input
from doudi.law.schemes.dibao import DIBAO

Rows = list[dict[str, Any]]


def county(count: int, seed: int, scopes: tuple[str, ...]) -> dict[str, Rows]:
    """`count` households with 0–6 persons, 0–3 incomes a person and 0–4 assets, drawn from one seed."""
    dice = random.Random(seed)
    rows: dict[str, Rows] = {"household": [], "person": [], "income": [], "asset": []}
    for household in range(1, count + 1):
        rows["household"].append(
            drawn(dice, "household", household_id=household) | {"scope": dice.choice(scopes)}
        )
        for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 4, 6))):
            add_person(dice, rows, household)
        for _ in range(dice.choice((0, 0, 1, 2, 4))):
            key = len(rows["asset"]) + 1
            rows["asset"].append(drawn(dice, "asset", household_id=household, asset_id=key))
    return rows


def add_person(dice: random.Random, rows: dict[str, Rows], household: int) -> None:
    person = len(rows["person"]) + 1
    rows["person"].append(drawn(dice, "person", household_id=household, person_id=person))
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        key = len(rows["income"]) + 1
        rows["income"].append(drawn(dice, "income", household_id=household, person_id=person, income_id=key))


def drawn(dice: random.Random, entity: str, **keys: int) -> dict[str, Any]:
    items = [item for item in DIBAO.inputs.values() if item.entity.name == entity]
    return keys | {item.name: value(dice, item) for item in items}


def value(dice: random.Random, item: Input) -> Any:
    """Half the time what is usual (where there is a usual), otherwise anything the domain allows."""
    if item.usual is not None and item.unit.kind != "money" and dice.random() < 0.5:
        return item.usual
    if item.unit.kind == "flag":
        return dice.random() < 0.5
    if item.names is not None:
        return dice.choice(list(item.names))
    if item.unit.kind == "money":
        return dice.choice(
            (0, 0, 1, 99, dice.randrange(100_000), dice.randrange(3_000_000), dice.randrange(10**9))
        )
    low, high = item.bounds
    return dice.choice((low, min(high, 2), dice.randint(low, min(high, 100))))


def by_household(rows: dict[str, Rows]) -> dict[int, dict[str, Rows]]:
    """The same rows, one case a household."""
    cases: dict[int, dict[str, Rows]] = {
        row["household_id"]: {entity: [] for entity in rows} for row in rows["household"]
    }
    for entity, found in rows.items():
        for row in found:
            cases[row["household_id"]][entity].append(row)
    return cases
