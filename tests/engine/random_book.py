"""A rulebook of random formulas: every word of the language, nested, on every level, named as SQL names its own."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doudi.law import language
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.language import Band, Tier
from doudi.law.pack_files import Declaration
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import BANDS, CODE, COUNT, FEN, FLAG, RATE, TIERS, Unit

SINCE = "2020-01-01"
CODES = ("a", "b", "it's", "低保")
NAMES = (
    "order", "user", "limit", "end", "group", "table", "select", "desc", "offset", "check", "column", "references",
    "primary", "window", "case", "when", "current_date", "analyse", "lateral", "qualify", "anti", "values", "any",
)  # fmt: skip
ROUNDINGS = [
    word for name, word in vars(language).items() if name in language.MEANING and name not in ("share",)
]
FIGURES: dict[str, tuple[Unit, Any]] = {
    "figure": (FEN, 123_457),
    "rate": (RATE, 3_333),
    "switch": (FLAG, True),
    "tiers": (TIERS, (Tier(10_000, 500), Tier(250_000, 3_333), Tier(None, 10_000))),
    "bands": (BANDS, (Band(-5, 7), Band(0, 3), Band(99_999, 100_000))),
    # Longer than the 63 bytes PostgreSQL keeps of a name, and equal up to there.
    "a_figure_whose_name_is_longer_than_a_database_would_keep_of_it_one": (FEN, 1),
    "a_figure_whose_name_is_longer_than_a_database_would_keep_of_it_two": (FEN, 2),
}


def parameters(sample: Parameters) -> Parameters:
    """The figures the random rules use, in the form of `sample`."""
    leaf = next(iter(sample.leaves.values()))
    declared, leaves = {}, {}
    for name, (unit, value) in FIGURES.items():
        path = f"chance.{name}"
        declared[path] = Declaration(path, name, unit, "", 0, {})
        leaves[path] = replace(leaf, path=path, value=value, unit=unit)
    return replace(sample, leaves=leaves, declared=declared, branches=frozenset({"chance"}))


def random_book(seed: int, rules: int) -> Rulebook:
    """`rules` random rules an entity over three levels, each seeing what was written before it."""
    return _Author(seed).written(rules)


class _Author:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.book = Rulebook("chance")
        self.names = list(NAMES)
        self.known: dict[Entity, dict[str, list[str]]] = {}

    def written(self, rules: int) -> Rulebook:
        for entity in (HOUSEHOLD, PERSON, INCOME, ASSET):
            self.known[entity] = {"number": [], "flag": [], "code": []}
            self.book.input(entity, f"{entity.name}_x", unit=FEN, label="数", domain=(-(10**10), 10**10))
            self.book.input(entity, f"{entity.name}_n", unit=COUNT, label="个数", domain=(0, 20), usual=0)
            self.book.input(entity, f"{entity.name}_f", unit=FLAG, label="真假")
            self.book.input(
                entity, f"{entity.name}_c", unit=CODE, label="代码", domain={code: code for code in CODES}
            )
            for kind, tail in (("number", "x"), ("number", "n"), ("flag", "f"), ("code", "c")):
                self.known[entity][kind].append(f"{entity.name}_{tail}")
        for entity in (INCOME, PERSON, ASSET, HOUSEHOLD, PERSON, INCOME):
            self.lift(entity)
            for _ in range(rules):
                self.rule(entity)
        return self.book.seal()

    def name(self, entity: Entity) -> str:
        made = f"{entity.name}_r{len(self.names)}_{self.dice.randrange(10**9)}"
        return self.names.pop(0) if self.names and self.dice.random() < 0.5 else made

    def rule(self, entity: Entity) -> None:
        kind = self.dice.choice(("number", "number", "flag", "code"))
        name, used = self.name(entity), set[str]()
        formula = getattr(self, kind)(entity, 4, used)
        if kind == "number":
            formula = bounded(formula)
        unit = {"number": FEN, "flag": FLAG, "code": CODE}[kind]
        self.book.rule(entity, cite="试", unit=unit, since=SINCE, name=name)(body(formula, sorted(used)))
        self.known[entity][kind].append(name)

    def lift(self, entity: Entity) -> None:
        """Each way of lifting the children's values, with a condition and without."""
        for child in (child for child in self.known if child.parent is entity):
            numbers, flags = self.known[child]["number"], self.known[child]["flag"]
            natural = f"{child.name}_n"
            where = self.dice.choice([None, *flags])
            told: dict[str, Any] = {"label": "试", "cite": "试", "since": SINCE}
            found = [self.name(entity) for _ in range(4)]
            self.book.total(found[0], entity, of=self.dice.choice(numbers), where=where, **told)
            self.book.count(found[1], entity, of=child, where=where, **told)
            self.book.highest(found[2], entity, of=natural, where=where, **told)
            self.book.any_of(found[3], entity, of=self.dice.choice(flags), where=where, **told)
            self.known[entity]["number"] += found[:3]
            self.known[entity]["flag"].append(found[3])

    # ---- formulas: functions of the values by name and of the parameters ---------------------------------

    def number(self, entity: Entity, depth: int, used: set[str]) -> Callable[..., Any]:
        if depth == 0 or self.dice.random() < 0.15:
            return self.leaf(entity, used)
        a, b, c = (self.number(entity, depth - 1, used) for _ in range(3))
        flag = self.flag(entity, depth - 1, used)
        code = self.code(entity, depth - 1, used)
        factor = self.dice.choice((-3, 2, 7, 12))
        word = self.dice.choice(ROUNDINGS)
        tables = [
            lambda v, p: language.tiered(bounded(a)(v, p), p["tiers"]),
            lambda v, p: language.banded(bounded(a)(v, p), p["bands"]),
        ]
        ways: list[Callable[..., Any]] = [
            lambda v, p: a(v, p) + b(v, p),
            lambda v, p: a(v, p) - b(v, p),
            lambda v, p: bounded(a)(v, p) * factor,
            lambda v, p: language.when(flag(v, p), a(v, p), b(v, p)),
            lambda v, p: language.when(flag(v, p), 1, -2),
            lambda v, p: language.when(flag(v, p), 2_000_000_000) * 3 + language.when(flag(v, p), 5, 7) // 2,
            lambda v, p: language.least(a(v, p), b(v, p), c(v, p)),
            lambda v, p: language.greatest(a(v, p), b(v, p)),
            lambda v, p: word(bounded(a)(v, p), over=self.divisor(b, v, p)),
            lambda v, p: language.share(bounded(a)(v, p), p["rate"], over=12),
            lambda v, p: bounded(a)(v, p) // 7,
            lambda v, p: language.choose(code(v, p), Arms(a, b, v, p), among=CODES),
            *tables,
        ]
        return self.dice.choice(ways)

    @staticmethod
    def divisor(formula: Callable[..., Any], v: Any, p: Any) -> Any:
        return language.greatest(language.least(formula(v, p), 30), 1)

    def leaf(self, entity: Entity, used: set[str]) -> Callable[..., Any]:
        if self.dice.random() < 0.2:
            literal = self.dice.choice((0, 1, -1, 99, 10_000, 2_147_483_647))
            return lambda v, p: literal
        if self.dice.random() < 0.2:
            figure = self.dice.choice([name for name, (unit, _) in FIGURES.items() if unit is FEN])
            return lambda v, p: p[figure]
        return self.seen(entity, "number", used)

    def seen(self, entity: Entity, kind: str, used: set[str]) -> Callable[..., Any]:
        name = self.dice.choice([name for one in entity.lineage for name in self.known[one][kind]])
        used.add(name)
        return lambda v, p: v[name]

    def flag(self, entity: Entity, depth: int, used: set[str]) -> Callable[..., Any]:
        if depth == 0:
            return self.dice.choice((self.seen(entity, "flag", used), lambda v, p: p["switch"]))
        a, b = self.number(entity, depth - 1, used), self.number(entity, depth - 1, used)
        f, g = self.flag(entity, depth - 1, used), self.flag(entity, depth - 1, used)
        code = self.code(entity, depth - 1, used)
        ways: list[Callable[..., Any]] = [
            lambda v, p: a(v, p) < b(v, p),
            lambda v, p: a(v, p) <= b(v, p),
            lambda v, p: a(v, p) > 0,
            lambda v, p: a(v, p) >= b(v, p),
            lambda v, p: language.one_of(code(v, p), *CODES[1:3]),
            lambda v, p: language.one_of(code(v, p), CODES[2:]),
            lambda v, p: f(v, p) & g(v, p),
            lambda v, p: f(v, p) | g(v, p),
            lambda v, p: language.none_of(f(v, p), g(v, p)),
            lambda v, p: language.when(f(v, p), g(v, p), f(v, p)),
        ]
        return self.dice.choice(ways)

    def code(self, entity: Entity, depth: int, used: set[str]) -> Callable[..., Any]:
        if depth == 0 or self.dice.random() < 0.5:
            return self.seen(entity, "code", used)
        flag, other = self.flag(entity, depth - 1, used), self.code(entity, depth - 1, used)
        return lambda v, p: language.when(flag(v, p), CODES[2], other(v, p))


class Arms:
    """What `choose` picks from: one attribute a code."""

    def __init__(self, a: Callable[..., Any], b: Callable[..., Any], v: Any, p: Any) -> None:
        self.worths = dict(zip(CODES, (a(v, p), b(v, p), 12, 0), strict=True))

    def __getattr__(self, code: str) -> Any:
        return self.worths[code]


def bounded(formula: Callable[..., Any]) -> Callable[..., Any]:
    """Kept small enough that no step leaves 64 bits; leaving them is a test of its own."""
    return lambda v, p: language.least(language.greatest(formula(v, p), -(10**11)), 10**11)


def body(formula: Callable[..., Any], arguments: list[str]) -> Callable[..., Any]:
    """The formula as the function a rulebook registers: named arguments, then the parameters by keyword."""

    def made(*values: Any, **figures: Any) -> Any:
        return formula(dict(zip(arguments, values, strict=True)), figures)

    made.__doc__ = "随机的一条"
    kinds = inspect.Parameter
    made.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [kinds(name, kinds.POSITIONAL_OR_KEYWORD) for name in arguments]
        + [kinds(name, kinds.KEYWORD_ONLY) for name in FIGURES]
    )
    return made
