"""算式写成话：登记时的算式配上这一户的数，走到哪一支就写哪一支。"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from doudi.law.language import MEANING, Expr, banded, tiered
from doudi.law.units import Unit, show


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
    "value": 9, "parameter": 9, "constant": 9, "none_of": 9, "one_of": 6, "mul": 5, "floor_divide": 5, "share": 5,
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
_ENDINGS = {
    "to_fen": "，四舍五入到分",
    "up_to_yuan": "，见角进元",
    "down_to_fen": "，分以下舍去",
    "divide": "，余数舍去",
}


def say(expr: Expr, values: Known, leaves: Known) -> str:
    """把算式写成一行，如 年标准 5,880.00 元/年 × 保障人口 3 人。"""
    return _Speaker(values, leaves).say(expr)


def say_lift(how: str, operands: list[Operand]) -> str:
    """把汇总写成一行：逐项相加、计数、有无、最高。"""
    spoken = [operand for operand in operands if operand.value != 0] or operands
    shown = [show(operand.value, operand.unit, operand.names) for operand in spoken]
    if how == "count":
        return f"共 {len(operands)} 个" if operands else "没有"
    if how == "total":
        return " + ".join(shown) if shown else "没有可计的项，合计 0"
    if how == "any_of":
        return "有一项成立" if any(operand.value for operand in operands) else "没有一项成立"
    return f"{'、'.join(shown)} 中最高的" if shown else "没有可比的项，按 0"


class _Speaker:
    def __init__(self, values: Known, leaves: Known) -> None:
        self.values, self.leaves = values, leaves

    def say(self, expr: Any) -> str:
        if not isinstance(expr, Expr):
            return show(expr, Unit("count"))
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

    def _named(self, expr: Expr) -> str:
        if expr.op == "constant":
            return show(expr.args[0], Unit("count"))
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
        return f"没有（{' 或 '.join(self.say(condition) for condition in conditions)}）"

    def _say_one_of(self, value: Any, *codes: Any) -> str:
        found = [self.worth(code) for code in codes]
        flat = [item for code in found for item in (code if isinstance(code, tuple) else (code,))]
        listed = "所列各项" if len(flat) > 4 else "、".join(self._code_name(value, code) for code in flat)
        return f"{self.say(value)} {'属于' if self.worth(value) in flat else '不属于'} {listed}"

    def _code_name(self, value: Any, code: str) -> str:
        names = self.values[value.args[0]].names if isinstance(value, Expr) and value.op == "value" else None
        return (names or {}).get(code, code)

    def _say_least(self, *values: Any) -> str:
        return "取小：" + "；".join(self.say(value) for value in values)

    def _say_greatest(self, *values: Any) -> str:
        if len(values) == 2 and values[1] == 0:
            return f"{self._inner(values[0])}，不低于 0"
        return "取大：" + "；".join(self.say(value) for value in values)

    def _say_share(self, amount: Any, rate: Any, over: Any) -> str:
        divided = "" if over == 1 else f" ÷ {self.say(over)}"
        return f"{self._inner(amount, 5)} × {self._inner(rate)}{divided}"

    def _say_tiered(self, amount: Any, table: Any) -> str:
        return f"{self.say(amount)} 分段累进"

    def _say_banded(self, amount: Any, table: Any) -> str:
        return f"{self.say(amount)} 所在档位"

    def _joined(self, expr: Expr) -> str:
        if expr.op in _ENDINGS:
            amount, over = expr.args
            divided = "" if over == 1 else f" ÷ {self._inner(over)}"
            return f"{self._inner(amount, 5)}{divided}{_ENDINGS[expr.op]}"
        left, right = expr.args
        tight = _TIGHTNESS[expr.op]
        return f"{self._inner(left, tight)} {_SIGNS[expr.op]} {self._inner(right, tight + 1)}"

    def _inner(self, expr: Any, least: int = 6) -> str:
        while isinstance(expr, Expr) and expr.op == "choose":
            expr = self._taken(expr)
        tight = _TIGHTNESS.get(expr.op, 0) if isinstance(expr, Expr) else 9
        return self.say(expr) if tight >= least else f"({self.say(expr)})"


def _is_one(value: Any, codes: list[Any]) -> bool:
    return any(value in code if isinstance(code, tuple) else value == code for code in codes)
