"""算一户：逐条规则跑整数，留下每一步的出处，随时可写成算式。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from doudi.law.case import Case, Place, Row, Tree, plant
from doudi.law.entities import Entity
from doudi.law.language import RuleError
from doudi.law.pack_files import Leaf
from doudi.law.packs import Parameters
from doudi.law.rulebook import Edition, Lift, Rule, Rulebook, Told
from doudi.law.units import Unit, show
from doudi.law.wording import Operand, code_names, say, say_lift

Homes = Mapping[str, Entity]
# The value of a step, the parameters it read and the values it was made of.
_Taken = tuple[Any, tuple[Leaf, ...], tuple[Any, ...]]
_SOUND = frozenset((int, bool, str))


class PayPart(NamedTuple):
    """应付的一项：名称、实体名、该实体的主键、金额（分）。"""

    name: str
    entity: str
    member_key: Any
    amount_fen: int


class UsedParameter(NamedTuple):
    """一步用到的一项参数及其出处。"""

    path: str
    label: str
    value: Any
    document: str
    article: str
    since: date
    text: str
    status: str


class Step(NamedTuple):
    """测算的一步。`key` 是该实体的主键值；名称、单位、依据在 `item`；`arithmetic` 用到时才写。"""

    item: Rule | Lift
    key: Any
    value: Any
    leaves: tuple[Leaf, ...]
    operands: tuple[Any, ...]
    told: Mapping[str, Told]

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def entity(self) -> Entity:
        return self.item.entity

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def unit(self) -> Unit:
        return self.item.unit

    @property
    def cite(self) -> str:
        return self.item.cite

    @property
    def names(self) -> Mapping[str, str] | None:
        return self.item.names

    @property
    def parameters(self) -> tuple[UsedParameter, ...]:
        """用到的参数：路径、中文名、值、文号、条款、生效日。"""
        listed = code_names(self.item.expr, self.told) if isinstance(self.item, Rule) else {}
        return tuple(_used(leaf, listed.get(leaf.path)) for leaf in self.leaves)

    @property
    def text(self) -> str:
        """值写给人看，带单位。"""
        return show(self.value, self.unit, self.names)

    @property
    def arithmetic(self) -> str:
        """这一步的算式，如 (17,640.00 − 10,760.00) ÷ 12，见角进元。"""
        if isinstance(self.item, Lift):
            told = self.told[self.item.of] if self.item.of else Told(self.item.title, self.unit, None)
            return say_lift(
                self.item.how, [Operand(told.label, value, told.unit, told.names) for value in self.operands]
            )
        values = {
            name: Operand(self.told[name].label, value, self.told[name].unit, self.told[name].names)
            for name, value in zip(self.item.arguments, self.operands, strict=True)
        }
        leaves = {leaf.path: Operand(leaf.label, leaf.value, leaf.unit, leaf.names) for leaf in self.leaves}
        return say(self.item.expr, values, leaves, self.names)


@dataclass(frozen=True)
class Outcome:
    """一次测算的结果。`values` 与录入同形；`version` 是规则版本，`digest` 是所用参数的摘要。"""

    values: dict[str, list[Row]]
    steps: tuple[Step, ...]
    pays: tuple[PayPart, ...]
    version: str
    digest: str

    def step(self, name: str, key: Any = None) -> Step:
        """按名字（和主键）取一步。"""
        for step in self.steps:
            if step.name == name and (key is None or step.key == key):
                return step
        raise KeyError(name)


def evaluate(book: Rulebook, case: Case, params: Parameters, on: date) -> Outcome:
    """按某日的规则和参数算一户。

    `case`：实体名 → 行（户也是一行的列表），每行带自己的和各级上级的主键，与批量的表同形。
    录入不合要求抛 BadCase；参数缺失抛 MissingParameter。
    """
    edition = book.edition(on)
    tree = plant(edition, case)
    steps = tuple(_steps(edition, tree, params))
    digest = params.digest(edition.parameters)
    return Outcome(tree.rows(), steps, _pays(book, tree), edition.version, digest)


def _steps(edition: Edition, tree: Tree, params: Parameters) -> Iterator[Step]:
    for item in edition.order:
        take = _lifted if isinstance(item, Lift) else _ruled
        for place in tree.places[item.entity]:
            value, leaves, operands = take(item, place, edition.home, tree, params)
            place.row[item.name] = value
            yield Step(item, place.key, value, leaves, operands, edition.told)


def _ruled(rule: Any, place: Place, home: Homes, tree: Tree, params: Parameters) -> _Taken:
    lineage = place.lineage
    values = tuple([lineage[home[name]][name] for name in rule.arguments])
    if not rule.parameters:
        return _sound(rule, rule.body(*values)), (), values
    used: dict[str, Leaf] = {}
    nodes = {name: params.node(path, used) for name, path in rule.parameters.items()}
    return _sound(rule, rule.body(*values, **nodes)), tuple(used.values()), values


def _sound(rule: Rule, value: Any) -> Any:
    if type(value) not in _SOUND:
        raise RuleError(f"规则 {rule.name} 得出 {value!r}，应为整数、真假或代码")
    return value


def _lifted(lift: Any, place: Place, home: Homes, tree: Tree, params: Parameters) -> _Taken:
    of, kept = lift.of, lift.where
    below = tree.below(place, lift.child)
    if kept is not None:
        below = [child for child in below if child.lineage[home[kept]][kept]]
    values = tuple([child.lineage[home[of]][of] if of else 1 for child in below])
    return LIFTS[lift.how](values), (), values


LIFTS: Mapping[str, Callable[[tuple[Any, ...]], Any]] = {
    "total": sum,
    "count": len,
    "any_of": any,
    "highest": lambda values: max(values, default=0),
}


def _pays(book: Rulebook, tree: Tree) -> tuple[PayPart, ...]:
    return tuple(
        PayPart(pay.name, pay.entity.name, place.key, place.row[pay.name])
        for pay in book.payable
        for place in tree.places[pay.entity]
        if place.row[pay.name]
    )


def _used(leaf: Leaf, listed: Mapping[str, str] | None) -> UsedParameter:
    shown = show(leaf.value, leaf.unit, leaf.names or listed)
    return UsedParameter(
        leaf.path, leaf.label, leaf.value, leaf.document, leaf.article, leaf.since, shown, leaf.status
    )
