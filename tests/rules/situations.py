"""A situation is a household as a clerk would describe it, in YAML: amounts in yuan, codes of the rulebook.

Everything in the file is read as text and typed by the rulebook's own units, so a situation says nothing twice.
`parameters` are laid over the demo county's; `bare` takes away work cost and supplements so that only the rule
under test is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doudi.exchange.policy_files import read_packs
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.money import parse_yuan
from doudi.law.packs import Packs, Parameters
from doudi.law.schemes.dibao import DIBAO
from doudi.law.units import Unit

ROOT = Path(__file__).parents[2]
COUNTY = "410482"
BARE = {
    "dibao.work.rate": "0",
    "dibao.amount.rounding": "fen",
    "dibao.assets.months": "24",
    "dibao.supplement.rate.severe_disability": "0",
    "dibao.supplement.rate.serious_illness": "0",
    "dibao.supplement.rate.elder": "0",
    "dibao.supplement.rate.minor": "0",
}


@cache
def shipped() -> Packs:
    """The packs of the repository."""
    return read_packs(ROOT / "policies")


@dataclass(frozen=True)
class Situation:
    """One situation: its case, its parameters and what must come out."""

    id: str
    title: str
    on: date
    case: dict[str, list[dict[str, Any]]]
    parameters: Parameters
    expect: dict[str, list[dict[str, Any]]]

    def outcome(self) -> Outcome:
        return evaluate(DIBAO, self.case, self.parameters, self.on)


def read(file: Path) -> list[Situation]:
    """All situations of one file."""
    rows = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (BaseLoader makes only text)
    return [_situation(row) for row in rows]


def usual(entity: str) -> dict[str, Any]:
    """Inputs of an entity at their usual value, where they have one."""
    return {
        item.name: item.usual
        for item in DIBAO.inputs.values()
        if item.entity.name == entity and item.usual is not None
    }


def typed(text: str, unit: Unit) -> Any:
    """A value of a situation by its unit."""
    if unit.kind == "flag":
        return {"是": True, "否": False}[text]
    if unit.kind == "money":
        return -parse_yuan(text[1:]) if text.startswith("-") else parse_yuan(text, zero=True)
    return int(text) if unit.kind == "count" else text


def _situation(row: dict[str, Any]) -> Situation:
    on = date.fromisoformat(row["on"])
    changes = (BARE if row.get("bare") == "是" else {}) | row.get("parameters", {})
    parameters = shipped().resolve(row.get("area", COUNTY), on).replaced(changes)
    told = DIBAO.edition(on).told
    expect = {
        entity: [{name: typed(text, told[name].unit) for name, text in one.items()} for one in _list(given)]
        for entity, given in row["expect"].items()
    }
    return Situation(row["id"], row["title"], on, _case(row), parameters, expect)


def _case(row: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    household = _row("household", row.get("household", {}), household_id=1) | {"scope": COUNTY}
    case: dict[str, list[dict[str, Any]]] = {
        "household": [household],
        "person": [],
        "income": [],
        "asset": [],
    }
    for number, person in enumerate(row.get("people", []), 1):
        incomes = person.pop("incomes", [])
        case["person"].append(_row("person", person, household_id=1, person_id=number))
        for income in incomes:
            key = len(case["income"]) + 1
            case["income"].append(_row("income", income, household_id=1, person_id=number, income_id=key))
    for number, asset in enumerate(row.get("assets", []), 1):
        case["asset"].append(_row("asset", asset, household_id=1, asset_id=number))
    return case


def _row(entity: str, given: dict[str, str], **keys: int) -> dict[str, Any]:
    known = {name: typed(text, DIBAO.inputs[name].unit) for name, text in given.items()}
    return usual(entity) | known | keys


def _list(given: Any) -> list[dict[str, str]]:
    return given if isinstance(given, list) else [given]
