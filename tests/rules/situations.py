"""A situation is a household as a clerk would describe it, in YAML: amounts in yuan, codes of the rulebook.

Everything in the file is read as text and typed by the rulebook's own units, so a situation says nothing twice; the
folder it lies in names the rulebook. `packs` and then `parameters` are laid over the demo county's; `bare` takes away
work cost and supplements of dibao so that only the rule under test is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doudi.exchange.policy_files import read_packs
from doudi.law.entities import Entity
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.library import BOOKS
from doudi.law.money import parse_yuan
from doudi.law.packs import Packs, Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import Unit

ROOT = Path(__file__).parents[2]
COUNTY = "410482"
BARE = {
    "dibao.work.rate": "0",
    "dibao.amount.rounding": "fen",
    "dibao.amount.three_without_full": "否",
    "dibao.assets.months": "24",
    "dibao.supplement.rate.severe_disability": "0",
    "dibao.supplement.rate.serious_illness": "0",
    "dibao.supplement.rate.elder": "0",
    "dibao.supplement.rate.minor": "0",
}
# What a list of one entity's rows is called inside the row (or the situation) it belongs to.
LISTS = {
    "household": "household", "person": "people", "income": "incomes", "bill": "bills", "held": "held",
    "asset": "assets", "obligor": "obligors", "obligor_member": "members",
}  # fmt: skip
KEYS = {"id", "title", "on", "bare", "area", "packs", "parameters", "expect", "steps", "note"}


@cache
def shipped() -> Packs:
    """The packs of the repository."""
    return read_packs(ROOT / "policies")


@dataclass(frozen=True)
class Situation:
    """One situation: its case, its parameters and what must come out."""

    book: Rulebook
    id: str
    title: str
    on: date
    case: dict[str, list[dict[str, Any]]]
    parameters: Parameters
    expect: dict[str, list[dict[str, Any]]]
    steps: Mapping[str, str]

    def outcome(self) -> Outcome:
        return evaluate(self.book, self.case, self.parameters, self.on)

    @property
    def names(self) -> set[str]:
        """The rules this situation says something about."""
        return {name for rows in self.expect.values() for row in rows for name in row} | set(self.steps)


def everything() -> list[Situation]:
    """All situations: one folder a rulebook, and the golden household."""
    files = sorted(file for book in BOOKS for file in (Path(__file__).parent / book).glob("*.yaml"))
    golden = read(ROOT / "tests" / "golden" / "household.yaml", BOOKS["dibao"])
    return [one for file in files for one in read(file, BOOKS[file.parent.name])] + golden


def read(file: Path, book: Rulebook) -> list[Situation]:
    """All situations of one file."""
    rows = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (BaseLoader makes only text)
    return [_situation(row, book) for row in rows]


def usual(entity: str, book: Rulebook) -> dict[str, Any]:
    """Inputs of an entity at their usual value, where they have one."""
    return {
        item.name: item.usual
        for item in book.inputs.values()
        if item.entity.name == entity and item.usual is not None
    }


def typed(text: str, unit: Unit) -> Any:
    """A value of a situation by its unit."""
    if unit.kind == "flag":
        return {"是": True, "否": False}[text]
    if unit.kind in ("money", "rate"):
        return -parse_yuan(text[1:]) if text.startswith("-") else parse_yuan(text, zero=True)
    return int(text) if unit.kind == "count" else text


def _situation(row: dict[str, Any], book: Rulebook) -> Situation:
    unknown = set(row) - KEYS - set(LISTS.values())
    assert not unknown, f"{row['id']}: {unknown}"
    on = date.fromisoformat(row["on"])
    parameters = shipped().resolve(row.get("area", COUNTY), on)
    for pack in row.get("packs", []):
        parameters = shipped().overlaid(parameters, pack)
    parameters = parameters.replaced((BARE if row.get("bare") == "是" else {}) | row.get("parameters", {}))
    told = book.edition(on).told
    expect = {
        entity: [{name: typed(text, told[name].unit) for name, text in one.items()} for one in _list(given)]
        for entity, given in row.get("expect", {}).items()
    }
    steps = row.get("steps", {})
    return Situation(book, row["id"], row["title"], on, _case(row, book, on), parameters, expect, steps)


def _case(row: dict[str, Any], book: Rulebook, on: date) -> dict[str, list[dict[str, Any]]]:
    entities = book.edition(on).entities
    case: dict[str, list[dict[str, Any]]] = {entity.name: [] for entity in entities}

    def add(entity: Entity, given: Any, keys: dict[str, int]) -> None:
        for one in _list(given):
            own = keys | {entity.key: len(case[entity.name]) + 1}
            below = {child: one[LISTS[child.name]] for child in _below(entity) if LISTS[child.name] in one}
            values = {k: v for k, v in one.items() if k not in {LISTS[child.name] for child in below}}
            case[entity.name].append(_row(entity.name, values, book) | own)
            for child, rows in below.items():
                add(child, rows, own)

    def _below(entity: Entity) -> Iterator[Entity]:
        return (child for child in entities if child.parent is entity)

    root = entities[0]
    top = {LISTS[child.name]: row[LISTS[child.name]] for child in _below(root) if LISTS[child.name] in row}
    add(root, row.get(LISTS[root.name], {}) | top, {})
    case[root.name][0]["scope"] = COUNTY
    return case


def _row(entity: str, given: dict[str, str], book: Rulebook) -> dict[str, Any]:
    return usual(entity, book) | {name: typed(text, book.inputs[name].unit) for name, text in given.items()}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
