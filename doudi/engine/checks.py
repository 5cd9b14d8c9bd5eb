"""录入在库里的核对：空值、类型、范围、代码、主键、隶属都用 SQL 查，说法与内存里的核对相同。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from doudi.engine.plan import SCOPE
from doudi.engine.sources import FLAG, INTEGER, TEXT, Relation, kind_of
from doudi.engine.sql import Dialect, select
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.rulebook import Input

# One statement over the sources in, its rows out.
Ask = Callable[[str], Sequence[Sequence[Any]]]
_SHOWN = {FLAG: "bool", TEXT: "string", INTEGER: "int64"}


def check(
    wanted: Mapping[Entity, tuple[Input, ...]],
    given: Mapping[Entity, Relation | None],
    ask: Ask,
    dialect: Dialect,
) -> None:
    """核对全部录入的值；不合要求抛 BadCase。`ask` 能用各实体的名字取到已定好类型的录入。"""
    for entity, items in wanted.items():
        if given[entity] is not None:
            _check_values(entity, items, ask, dialect)
            _check_keys(entity, ask)


def check_types(wanted: Mapping[Entity, tuple[Input, ...]], given: Mapping[Entity, Relation | None]) -> None:
    """核对各列的类型；不合要求抛 BadCase。"""
    for entity, items in wanted.items():
        relation = given[entity]
        if relation is not None:
            for item in items:
                _check_type(item, relation.columns[item.name])


def scopes_of(root: Entity, ask: Ask, known: Iterable[str]) -> tuple[str, ...]:
    """顶层表里出现的范围；为空或没有给参数的抛 BadCase。"""
    found = [row[0] for row in ask(select(root.name, [SCOPE], f"\nGROUP BY {SCOPE}"))]
    if None in found:
        raise BadCase(f"{root.label}表要有 {SCOPE} 列，且不能为空")
    for scope in sorted(set(found) - set(known)):
        raise BadCase(f"{root.label}表的范围“{scope}”没有给出参数")
    return tuple(sorted(found))


def _check_type(item: Input, found: str) -> None:
    kind = kind_of(item)
    if found != kind:
        raise BadCase(
            f"{item.entity.label}表的“{item.label}”（{item.name}）类型应为 {_SHOWN[kind]}，"
            f"现为 {_SHOWN.get(found, found)}"
        )


def _check_values(entity: Entity, items: tuple[Input, ...], ask: Ask, dialect: Dialect) -> None:
    keys = [member.key for member in entity.lineage]
    columns = [*keys, *(item.name for item in items)]
    asked = [f"SUM(CASE WHEN {dialect.identifier(name)} IS NULL THEN 1 ELSE 0 END)" for name in columns]
    limits = [limit for item in items for limit in _limits(item, dialect)]
    row = ask(select(entity.name, [*asked, *limits]))[0]
    for name, nulls in zip(columns, row, strict=False):
        if nulls:
            raise BadCase(f"{entity.label}表的 {name} 有 {nulls} 个空值，不知道的请先查清")
    found = iter(row[len(columns) :])
    for item in items:
        _check_limits(item, [next(found) for _ in _limits(item, dialect)])


def _limits(item: Input, dialect: Dialect) -> list[str]:
    name = dialect.identifier(item.name)
    if item.names is not None:
        known = ", ".join(map(dialect.literal, item.names)) or "''"
        return [f"MIN(CASE WHEN {name} NOT IN ({known}) THEN {name} END)"]
    return [f"MIN({name})", f"MAX({name})"] if kind_of(item) == INTEGER else []


def _check_limits(item: Input, found: list[Any]) -> None:
    if not found or found[0] is None:
        return
    if item.names is not None:
        raise BadCase(f"{item.entity.label}表的“{item.label}”没有“{found[0]}”这个代码")
    low, high = item.bounds
    if found[0] < low or found[1] > high:
        raise BadCase(f"{item.entity.label}表的“{item.label}”应在 {low} 到 {high} 之间")


def _check_keys(entity: Entity, ask: Ask) -> None:
    if ask(select(entity.name, [entity.key], f"\nGROUP BY {entity.key}\nHAVING COUNT(*) > 1\nLIMIT 1")):
        raise BadCase(f"{entity.label}表的主键 {entity.key} 重复")
    above = entity.parent
    if above is None:
        return
    # Every key above must be the parent's own, or a value would come from another household.
    same = " AND ".join(f"{above.name}.{up.key} = {entity.name}.{up.key}" for up in above.lineage)
    orphans = f"\nLEFT JOIN {above.name} ON {same}\nWHERE {above.name}.{above.key} IS NULL\nLIMIT 1"
    if ask(select(entity.name, [f"{entity.name}.{entity.key}"], orphans)):
        raise BadCase(f"有{entity.label}找不到所属的{above.label}（{above.key}）")
