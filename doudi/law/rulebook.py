"""规则书：一本规则书声明要什么、怎么算、付什么；每条规则只写一次。"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from doudi.law.entities import Entity
from doudi.law.language import Expr, RuleError, Symbol, parameter, record, written
from doudi.law.units import COUNT, FLAG, Unit

Body = TypeVar("Body", bound=Callable[..., Any])
MONTH = "month"
BEGINNING = date(1949, 10, 1)


class CircularRules(RuleError):
    """规则互相引用成环；文本列出路径。"""


class UnknownValue(RuleError):
    """规则引用了没有的值，或看不见的值。"""


@dataclass(frozen=True)
class Input:
    """一项录入：数据列、录入表格、花名册同义列、快照都由它而来。

    `domain`：代码表（代码→中文）或数值范围（最小, 最大）；`usual` 是没有相反事实时的通常值，供录入表
    预填，规则从不用它；`sensitivity` 为 S0–S3。
    """

    entity: Entity
    name: str
    unit: Unit
    label: str
    domain: Mapping[str, str] | tuple[int, int] | None = None
    usual: int | bool | str | None = None
    sensitivity: str = "S1"

    @property
    def names(self) -> Mapping[str, str] | None:
        """代码的中文名；不是代码的为 None。"""
        return self.domain if isinstance(self.domain, Mapping) else None

    @property
    def bounds(self) -> tuple[int, int]:
        """数值的允许范围；未声明的为零到一万亿分。"""
        return self.domain if isinstance(self.domain, tuple) else (0, 10**14)


@dataclass(frozen=True)
class Rule:
    """一条规则的一个版本。`expr` 是登记时用符号跑出的算式。"""

    entity: Entity
    name: str
    title: str
    unit: Unit
    cite: str
    since: date
    body: Callable[..., Any]
    arguments: tuple[str, ...]
    parameters: Mapping[str, str]
    expr: Expr
    names: Mapping[str, str] | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        return self.arguments


@dataclass(frozen=True)
class Lift:
    """把下级的值汇到上一级。`how`：total、count、any_of、highest。"""

    how: str
    entity: Entity
    name: str
    title: str
    unit: Unit
    cite: str
    since: date
    child: Entity
    of: str | None
    where: str | None
    names: Mapping[str, str] | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(name for name in (self.of, self.where) if name)


class Pay(NamedTuple):
    """可以支付的一项：没有声明的金额不可支付。"""

    name: str
    entity: Entity
    per: str


class Told(NamedTuple):
    """一个值怎样写给人看：中文名、单位、代码名。"""

    label: str
    unit: Unit
    names: Mapping[str, str] | None


@dataclass(frozen=True)
class Edition:
    """某日适用的一整套规则，已排好先后。

    `home` 记每个值属于哪个实体，`told` 记它的中文名、单位和代码名，`parameters` 是可能用到的参数路径。
    """

    order: tuple[Rule | Lift, ...]
    home: Mapping[str, Entity]
    told: Mapping[str, Told]
    entities: tuple[Entity, ...]
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


@dataclass
class Rulebook:
    """一本规则书。参数都在 `<parameters>.` 之下（默认用 id）。"""

    id: str
    title: str = ""
    parameters: str = ""
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
        self._editions.clear()

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

    def edition(self, on: date) -> Edition:
        """某日适用的规则；成环抛 CircularRules，引用不到抛 UnknownValue。"""
        since = max((start for start in self._starts() if start <= on), default=None)
        if since is None:
            raise UnknownValue(f"规则书 {self.id} 在 {on} 还没有规则")
        if since not in self._editions:
            self._editions[since] = _edition(self, on)
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
    leaves = {p.name: f"{root}.{p.name}" for p in signature if p.kind is p.KEYWORD_ONLY}
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


def _edition(book: Rulebook, on: date) -> Edition:
    current = {name: _newest(versions, on) for name, versions in book._versions.items()}
    by_name = {name: item for name, item in current.items() if item is not None}
    home = {name: given.entity for name, given in book.inputs.items()}
    home |= {name: item.entity for name, item in by_name.items()}
    for item in by_name.values():
        _check_sight(book, item, home)
    order = tuple(_ordered(book.id, by_name))
    told = {name: Told(given.label, given.unit, given.names) for name, given in book.inputs.items()}
    told |= {item.name: Told(re.split("[：（]", item.title)[0], item.unit, item.names) for item in order}
    return Edition(order, home, told, _entities(home), by_name, _parameters(order), _version(order))


def _newest(versions: list[Rule | Lift], on: date) -> Rule | Lift | None:
    started = [version for version in versions if version.since <= on]
    return max(started, key=lambda version: version.since) if started else None


def _check_sight(book: Rulebook, item: Rule | Lift, home: Mapping[str, Entity]) -> None:
    base = item.child if isinstance(item, Lift) else item.entity
    for name in item.needs:
        if name not in home:
            raise UnknownValue(f"规则 {book.id}.{item.name} 需要“{name}”，但没有这项录入或规则")
        if home[name] not in base.lineage:
            raise UnknownValue(
                f"规则 {book.id}.{item.name} 属于{base.label}，看不见{home[name].label}的“{name}”："
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
