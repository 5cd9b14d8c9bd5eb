"""规则写成话：不带任何一户的数，只有各个值和参数的中文名，分支两边都写。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doudi.law.language import Expr
from doudi.law.pack_files import Declaration
from doudi.law.rules import Lift, Rule, Told
from doudi.law.wording import ENDINGS, Speaker

LISTED = 6
EXACT = ENDINGS["divide"]
Declared = Mapping[str, Declaration]
Tolds = Mapping[str, Told]


def formula(item: Rule | Lift, told: Tolds, declared: Declared) -> str:
    """一条规则或汇总写成话，如 (保障标准 × 人口 − 年收入) ÷ 12，见角进元。"""
    if isinstance(item, Lift):
        return _lifted(item, told)
    return _Formula(told, declared, item.names).say(item.expr)


def _lifted(item: Lift, told: Tolds) -> str:
    child = item.child.label
    kept = f"，只计“{told[item.where].label}”的" if item.where else ""
    of = told[item.of].label if item.of else ""
    return {
        "total": f"各{child}的“{of}”相加{kept}",
        "count": f"{child}有几个{kept}",
        "any_of": f"任一{child}“{of}”即成立{kept}",
        "highest": f"各{child}的“{of}”中最高的{kept}",
    }[item.how]


def _rounded_alike(arms: list[Any]) -> Expr | None:
    """各支只有取整的办法不同时，那个还没有取整的商；否则为空。"""
    rounded = [arm for arm in arms if isinstance(arm, Expr) and arm.op in ENDINGS]
    alike = len(rounded) == len(arms) > 1 and all(arm.args == rounded[0].args for arm in rounded)
    return Expr("divide", rounded[0].args) if alike else None


class _Formula(Speaker):
    def __init__(self, told: Tolds, declared: Declared, names: Mapping[str, str] | None) -> None:
        super().__init__({}, {}, names)
        self.told, self.declared = told, declared

    def settled(self, expr: Any) -> Any:
        return expr

    def rounding(self, amount: Any, rate: Any, over: Any) -> str:
        return "，四舍五入到分"

    def _named(self, expr: Expr) -> str:
        if expr.op == "constant":
            return self.say(expr.args[0])
        name = str(expr.args[0])
        if expr.op == "value":
            return self.told[name].label
        return self.declared[name].label if name in self.declared else name

    def _say_when(self, condition: Any, then: Any, otherwise: Any) -> str:
        if otherwise == 0:
            return f"{self.say(then)}（{self.say(condition)} 时，否则为 0）"
        return f"若 {self.say(condition)}，取 {self.say(then)}；否则 {self._otherwise(otherwise)}"

    def _otherwise(self, expr: Any) -> str:
        branches = isinstance(expr, Expr) and expr.op == "when" and expr.args[2] != 0
        return self.say(expr) if branches else f"取 {self.say(expr)}"

    def _say_choose(self, *args: Any) -> str:
        key, *pairs = args
        names = self._names_of(key)
        arms = list(zip(pairs[::2], pairs[1::2], strict=True))
        if (same := _rounded_alike([worth for _, worth in arms])) is not None:
            ways = "、".join(names.get(code, code) for code, _ in arms)
            return f"{self._joined(same).removesuffix(EXACT)}，尾数按“{self.say(key)}”（{ways}）"
        told = "；".join(f"{names.get(code, code)}：{self.say(worth)}" for code, worth in arms)
        return f"按“{self.say(key)}”定 [{told}]"

    def _say_one_of(self, value: Any, *codes: Any) -> str:
        if isinstance(value, str):  # a code of its own held against a list: the list's names
            code = self._names_of(codes[0]).get(value, value)
            return f"“{code}”在“{self.say(codes[0])}”之中"
        names = self._names_of(value)
        listed = [f"“{names.get(code, code) if isinstance(code, str) else self.say(code)}”" for code in codes]
        if len(listed) == 1:
            return f"{self.say(value)} {'为' if isinstance(codes[0], str) else '属于'}{listed[0]}"
        more = f"等 {len(listed)} 项" if len(listed) > LISTED else ""
        return f"{self.say(value)} 为{''.join(listed[:LISTED])}{more}之一"

    def _say_tiered(self, amount: Any, table: Any) -> str:
        return f"{self._inner(amount)} 按“{self.say(table)}”分段累进"

    def _say_banded(self, amount: Any, table: Any) -> str:
        return f"{self._inner(amount)} 在“{self.say(table)}”中所在的档"

    def _names_of(self, expr: Any) -> Mapping[str, str]:
        if not isinstance(expr, Expr):
            return {}
        name = str(expr.args[0])
        if expr.op == "parameter":
            return self.declared[name].names if name in self.declared else {}
        return (self.told[name].names if expr.op == "value" else None) or {}
