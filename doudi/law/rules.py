"""规则书里的条目：录入、规则、汇总、支付项。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from doudi.law.entities import Entity
from doudi.law.language import Expr
from doudi.law.units import Unit

# What a form accepts at most: thousands of such rows, times a rate, still fit a whole number of a database.
LARGEST = 10**11 - 1


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

    @cached_property
    def kind(self) -> type:
        """值的类型：真假 bool、代码 str，其余 int。"""
        return {"flag": bool, "code": str}.get(self.unit.kind, int)

    @cached_property
    def names(self) -> Mapping[str, str] | None:
        """代码的中文名；不是代码的为 None。"""
        return self.domain if isinstance(self.domain, Mapping) else None

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """数值的允许范围；未声明的为零到九位整数的元（999,999,999.99 元）。"""
        return self.domain if isinstance(self.domain, tuple) else (0, LARGEST)


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
