"""一户的录入：核对齐全、类型、范围和隶属，供规则逐条取用。

The shape is the batch's: entity name → rows, each row with its own key and the keys of its ancestors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.law.entities import Entity
from doudi.law.rulebook import Edition, Input, Rulebook

Row = dict[str, Any]
Case = Mapping[str, Sequence[Mapping[str, Any]]]


class BadCase(ValueError):
    """录入不全或不合要求；文本写明是哪类对象、哪一项、为什么。"""


@dataclass(frozen=True)
class Place:
    """规则所在的一行，以及它的各级上级行。"""

    entity: Entity
    row: Row
    lineage: Mapping[Entity, Row]

    @property
    def key(self) -> Any:
        return self.row[self.entity.key]


@dataclass(frozen=True)
class Tree:
    """一户（或一组）录入连成的树。"""

    places: Mapping[Entity, list[Place]]
    children: Mapping[tuple[Entity, Any], list[Place]]

    def below(self, place: Place, child: Entity) -> list[Place]:
        return self.children.get((child, place.key), [])

    def rows(self) -> dict[str, list[Row]]:
        """各实体的行，形状与录入相同，值已补上。"""
        return {entity.name: [place.row for place in places] for entity, places in self.places.items()}


def plant(edition: Edition, case: Case) -> Tree:
    """核对录入并连成树；缺项、类型不符、超出范围、找不到上级、主键重复都抛 BadCase。"""
    places: dict[Entity, list[Place]] = {}
    children: dict[tuple[Entity, Any], list[Place]] = {}
    for entity in edition.entities:
        places[entity] = list(_places(entity, case, edition.inputs[entity], places))
        for place in places[entity]:
            if entity.parent is not None:
                children.setdefault((entity, place.row[entity.parent.key]), []).append(place)
    return Tree(places, children)


def with_usual(book: Rulebook, case: Case) -> dict[str, list[Row]]:
    """以前冻结的录入补上后来才声明的各项：取通常值，使旧的测算仍可重算。"""
    filled: dict[str, list[Row]] = {}
    for entity, rows in case.items():
        usual = {
            i.name: i.usual for i in book.inputs.values() if i.entity.name == entity and i.usual is not None
        }
        filled[entity] = [usual | dict(row) for row in rows]
    return filled


def _places(
    entity: Entity, case: Case, wanted: tuple[Input, ...], above: Mapping[Entity, list[Place]]
) -> Iterator[Place]:
    rows = case.get(entity.name, ())
    if entity.parent is None and not rows:
        raise BadCase(f"没有给出{entity.label}（{entity.name}）的录入")
    parents = {place.key: place for place in above[entity.parent]} if entity.parent else {}
    seen: set[Any] = set()
    for given in rows:
        row = _checked(entity, given, wanted)
        if row[entity.key] in seen:
            raise BadCase(f"{entity.label}的主键 {entity.key} 重复")
        seen.add(row[entity.key])
        yield Place(entity, row, _lineage(entity, row, parents))


def _lineage(entity: Entity, row: Row, parents: Mapping[Any, Place]) -> Mapping[Entity, Row]:
    if entity.parent is None:
        return {entity: row}
    parent = parents.get(row[entity.parent.key])
    if parent is None:
        raise BadCase(f"有一条{entity.label}找不到所属的{entity.parent.label}（{entity.parent.key}）")
    return {entity: row, **parent.lineage}


def _checked(entity: Entity, given: Mapping[str, Any], wanted: tuple[Input, ...]) -> Row:
    keys = [member.key for member in entity.lineage]
    for key in keys:
        if given.get(key) is None:
            raise BadCase(f"{entity.label}缺少 {key}")
    row = {key: given[key] for key in keys}
    for item in wanted:
        row[item.name] = _accepted(item, given.get(item.name))
    return row


def _accepted(item: Input, value: Any) -> Any:
    if value is None:
        raise BadCase(f"{item.entity.label}缺少“{item.label}”（{item.name}）")
    kind = item.kind
    if type(value) is not kind:
        raise BadCase(f"{item.entity.label}的“{item.label}”应是{_KINDS[kind]}，现为 {type(value).__name__}")
    if item.names is not None and value not in item.names:
        raise BadCase(f"{item.entity.label}的“{item.label}”没有“{value}”这个代码")
    if kind is int and isinstance(value, int):
        low, high = item.bounds
        if not low <= value <= high:
            raise BadCase(f"{item.entity.label}的“{item.label}”应在 {low} 到 {high} 之间")
    return value


_KINDS: Mapping[type, str] = {bool: "是或否", str: "代码", int: "整数"}
