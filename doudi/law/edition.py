"""某日适用的一整套规则：取各条的当时版本，查引用，排先后，定版本号。"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from doudi.law.entities import Entity
from doudi.law.language import RuleError, written
from doudi.law.rules import Input, Lift, Rule, Told


class CircularRules(RuleError):
    """规则互相引用成环；文本列出路径。"""


class UnknownValue(RuleError):
    """规则引用了没有的值，或看不见的值。"""


@dataclass(frozen=True)
class Edition:
    """某日适用的一整套规则，已排好先后。

    `home` 记每个值属于哪个实体，`told` 记它的中文名、单位和代码名，`inputs` 是各实体的录入，`parameters` 是可能
    用到的参数路径。
    """

    order: tuple[Rule | Lift, ...]
    home: Mapping[str, Entity]
    told: Mapping[str, Told]
    entities: tuple[Entity, ...]
    inputs: Mapping[Entity, tuple[Input, ...]]
    by_name: Mapping[str, Rule | Lift]
    parameters: tuple[str, ...]
    version: str

    def closure(self, targets: tuple[str, ...]) -> tuple[Rule | Lift, ...]:
        """得出这些目标所需的规则，先后不变。"""
        wanted, waiting = set[str](), list(targets)
        while waiting:
            name = waiting.pop()
            if name in self.by_name and name not in wanted:
                wanted.add(name)
                waiting += self.by_name[name].needs
        return tuple(item for item in self.order if item.name in wanted)


def edition_of(
    book_id: str, inputs: Mapping[str, Input], versions: Mapping[str, list[Rule | Lift]], on: date
) -> Edition:
    """取某日的规则；成环抛 CircularRules，引用不到抛 UnknownValue。"""
    current = {name: _newest(rows, on) for name, rows in versions.items()}
    by_name = {name: item for name, item in current.items() if item is not None}
    home = {name: given.entity for name, given in inputs.items()}
    home |= {name: item.entity for name, item in by_name.items()}
    for item in by_name.values():
        _check_sight(book_id, item, home)
    order = tuple(_ordered(book_id, by_name))
    told = {name: Told(given.label, given.unit, given.names) for name, given in inputs.items()}
    told |= {item.name: Told(re.split("[：（]", item.title)[0], item.unit, item.names) for item in order}
    entities = _entities(home)
    asked = {entity: tuple(one for one in inputs.values() if one.entity is entity) for entity in entities}
    return Edition(order, home, told, entities, asked, by_name, _parameters(order), _version(order))


def _newest(versions: list[Rule | Lift], on: date) -> Rule | Lift | None:
    started = [version for version in versions if version.since <= on]
    return max(started, key=lambda version: version.since) if started else None


def _check_sight(book_id: str, item: Rule | Lift, home: Mapping[str, Entity]) -> None:
    base = item.child if isinstance(item, Lift) else item.entity
    for name in item.needs:
        if name not in home:
            raise UnknownValue(f"规则 {book_id}.{item.name} 需要“{name}”，但没有这项录入或规则")
        if home[name] not in base.lineage:
            raise UnknownValue(
                f"规则 {book_id}.{item.name} 属于{base.label}，看不见{home[name].label}的“{name}”："
                "请先用 total、count、any_of 或 highest 汇到上一级"
            )


def _ordered(book_id: str, by_name: Mapping[str, Rule | Lift]) -> list[Rule | Lift]:
    done: dict[str, Rule | Lift] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done or name not in by_name:
            return
        if name in path:
            loop = " → ".join((*path[path.index(name) :], name))
            raise CircularRules(f"{book_id} 的规则成环：{loop}")
        for need in by_name[name].needs:
            visit(need, (*path, name))
        done[name] = by_name[name]

    for name in by_name:
        visit(name, ())
    return list(done.values())


def _entities(home: Mapping[str, Entity]) -> tuple[Entity, ...]:
    """用到的实体，上级在前。"""
    found = {entity: None for used in home.values() for entity in reversed(used.lineage)}
    return tuple(sorted(found, key=lambda entity: len(entity.lineage)))


def _parameters(order: tuple[Rule | Lift, ...]) -> tuple[str, ...]:
    """全部规则可能用到的参数路径（按字母序）。"""
    rules = (item for item in order if isinstance(item, Rule))
    return tuple(sorted(set[str]().union(*(rule.expr.leaves("parameter") for rule in rules))))


def _version(order: tuple[Rule | Lift, ...]) -> str:
    lines = sorted(_signature(item) for item in order)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _signature(item: Rule | Lift) -> str:
    if isinstance(item, Lift):
        return f"{item.entity.name}.{item.name} = {item.how}({item.child.name}, {item.of}, {item.where})"
    return f"{item.entity.name}.{item.name} = {written(item.expr)}"
