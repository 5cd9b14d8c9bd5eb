"""Random households for any rulebook's declared inputs: every code, the ends of every range, both sides of every line.

The lines are found, not listed: a number a rule compares with, and a parameter of the same kind, each with its two
neighbours, are drawn as often as a number from the whole range.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doudi.law.case import Case
from doudi.law.entities import Entity
from doudi.law.language import Expr
from doudi.law.packs import Parameters
from doudi.law.rulebook import Edition, Input, Rule, Rulebook

Rows = list[dict[str, Any]]
SIZES = {"person": (0, 1, 1, 2, 2, 3, 4, 6), "income": (0, 0, 1, 1, 2, 3), "asset": (0, 0, 1, 2, 4)}
SIZE = (0, 0, 1, 1, 2, 3)
# How often a household's facts are the usual ones: with every fact drawn freely hardly anyone is entitled.
TEMPERS = (0.2, 0.6, 0.9, 0.97)
ALTERED = (0.0, 0.05, 0.15)
MONEY = (0, 0, 1, 99, 100, 30_000, 500_000, 3_000_000)
MOST = 10**9


def county(
    book: Rulebook,
    edition: Edition,
    count: int,
    seed: int,
    scopes: Mapping[str, Parameters],
    known: Sequence[Case] = (),
) -> dict[str, Rows]:
    """`count` households with everything below them, drawn from one seed, each under one of the parameter sets.

    Half of them are `known` cases with some facts drawn anew: those reach what few others would.
    """
    return _County(book, edition, seed, scopes, known).drawn(count)


class _County:
    def __init__(
        self,
        book: Rulebook,
        edition: Edition,
        seed: int,
        scopes: Mapping[str, Parameters],
        known: Sequence[Case],
    ) -> None:
        self.dice = random.Random(seed)
        self.entities = edition.entities
        self.scopes, self.known = tuple(scopes), known
        self.rows: dict[str, Rows] = {entity.name: [] for entity in edition.entities}
        self.inputs = {
            entity: [item for item in book.inputs.values() if item.entity is entity]
            for entity in edition.entities
        }
        self.lines = lines(edition, scopes.values())

    def drawn(self, count: int) -> dict[str, Rows]:
        for number in range(count):
            scope = self.scopes[number % len(self.scopes)]
            self.temper = self.dice.choice(TEMPERS)
            if self.known and self.dice.random() < 0.5:
                self.adopt(self.dice.choice(self.known), self.dice.choice(ALTERED), scope)
            else:
                self.add(self.entities[0], {}, scope=scope)
        return self.rows

    def adopt(self, case: Case, altered: float, scope: str) -> None:
        """A known case under new keys, each fact drawn anew with the chance `altered`."""
        new: dict[str, dict[Any, int]] = {entity.key: {} for entity in self.entities}
        for entity in self.entities:
            for given in case.get(entity.name, ()):
                rows = self.rows[entity.name]
                new[entity.key][given[entity.key]] = len(rows) + 1
                row: dict[str, Any] = {up.key: new[up.key][given[up.key]] for up in entity.lineage}
                for item in self.inputs[entity]:
                    kept = self.dice.random() >= altered
                    row[item.name] = given[item.name] if kept else self.value(item)
                rows.append(row | ({"scope": scope} if entity.parent is None else {}))

    def add(self, entity: Entity, above: dict[str, int], **more: str) -> None:
        rows = self.rows[entity.name]
        keys = above | {entity.key: len(rows) + 1}
        rows.append(keys | {item.name: self.value(item) for item in self.inputs[entity]} | more)
        for child in self.entities:
            if child.parent is entity:
                for _ in range(self.dice.choice(SIZES.get(child.name, SIZE))):
                    self.add(child, keys)

    def value(self, item: Input) -> Any:
        dice = self.dice
        temper = self.temper / 2 if item.unit.kind == "money" else self.temper
        if item.usual is not None and dice.random() < temper:
            return item.usual
        if item.unit.kind == "flag":
            return dice.random() < 0.5
        if item.names is not None:
            return dice.choice(list(item.names))
        return self.number(item)

    def number(self, item: Input) -> int:
        low, high = item.bounds
        ends = (low, low + 1, min(high, MOST))
        usual = MONEY if item.unit.kind == "money" else (1, 2, 3, 12)
        drawn = self.dice.choice(
            (
                self.dice.choice(ends),
                self.dice.choice(usual),
                self.dice.choice(self.lines[item.unit.kind]) + self.dice.choice((-1, 0, 0, 1)),
                self.dice.randint(low, min(high, 3_000_000 if item.unit.kind == "money" else 100)),
            )
        )
        return min(max(drawn, low), high, max(low, MOST))


def lines(edition: Edition, policies: Iterable[Parameters]) -> dict[str, list[int]]:
    """Per kind of unit: the numbers that rules compare with and that the parameter sets give."""
    found: dict[str, set[int]] = {"money": {0}, "rate": {0, 10_000}, "count": {0}}
    for rule in edition.order:
        if isinstance(rule, Rule):
            found["count"] |= literals(rule.expr)
    for parameters in policies:
        for path in edition.parameters:
            leaf = parameters.leaves.get(path)
            if leaf is not None and leaf.unit.is_number:
                found[leaf.unit.kind].add(leaf.value)
    # Yearly and monthly amounts meet in one comparison.
    found["money"] |= {value * 12 for value in found["money"]} | {value // 12 for value in found["money"]}
    return {kind: sorted(values) for kind, values in found.items()}


def literals(expr: object) -> set[int]:
    """The whole numbers written in a formula."""
    if isinstance(expr, Expr):
        return set[int]().union(*map(literals, expr.args))
    return {expr} if isinstance(expr, int) and not isinstance(expr, bool) else set()


def by_household(rows: dict[str, Rows]) -> dict[int, dict[str, Rows]]:
    """The same rows, one case a household."""
    cases: dict[int, dict[str, Rows]] = {
        row["household_id"]: {entity: [] for entity in rows} for row in rows["household"]
    }
    for entity, found in rows.items():
        for row in found:
            cases[row["household_id"]][entity].append(row)
    return cases
