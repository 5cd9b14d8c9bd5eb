"""一批要算的算式：规则在这组参数下的写法，哪些参数在这一批里只有一个值，哪些值不小于零。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from doudi.engine.sql import is_natural, value_column
from doudi.law.entities import Entity
from doudi.law.language import Expr, Symbol
from doudi.law.packs import Parameters, symbolic
from doudi.law.rulebook import Edition, Input, Lift, Rule, Rulebook

Numbers = Mapping[str, int | bool]


@dataclass(frozen=True)
class Formula:
    """一条要排的规则（和它在这组参数下的算式）或一项汇总。"""

    item: Rule | Lift
    expr: Any = None

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def entity(self) -> Entity:
        return self.item.entity

    @cached_property
    def needs(self) -> set[str]:
        """真正用到的值和参数：没有选中的算法所要的不算。"""
        if isinstance(self.item, Lift):
            return set(self.item.needs)
        if not isinstance(self.expr, Expr):
            return set()
        return self.expr.leaves("value") | self.expr.leaves("parameter")


@dataclass(frozen=True)
class Prepared:
    """参数结构相同的几个范围，和它们要算的算式（先后已排好）。

    `targets` 是各实体要的结果，`flags` 是真假参数，`varying` 是各范围取值不同的参数：路径 → 范围 → 值。
    """

    scopes: tuple[str, ...]
    formulas: tuple[Formula, ...]
    targets: Mapping[Entity, tuple[str, ...]]
    flags: frozenset[str]
    varying: Mapping[str, Numbers]


def prepared(
    book: Rulebook,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
) -> list[Prepared]:
    """按参数结构（代码、表、有无）把范围分组，写出各组的算式；`targets` 不写为全部规则。

    参数缺失抛 MissingParameter。
    """
    edition = book.edition(on)
    wanted = wanted_of(edition, targets)
    rules = edition.closure(wanted)
    chosen = by_entity(edition, wanted)
    made = []
    for scopes in alike([parameters_by_scope], edition.parameters):
        mine = {scope: parameters_by_scope[scope] for scope in scopes}
        formulas = written(rules, mine, edition.parameters)
        first = mine[scopes[0]]
        flags = frozenset(path for path in edition.parameters if isinstance(value_of(first, path), bool))
        made.append(Prepared(scopes, formulas, chosen, flags, varying(formulas, mine)))
    return made


def wanted_of(edition: Edition, targets: Iterable[str] | None) -> tuple[str, ...]:
    """要的结果；不写为全部规则。"""
    return tuple(targets) if targets is not None else tuple(item.name for item in edition.order)


def by_entity(edition: Edition, wanted: Iterable[str]) -> dict[Entity, tuple[str, ...]]:
    """各实体要的结果。"""
    chosen: dict[Entity, tuple[str, ...]] = {}
    for name in wanted:
        entity = edition.home[name]
        chosen[entity] = (*chosen.get(entity, ()), name)
    return chosen


def inputs_by_entity(book: Rulebook, edition: Edition) -> dict[Entity, tuple[Input, ...]]:
    """各实体的录入，上级在前。"""
    items = book.inputs.values()
    return {entity: tuple(item for item in items if item.entity is entity) for entity in edition.entities}


def written(
    rules: Iterable[Rule | Lift], parameters: Mapping[str, Parameters], paths: Iterable[str]
) -> tuple[Formula, ...]:
    """各条规则在这些范围下的算式：取值都相同的数值参数写成定数。"""
    mine = list(parameters.values())
    settled = _settled(paths, mine)
    return tuple(
        Formula(item, compiled(item, mine[0], settled)) if isinstance(item, Rule) else Formula(item)
        for item in rules
    )


def compiled(rule: Rule, parameters: Parameters, settled: Numbers) -> Any:
    """用符号跑一遍规则：代码和表是原值，所以由政策包选定的算法只剩一支；`settled` 里的参数写成定数，其余数值参数
    是列。"""
    values = (value_column(name) for name in rule.arguments)
    nodes = {name: symbolic(parameters, path) for name, path in rule.parameters.items()}
    result = rule.body(*values, **nodes)
    return _settle(result.expr, settled) if isinstance(result, Symbol) else Expr("constant", (result,))


def varying(formulas: Iterable[Formula], parameters: Mapping[str, Parameters]) -> dict[str, Numbers]:
    """算式里仍是列的参数，各范围的值。"""
    leaves = (one.expr.leaves("parameter") for one in formulas if isinstance(one.expr, Expr))
    paths = sorted(set[str]().union(*leaves))
    return {path: {scope: one.value(path) for scope, one in parameters.items()} for path in paths}


def alike(sets: Iterable[Mapping[str, Parameters]], paths: tuple[str, ...]) -> list[tuple[str, ...]]:
    """各套参数的结构（代码、表、有无）都相同的范围归在一起。"""
    groups: dict[tuple[Any, ...], list[str]] = {}
    sets = list(sets)
    for scope in sets[0]:
        shape = tuple(_shape(one[scope], path) for one in sets for path in paths)
        groups.setdefault(shape, []).append(scope)
    return [tuple(scopes) for scopes in groups.values()]


def naturals(formulas: Iterable[Formula], inputs: Iterable[Input]) -> set[str]:
    """不小于零的值：录入下限不小于零，或由这样的值算成。"""
    known = {item.name for item in inputs if item.unit.is_number and item.bounds[0] >= 0}
    for one in formulas:
        if isinstance(one.item, Lift):
            natural = one.item.of is None or one.item.of in known
        else:
            natural = is_natural(one.expr, known)
        if natural:
            known.add(one.name)
    return known


def value_of(parameters: Parameters, path: str) -> Any:
    """一项参数的值；没有给的为 None。"""
    leaf = parameters.leaves.get(path)
    return None if leaf is None else leaf.value


def _settled(paths: Iterable[str], parameters: list[Parameters]) -> dict[str, int | bool]:
    """这些范围取值都相同的数值和真假参数。"""
    found = {}
    for path in paths:
        value = value_of(parameters[0], path)
        if isinstance(value, int) and all(value_of(one, path) == value for one in parameters):
            found[path] = value
    return found


def _settle(expr: Any, settled: Numbers) -> Any:
    if not isinstance(expr, Expr):
        return expr
    if expr.op == "parameter":
        path = expr.args[0]
        return Expr("settled", (settled[path], path)) if path in settled else expr
    return Expr(expr.op, tuple(_settle(arg, settled) for arg in expr.args))


def _shape(parameters: Parameters, path: str) -> Any:
    value = value_of(parameters, path)
    return value if isinstance(value, str | tuple) else type(value)
