"""Parameter sets that reach every branch of a rulebook: the demo county's, each example pack's, each code and flag.

What no pack gives is made up from its unit, so that a branch which the demo county does not choose runs as well.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from doudi.law.language import Band, Expr, Tier
from doudi.law.pack_files import Leaf
from doudi.law.packs import Packs, Parameters
from doudi.law.rulebook import Edition, Rule


def each_by_itself(packs: Packs, area: str, edition: Edition, on: Any, seed: int) -> dict[str, Parameters]:
    """The demo county; under every example pack; and once for every other code and flag it could choose."""
    dice = random.Random(seed)
    base = completed(packs.resolve(area, on), edition, dice)
    found = {"demo": base}
    for document in packs.documents:
        over = base if document.in_force else packs.overlaid(base, document.id)
        if any(over.value(path) != base.value(path) for path in edition.parameters):
            found[document.id] = over
    for path, options in choices(base, edition).items():
        for option in options:
            if option != base.value(path):
                found[f"{path}={option}"] = changed(base, {path: option})
    for number in range(4):
        found[f"drawn {number}"] = shaken(base, edition, dice)
    return found


def all_at_once(packs: Packs, area: str, edition: Edition, on: Any, seed: int) -> dict[str, Parameters]:
    """A few sets in which every code and every flag takes each of its values at least once."""
    dice = random.Random(seed)
    base = completed(packs.resolve(area, on), edition, dice)
    options = choices(base, edition)
    found = {}
    for number in range(max((len(values) for values in options.values()), default=1)):
        chosen = {path: values[number % len(values)] for path, values in options.items()}
        found[f"choice {number}"] = changed(base, chosen)
    return found


def completed(parameters: Parameters, edition: Edition, dice: random.Random) -> Parameters:
    """The same with every parameter of the rulebook given."""
    domains = code_domains(edition)
    missing = [path for path in edition.parameters if path not in parameters.leaves]
    return changed(parameters, {path: made_up(path, parameters, domains, dice) for path in missing})


def choices(parameters: Parameters, edition: Edition) -> dict[str, list[Any]]:
    """The codes and flags a county may choose, and what each may be."""
    found: dict[str, list[Any]] = {}
    for path in edition.parameters:
        declared = parameters.declared[path]
        if declared.unit.kind == "flag":
            found[path] = [True, False]
        elif declared.unit.kind == "code":
            found[path] = sorted(declared.names)
    return found


def shaken(parameters: Parameters, edition: Edition, dice: random.Random) -> Parameters:
    """Every code and flag drawn, and a third of the figures and lists."""
    drawn = {path: dice.choice(options) for path, options in choices(parameters, edition).items()}
    domains = code_domains(edition)
    for path in edition.parameters:
        if path not in drawn and dice.random() < 0.33:
            drawn[path] = made_up(path, parameters, domains, dice)
    return changed(parameters, drawn)


def changed(parameters: Parameters, values: dict[str, Any]) -> Parameters:
    """The same with some values replaced, past the checks of what a pack may say."""
    sample = next(iter(parameters.leaves.values()))
    leaves: dict[str, Leaf] = dict(parameters.leaves)
    for path, value in values.items():
        declared = parameters.declared[path]
        known = leaves.get(path, sample)
        leaves[path] = replace(
            known, path=path, value=value, unit=declared.unit, label=declared.label, names=declared.names
        )
    return replace(parameters, leaves=leaves)


def made_up(path: str, parameters: Parameters, domains: dict[str, list[str]], dice: random.Random) -> Any:
    """A value of the parameter's unit. Never zero where it counts or pays: it may be a divisor."""
    declared = parameters.declared[path]
    kind = declared.unit.kind
    if kind == "money":
        return dice.choice((1, 100, dice.randint(1, 10_000), dice.randint(10_000, 900_000), 6_000_000))
    if kind == "rate":
        return dice.choice((1, 1250, 3333, 5000, dice.randint(1, 10_000), 10_000))
    if kind == "count":
        return min(dice.choice((1, 2, 3, 6, 12, 18, 60)), declared.most or 60)
    if kind == "flag":
        return dice.random() < 0.5
    if kind == "code":
        return dice.choice(sorted(declared.names))
    if kind == "codes":
        known = domains.get(path) or sorted(declared.names)
        return tuple(code for code in known if dice.random() < 0.4)
    return tuple(table(kind, dice))


def table(kind: str, dice: random.Random) -> Iterator[Tier | Band]:
    """Two to four rows with rising limits, open above or not."""
    limits: list[int | None] = sorted(dice.sample(range(1, 5_000_000), dice.randint(2, 4)))  # type: ignore[assignment]
    if dice.random() < 0.5:
        limits[-1] = None
    for limit in limits:
        yield (
            Tier(limit, dice.randint(0, 10_000)) if kind == "tiers" else Band(limit, dice.randint(0, 300_000))
        )


def code_domains(edition: Edition) -> dict[str, list[str]]:
    """For a list of codes: the codes of the value it is compared with."""
    found: dict[str, list[str]] = {}
    for rule in edition.order:
        if isinstance(rule, Rule):
            for expr in parts(rule.expr):
                if expr.op == "one_of" and isinstance(expr.args[0], Expr) and expr.args[0].op == "value":
                    names = edition.told[expr.args[0].args[0]].names
                    for path in set[str]().union(
                        *(arg.leaves("parameter") for arg in expr.args[1:] if isinstance(arg, Expr))
                    ):
                        found[path] = sorted(names or ())
    return found


def parts(expr: Expr) -> Iterator[Expr]:
    """A formula and every formula inside it."""
    yield expr
    for arg in expr.args:
        if isinstance(arg, Expr):
            yield from parts(arg)
