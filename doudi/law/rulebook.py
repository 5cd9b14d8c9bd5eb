"""规则书：一本规则书声明要什么、怎么算、付什么；每条规则只写一次。"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from doudi.law.edition import CircularRules, Edition, UnknownValue, edition_of
from doudi.law.entities import Entity
from doudi.law.language import Expr, RuleError, Symbol, parameter, record
from doudi.law.rules import Input, Lift, Pay, Rule, Told
from doudi.law.units import COUNT, FLAG, Unit

__all__ = ["CircularRules", "Edition", "Input", "Lift", "Pay", "Rule", "Rulebook", "Told", "UnknownValue"]

Body = TypeVar("Body", bound=Callable[..., Any])
MONTH = "month"
BEGINNING = date(1949, 10, 1)


@dataclass
class Rulebook:
    """一本规则书。

    参数都在 `<parameters>.` 之下（默认用 id），只有 `shares` 里的名字自成一枝：别的方案的参数、
    当地的统计数、互斥表。
    """

    id: str
    title: str = ""
    parameters: str = ""
    shares: tuple[str, ...] = ()
    inputs: dict[str, Input] = field(default_factory=dict)
    payable: list[Pay] = field(default_factory=list)
    _versions: dict[str, list[Rule | Lift]] = field(default_factory=dict)
    _editions: dict[date, Edition] = field(default_factory=dict)
    _start_days: list[date] = field(default_factory=list)

    def input(
        self,
        entity: Entity,
        name: str,
        *,
        unit: Unit,
        label: str,
        domain: Mapping[str, str] | tuple[int, int] | None = None,
        usual: int | bool | str | None = None,
        sensitivity: str = "S1",
    ) -> None:
        """声明一项录入；同名声明两次抛 RuleError。"""
        if name in self.inputs or name in self._versions:
            raise RuleError(f"{self.id} 中“{name}”已经声明过")
        self.inputs[name] = Input(entity, name, unit, label, domain, usual, sensitivity)
        self._forget()

    def rule(
        self,
        entity: Entity,
        *,
        cite: str,
        unit: Unit,
        since: str,
        name: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Callable[[Body], Body]:
        """登记一条规则：位置参数是所需的值，仅限关键字的参数是政策参数，文档首行是中文名。

        登记时立即用符号跑一遍：分支、除号、小数等写法在导入时就报 RuleError。
        """

        def register(body: Body) -> Body:
            self._add(_rule(self, entity, body, name, cite, unit, date.fromisoformat(since), names))
            return body

        return register

    def total(self, name: str, entity: Entity, *, of: str, where: str | None = None, **told: Any) -> None:
        """下级某值之和（可限于 where 成立者）；没有下级为 0。"""
        self._lift("total", name, entity, of, where, **told)

    def count(self, name: str, entity: Entity, *, of: Entity, where: str | None = None, **told: Any) -> None:
        """下级个数（可限于 where 成立者）。"""
        self._lift("count", name, entity, of, where, unit=told.pop("unit", COUNT), **told)

    def any_of(self, name: str, entity: Entity, *, of: str, where: str | None = None, **told: Any) -> None:
        """下级有一个成立即成立；没有下级为不成立。"""
        self._lift("any_of", name, entity, of, where, unit=FLAG, **told)

    def highest(self, name: str, entity: Entity, *, of: str, where: str | None = None, **told: Any) -> None:
        """下级某值的最大者；没有下级为 0（值须不小于零）。"""
        self._lift("highest", name, entity, of, where, **told)

    def pays(self, name: str, entity: Entity, *, per: str = MONTH) -> None:
        """声明可支付的一项：每月每户或每人付 `name` 这么多分。"""
        self.payable.append(Pay(name, entity, per))

    def include(self, other: Rulebook) -> None:
        """把另一本的录入和规则原样收进来（参数路径不变，支付项不收）；同名而不同的抛 RuleError。"""
        for name, given in other.inputs.items():
            if self.inputs.get(name, given) != given or name in self._versions:
                raise RuleError(f"{self.id} 的“{name}”与 {other.id} 的同名录入不同")
            self.inputs[name] = given
        for name, rows in other._versions.items():
            if self._versions.get(name, rows) != rows or name in self.inputs:
                raise RuleError(f"{self.id} 的“{name}”与 {other.id} 的同名规则不同")
            self._versions[name] = list(rows)
        self._forget()

    @property
    def starts(self) -> tuple[date, ...]:
        """规则起用或改动的各个日期，由旧到新。"""
        return tuple(self._starts())

    def edition(self, on: date) -> Edition:
        """某日适用的规则；成环抛 CircularRules，引用不到抛 UnknownValue。"""
        since = max((start for start in self._starts() if start <= on), default=None)
        if since is None:
            raise UnknownValue(f"规则书 {self.id} 在 {on} 还没有规则")
        if since not in self._editions:
            self._editions[since] = edition_of(self.id, self.inputs, self._versions, on)
        return self._editions[since]

    def seal(self) -> Rulebook:
        """写完一本规则书后调用：逐个生效日检查引用、成环和支付项。"""
        for start in self._starts():
            last = self.edition(start)
        for pay in self.payable:
            if last.home.get(pay.name) != pay.entity:
                raise UnknownValue(f"{self.id} 声明支付“{pay.name}”，但{pay.entity.label}没有这个值")
        return self

    def _lift(
        self,
        how: str,
        name: str,
        entity: Entity,
        of: str | Entity,
        where: str | None,
        *,
        label: str,
        cite: str = "",
        unit: Unit | None = None,
        since: str = "",
    ) -> None:
        child = of if isinstance(of, Entity) else self._home_so_far(of)
        if child.parent is not entity:
            raise RuleError(f"{self.id} 的“{name}”要把{child.label}的值汇到{entity.label}，但只能汇到上一级")
        value = of if isinstance(of, str) else None
        found = unit or self._unit_so_far(value or "")
        start = date.fromisoformat(since) if since else BEGINNING
        self._add(Lift(how, entity, name, label, found, cite, start, child, value, where))

    def _add(self, item: Rule | Lift) -> None:
        if item.name in self.inputs:
            raise RuleError(f"{self.id} 中“{item.name}”已经是录入项")
        versions = self._versions.setdefault(item.name, [])
        if any(other.since == item.since for other in versions):
            raise RuleError(f"{self.id} 中“{item.name}”在 {item.since} 已有一个版本")
        if any(other.entity is not item.entity for other in versions):
            raise RuleError(f"{self.id} 中“{item.name}”的各个版本应属于同一实体")
        versions.append(item)
        self._forget()

    def _forget(self) -> None:
        self._editions.clear()
        self._start_days.clear()

    def _starts(self) -> list[date]:
        if not self._start_days:
            versions = (version for rows in self._versions.values() for version in rows)
            self._start_days = sorted({version.since for version in versions if version.since > BEGINNING})
        return self._start_days

    def _home_so_far(self, name: str) -> Entity:
        if name in self.inputs:
            return self.inputs[name].entity
        if name in self._versions:
            return self._versions[name][0].entity
        raise UnknownValue(f"{self.id} 还没有“{name}”：先写它，再汇总它")

    def _unit_so_far(self, name: str) -> Unit:
        return self.inputs[name].unit if name in self.inputs else self._versions[name][0].unit


def _rule(
    book: Rulebook,
    entity: Entity,
    body: Callable[..., Any],
    name: str,
    cite: str,
    unit: Unit,
    since: date,
    names: Mapping[str, str] | None,
) -> Rule:
    name = name or body.__name__
    title = (inspect.getdoc(body) or "").split("\n")[0].strip()
    if not title or not cite:
        raise RuleError(f"规则 {book.id}.{name} 要有中文名（文档首行）和依据（cite）")
    signature = inspect.signature(body).parameters.values()
    arguments = tuple(p.name for p in signature if p.kind is p.POSITIONAL_OR_KEYWORD)
    root = book.parameters or book.id
    leaves = {
        p.name: p.name if p.name in book.shares else f"{root}.{p.name}"
        for p in signature
        if p.kind is p.KEYWORD_ONLY
    }
    expr = _recorded(f"{book.id}.{name}", body, arguments, leaves)
    return Rule(entity, name, title, unit, cite, since, body, arguments, leaves, expr, names)


def _recorded(
    who: str, body: Callable[..., Any], arguments: tuple[str, ...], leaves: Mapping[str, str]
) -> Expr:
    values = (record("value", name) for name in arguments)
    nodes = {name: parameter(path) for name, path in leaves.items()}
    try:
        result = body(*values, **nodes)
    except RuleError as error:
        raise RuleError(f"规则 {who}：{error}") from None
    if isinstance(result, Symbol):
        return result.expr
    if isinstance(result, int | str):
        return Expr("constant", (result,))
    raise RuleError(f"规则 {who} 没有得出整数、真假或代码，而是 {result!r}")
