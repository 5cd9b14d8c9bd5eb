"""算式写成话：登记时的算式配上这一户的数，走到哪一支就写哪一支。"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from doudi.law.language import MEANING, Expr, banded, tiered
from doudi.law.rules import Told
from doudi.law.units import COUNT, Unit, show


class Operand(NamedTuple):
    """算式里的一个数：中文名、值、单位、代码名。"""

    label: str
    value: Any
    unit: Unit
    names: Mapping[str, str] | None


Known = Mapping[str, Operand]

_SIGNS = {
    "add": "+", "sub": "−", "mul": "×", "floor_divide": "÷",
    "eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "and": "且", "or": "或",
}  # fmt: skip
# How tightly a sign binds; words and choices bind least and are put in brackets.
_TIGHTNESS = {
    "value": 9, "parameter": 9, "constant": 9, "none_of": 9, "one_of": 6, "mul": 5, "floor_divide": 5,
    "add": 4, "sub": 4, "eq": 3, "ne": 3, "lt": 3, "le": 3, "gt": 3, "ge": 3, "and": 2, "or": 1,
}  # fmt: skip
_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "floor_divide": operator.floordiv,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "and": operator.and_, "or": operator.or_,
    "least": min, "greatest": max,
    "none_of": lambda *flags: not any(flags),
}  # fmt: skip
_TABLES: Mapping[str, Callable[..., Any]] = {"tiered": tiered, "banded": banded}
# A rate is said as a percentage, so the 10,000 its whole number carries is not said beside it.
PER_RATE = 10_000
ENDINGS = {
    "to_fen": "，四舍五入到分",
    "to_yuan": "，四舍五入到元",
    "up_to_fen": "，分以下进一分",
    "up_to_jiao": "，见分进角",
    "up_to_yuan": "，见角进元",
    "down_to_fen": "，分以下舍去",
    "divide": "，余数舍去",
}


def say(expr: Expr, values: Known, leaves: Known, names: Mapping[str, str] | None = None) -> str:
    """把算式写成一行，如 年标准 5,880.00 元/年 × 保障人口 3 人；`names` 是所得代码的中文名。"""
    return Speaker(values, leaves, names).say(expr)


def say_lift(how: str, operands: list[Operand]) -> str:
    """把汇总写成一行：逐项相加、计数、有无、最高。"""
    spoken = [operand for operand in operands if operand.value != 0] or operands
    shown = [show(operand.value, operand.unit, operand.names) for operand in spoken]
    if how == "count":
        return f"共 {len(operands)} {operands[0].unit.suffix or '个'}" if operands else "没有"
    if how == "total":
        return " + ".join(shown) if shown else "没有可计的项，合计 0"
    if how == "any_of":
        return "有一项成立" if any(operand.value for operand in operands) else "没有一项成立"
    return f"{'、'.join(shown)} 中最高的" if shown else "没有可比的项，按 0"


class Speaker:
    """把登记的算式念成一行；子类决定一个数怎么念、分支怎么念。"""

    def __init__(self, values: Known, leaves: Known, names: Mapping[str, str] | None = None) -> None:
        self.values, self.leaves, self.names = values, leaves, names or {}

    def say(self, expr: Any) -> str:
        if not isinstance(expr, Expr):
            return show(expr, COUNT, self.names)
        if expr.op in ("value", "parameter", "constant"):
            return self._named(expr)
        speak = getattr(self, f"_say_{expr.op}", None)
        return speak(*expr.args) if speak else self._joined(expr)

    def worth(self, expr: Any) -> Any:
        """算出一段算式的值，用来认定走了哪一支。"""
        if not isinstance(expr, Expr):
            return expr
        if expr.op == "value":
            return self.values[expr.args[0]].value
        if expr.op == "parameter":
            return self.leaves[expr.args[0]].value
        if expr.op == "constant":
            return expr.args[0]
        if expr.op in ("when", "choose"):
            return self.worth(self._taken(expr))
        arguments = [self.worth(arg) for arg in expr.args]
        if expr.op == "one_of":
            return _is_one(arguments[0], arguments[1:])
        if expr.op in _TABLES:
            return _TABLES[expr.op](*arguments)
        return (MEANING.get(expr.op) or _OPERATORS[expr.op])(*arguments)

    def settled(self, expr: Any) -> Any:
        """由政策选定的算法换成选中的那一支；没有起作用的下限、为零的加减项不提。"""
        while isinstance(expr, Expr) and (told := self._without_idle(expr)) is not expr:
            expr = told
        return expr

    def _without_idle(self, expr: Expr) -> Any:
        if expr.op == "choose":
            return self._taken(expr)
        if self._idle_floor(expr):
            return expr.args[0]
        if expr.op not in ("add", "sub"):
            return expr
        left, right = expr.args
        if self.worth(right) == 0:
            return left
        return right if expr.op == "add" and self.worth(left) == 0 else expr

    def _idle_floor(self, expr: Expr) -> bool:
        if expr.op != "greatest" or len(expr.args) != 2 or type(expr.args[1]) is not int:
            return False
        return bool(self.worth(expr.args[0]) >= expr.args[1])

    def rounding(self, amount: Any, rate: Any, over: Any) -> str:
        """按比例取的尾数怎么办；恰好整分的不必说。"""
        exact = self.worth(amount) * self.worth(rate) % (self.worth(over) * 10_000) == 0
        return "" if exact else ENDINGS["to_fen"]

    def _named(self, expr: Expr) -> str:
        if expr.op == "constant":
            return show(expr.args[0], COUNT, self.names)
        known = self.values if expr.op == "value" else self.leaves
        operand = known[expr.args[0]]
        return f"{operand.label} {show(operand.value, operand.unit, operand.names)}"

    def _taken(self, expr: Expr) -> Any:
        if expr.op == "when":
            condition, then, otherwise = expr.args
            return then if self.worth(condition) else otherwise
        key, *pairs = expr.args
        return dict(zip(pairs[::2], pairs[1::2], strict=True))[self.worth(key)]

    def _say_when(self, condition: Any, then: Any, otherwise: Any) -> str:
        met = self.worth(condition)
        taken = self.say(then if met else otherwise)
        return f"{taken}（{self.say(condition)}：{'成立' if met else '不成立'}）"

    def _say_choose(self, *args: Any) -> str:
        return self.say(self._taken(Expr("choose", args)))

    def _say_none_of(self, *conditions: Any) -> str:
        return f"并非（{' 或 '.join(self.say(condition) for condition in conditions)}）"

    def _say_one_of(self, value: Any, *codes: Any) -> str:
        found = [self.worth(code) for code in codes]
        flat = [item for code in found for item in (code if isinstance(code, tuple) else (code,))]
        names = self._names_of(codes[0] if isinstance(value, str) else value)
        listed = "所列各项" if len(flat) > 4 else "、".join(names.get(code, code) for code in flat)
        listed = listed or "所列各项（现在没有）"
        told = names.get(value, value) if isinstance(value, str) else self.say(value)
        return f"{told} {'属于' if self.worth(value) in flat else '不属于'} {listed}"

    def _names_of(self, expr: Any) -> Mapping[str, str]:
        """一个录入、规则或参数的代码名。"""
        if not isinstance(expr, Expr) or expr.op not in ("value", "parameter"):
            return {}
        known = self.values if expr.op == "value" else self.leaves
        return known[expr.args[0]].names or {}

    def _say_least(self, *values: Any) -> str:
        return "取小：" + "；".join(self.say(value) for value in values)

    def _say_greatest(self, *values: Any) -> str:
        expr = Expr("greatest", values)
        if (told := self.settled(expr)) is not expr:
            return self.say(told)
        if len(values) == 2 and isinstance(values[1], int):
            return f"{self._inner(values[0])}，不低于 {values[1]}"
        return "取大：" + "；".join(self.say(value) for value in values)

    def _say_share(self, amount: Any, rate: Any, over: Any) -> str:
        divided = "" if over == 1 else f" ÷ {self._inner(over)}"
        return f"{self._inner(amount, 5)} × {self._inner(rate)}{divided}{self.rounding(amount, rate, over)}"

    def _say_tiered(self, amount: Any, table: Any) -> str:
        return f"{self.say(amount)} 分段累进"

    def _say_banded(self, amount: Any, table: Any) -> str:
        return f"{self.say(amount)} 所在档位"

    def _joined(self, expr: Expr) -> str:
        if (told := self.settled(expr)) is not expr:
            return self.say(told)
        if expr.op in ENDINGS:
            amount, over = expr.args[0], _unscaled(expr.args[1])
            divided = "" if over == 1 else f" ÷ {self._inner(over)}"
            return f"{self._inner(amount, 5)}{divided}{ENDINGS[expr.op]}"
        left, right = expr.args
        if expr.op == "mul" and right == PER_RATE:
            return self.say(left)
        if expr.op in ("and", "or"):
            return f"{self._beside(expr.op, left)} {_SIGNS[expr.op]} {self._beside(expr.op, right)}"
        tight = _TIGHTNESS[expr.op]
        return f"{self._inner(left, tight)} {_SIGNS[expr.op]} {self._inner(right, tight + 1)}"

    def _beside(self, op: str, expr: Any) -> str:
        """且、或混用时加括号；同一个词连用不必。"""
        same = isinstance(expr, Expr) and expr.op == op
        return self.say(expr) if same else self._inner(expr, 3)

    def _inner(self, expr: Any, least: int = 6) -> str:
        expr = self.settled(expr)
        tight = _TIGHTNESS.get(expr.op, 0) if isinstance(expr, Expr) else 9
        return self.say(expr) if tight >= least else f"({self.say(expr)})"


def _unscaled(over: Any) -> Any:
    while type(over) is int and over and over % PER_RATE == 0:
        over //= PER_RATE
    return over


def _is_one(value: Any, codes: list[Any]) -> bool:
    return any(value in code if isinstance(code, tuple) else value == code for code in codes)


def code_names(expr: Any, told: Mapping[str, Told]) -> dict[str, Mapping[str, str]]:
    """算式里各个代码表参数的中文名：拿哪个录入去比，就用哪个录入的代码名。"""
    if not isinstance(expr, Expr):
        return {}
    found: dict[str, Mapping[str, str]] = {}
    for arg in expr.args:
        found |= code_names(arg, told)
    if expr.op == "one_of" and isinstance(expr.args[0], Expr) and expr.args[0].op == "value":
        names = told[expr.args[0].args[0]].names or {}
        lists = (arg for arg in expr.args[1:] if isinstance(arg, Expr) and arg.op == "parameter")
        found |= {str(one.args[0]): names for one in lists}
    return found
