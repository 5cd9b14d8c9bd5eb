"""规则可用的词：同一个词，对整数算出结果，对符号记下算式。

A rule body runs on plain ints (one household) and on Symbols (a register). A Symbol only records what was
asked of it; who prints it as SQL or as words is no concern of this module. Rules are typed as if values were
always ints, bools and strings: a Symbol stands in for them at registration and in a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast, overload

from doudi.law.units import Code, Count, Fen, Flag, Rate

T = TypeVar("T", int, str)


class RuleError(TypeError):
    """规则写法不对：说明错在哪里、应当怎样写。"""


@dataclass(frozen=True, slots=True)
class Expr:
    """记下的一步算式。`args` 是下一层算式，或整数、真假、代码。"""

    op: str
    args: tuple[Any, ...]

    def leaves(self, op: str) -> set[str]:
        """算式里出现的名字：`op` 为 value 取值名，为 parameter 取参数路径。"""
        if self.op == op:
            return {str(self.args[0])}
        return set().union(*(arg.leaves(op) for arg in self.args if isinstance(arg, Expr)))


@dataclass(frozen=True, slots=True)
class Tier:
    """分段表的一段：不超过 `upto`（分，None 为以上不封顶）的部分按 `rate`（万分之一）。"""

    upto: Fen | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Band:
    """档位表的一档：不超过 `upto`（None 为以上全部）的取 `worth`。"""

    upto: int | None
    worth: int


class Symbol:
    """一个还没有值的数：记下对它做的每一步。"""

    __slots__ = ("expr",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expr: Expr) -> None:
        self.expr = expr

    def __add__(self, other: object) -> Symbol:
        return record("add", self, other)

    def __radd__(self, other: object) -> Symbol:
        return record("add", other, self)

    def __sub__(self, other: object) -> Symbol:
        return record("sub", self, other)

    def __rsub__(self, other: object) -> Symbol:
        return record("sub", other, self)

    def __mul__(self, other: object) -> Symbol:
        return record("mul", self, other)

    def __rmul__(self, other: object) -> Symbol:
        return record("mul", other, self)

    def __floordiv__(self, other: object) -> Symbol:
        return record("floor_divide", self, other)

    def __rfloordiv__(self, other: object) -> Symbol:
        return record("floor_divide", other, self)

    def __neg__(self) -> Symbol:
        return record("sub", 0, self)

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return record("eq", self, other)

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]
        return record("ne", self, other)

    def __lt__(self, other: object) -> Symbol:
        return record("lt", self, other)

    def __le__(self, other: object) -> Symbol:
        return record("le", self, other)

    def __gt__(self, other: object) -> Symbol:
        return record("gt", self, other)

    def __ge__(self, other: object) -> Symbol:
        return record("ge", self, other)

    def __and__(self, other: object) -> Symbol:
        return record("and", self, other)

    def __rand__(self, other: object) -> Symbol:
        return record("and", other, self)

    def __or__(self, other: object) -> Symbol:
        return record("or", self, other)

    def __ror__(self, other: object) -> Symbol:
        return record("or", other, self)

    def __bool__(self) -> NoReturn:
        raise RuleError(
            f"规则不能按 {self!r} 分支：if、and、or、not、in、max、min 都会分支。"
            "请写 when(条件, 值, 否则)、& 、|、none_of()、one_of()、greatest()、least()"
        )

    def __truediv__(self, other: object) -> NoReturn:
        raise RuleError(
            f"{self!r} / … 会得出小数。请写带除数的舍入词：up_to_yuan(x, over=12)、to_fen(x, over=12)"
        )

    def __rtruediv__(self, other: object) -> NoReturn:
        self.__truediv__(other)

    def _no_fraction(self, *_: object) -> NoReturn:
        raise RuleError(
            f"{self!r} 不能用这个运算。舍入请写 to_fen()、up_to_yuan()、down_to_fen()；不得使用小数"
        )

    __float__ = __int__ = __index__ = __round__ = __mod__ = __rmod__ = __pow__ = __abs__ = _no_fraction

    def __invert__(self) -> NoReturn:
        raise RuleError(f"~{self!r} 对整数会算错。请写 none_of(条件)")

    def __iter__(self) -> NoReturn:
        raise RuleError(f"规则不能逐个取 {self!r} 的内容。分段请写 tiered()，属于其中之一请写 one_of()")

    def __contains__(self, item: object) -> NoReturn:
        raise RuleError(f"in {self!r} 会分支。请写 one_of(值, {self!r})")

    def __getattr__(self, name: str) -> Symbol:
        if self.expr.op != "parameter" or name.startswith("_"):
            raise AttributeError(f"{self!r} 没有下级“{name}”：只有政策参数可以往下取")
        return parameter(f"{self.expr.args[0]}.{name}")

    def __repr__(self) -> str:
        return f"‹{written(self.expr)}›"


def parameter(path: str) -> Symbol:
    """还没有取值的政策参数；取属性得到下级参数。"""
    return Symbol(Expr("parameter", (path,)))


def record(op: str, *args: object) -> Symbol:
    """记下一步算式；小数一律拒绝。"""
    return Symbol(Expr(op, tuple(_argument(arg) for arg in args)))


def written(expr: object) -> str:
    """算式的简短写法，供报错和比对版本用。"""
    if not isinstance(expr, Expr):
        return repr(expr)
    if expr.op in ("value", "parameter"):
        return str(expr.args[0])
    return f"{expr.op}({', '.join(written(arg) for arg in expr.args)})"


def _argument(arg: object) -> object:
    if isinstance(arg, Symbol):
        return arg.expr
    if isinstance(arg, int | str | Expr):
        return arg
    raise RuleError(f"规则里不能用 {arg!r}：只能用整数（金额用分，比例用万分之一）、真假和代码")


def _symbolic(*args: object) -> bool:
    return Symbol in map(type, args)


# ---- choosing ------------------------------------------------------------------------------------------


@overload
def when(condition: Flag, then: int) -> int: ...
@overload
def when(condition: Flag, then: T, otherwise: T) -> T: ...
def when(condition: Any, then: Any, otherwise: Any = 0) -> Any:
    """条件成立取前者，否则取后者（不写为 0）。两边都会先算好。"""
    if _symbolic(condition, then, otherwise):
        return record("when", condition, then, otherwise)
    return then if condition else otherwise


def none_of(*conditions: Flag) -> Flag:
    """条件全都不成立。代替 not 与 ~。"""
    if _symbolic(*conditions):
        return cast(Flag, record("none_of", *conditions))
    return not any(conditions)


def one_of(value: Code, *codes: Code | tuple[Code, ...]) -> Flag:
    """值是所列代码之一；也可直接给政策包里的代码表。"""
    if _symbolic(value, *codes):
        return cast(Flag, record("one_of", value, *_flat(codes)))
    return value in codes or any(value in code for code in codes if isinstance(code, tuple))


def _flat(codes: tuple[Code | tuple[Code, ...], ...]) -> list[Code]:
    return [item for code in codes for item in (code if isinstance(code, tuple) else (code,))]


def choose(key: Code, node: Any, *, among: tuple[Code, ...]) -> Any:
    """按代码取参数节点下的同名一项，如 choose(locality, standard, among=("rural", "urban"))。

    只取被选中的一项；代码不在 `among` 里时报错，不取默认。
    """
    if _symbolic(key):
        return record("choose", key, *(part for code in among for part in (code, getattr(node, code))))
    if key not in among:
        raise RuleError(f"代码 {key!r} 不在 {'、'.join(among)} 之中")
    return getattr(node, key)


def by_choice(selector: Code, **branches: Callable[[], T]) -> T:
    """由政策包选定算法：只算被选中的一支，其余各支的参数可以没有。"""
    if _symbolic(selector):
        parts = [part for code, branch in branches.items() for part in (code, branch())]
        return cast(T, record("choose", selector, *parts))
    if selector not in branches:
        raise RuleError(f"政策包选的“{selector}”不认识，应为 {'、'.join(branches)} 之一")
    return branches[selector]()


def least(*values: int) -> int:
    """最小的一个。代替 min。"""
    return cast(int, record("least", *values)) if _symbolic(*values) else min(values)


def greatest(*values: int) -> int:
    """最大的一个。代替 max。"""
    return cast(int, record("greatest", *values)) if _symbolic(*values) else max(values)


# ---- rounding: the only places where anything is rounded ----------------------------------------------


def divide(amount: int, *, over: int) -> int:
    """整除，舍去余数（向下）。除数必须大于零。"""
    return _rounded("divide", amount, over)


def down_to_fen(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，分以下舍去。用于上限：不超过准确值的最大整分。"""
    return _rounded("down_to_fen", amount, over)


def to_fen(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，四舍五入到分（半分进一）。"""
    return _rounded("to_fen", amount, over)


def up_to_fen(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，分以下进一分。用于分档：不小于准确值的最小整分。"""
    return _rounded("up_to_fen", amount, over)


def up_to_jiao(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，见分进角。结果仍是分。"""
    return _rounded("up_to_jiao", amount, over)


def to_yuan(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，四舍五入到元（半元进一）。结果仍是分。"""
    return _rounded("to_yuan", amount, over)


def up_to_yuan(amount: Fen, *, over: Count = 1) -> Fen:
    """除以 over，见角进元：有角有分就进一元。结果仍是分。"""
    return _rounded("up_to_yuan", amount, over)


def share(amount: Fen, rate: Rate, *, over: Count = 1) -> Fen:
    """按比例取（rate 为万分之一），可再除以 over；四舍五入到分，只舍入一次。"""
    if _symbolic(amount, rate, over):
        return cast(Fen, record("share", amount, rate, over))
    return cast(Fen, _share(amount, rate, over))


def tiered(amount: Fen, table: tuple[Tier, ...]) -> Fen:
    """分段累进：每段按各自比例，合计后四舍五入到分一次。"""
    if _symbolic(table):
        return cast(Fen, record("tiered", amount, table))
    parts, lower = 0, 0
    for tier in table:
        top = amount if tier.upto is None else least(amount, tier.upto)
        parts = parts + greatest(top - lower, 0) * tier.rate
        lower = tier.upto or 0
    return to_fen(parts, over=10_000)


def banded(amount: int, table: tuple[Band, ...]) -> int:
    """按档位取值：第一个“至”不小于 amount 的那一档（上限含在本档内）；超出最后一档的取 0。"""
    if _symbolic(table):
        return cast(int, record("banded", amount, table))
    worth = 0
    for band in reversed(table):
        worth = band.worth if band.upto is None else when(amount <= band.upto, band.worth, worth)
    return worth


def _rounded(word: str, amount: int, over: int) -> int:
    if _symbolic(amount, over):
        return cast(int, record(word, amount, over))
    return cast(int, MEANING[word](amount, over))


def floor_divide(amount: Any, over: Any) -> Any:
    """向下取整的除法，除数必须大于零；其余舍入词都由它写成。"""
    if _symbolic(amount, over):
        return record("floor_divide", amount, over)
    if over <= 0:
        raise RuleError(f"除数必须大于零，现为 {over}")
    return amount // over


def _half_up(amount: Any, over: Any) -> Any:
    return floor_divide(amount * 2 + over, over * 2)


def _up_to(unit: int) -> Callable[[Any, Any], Any]:
    def rounded_up(amount: Any, over: Any) -> Any:
        return floor_divide(amount + (over * unit - 1), over * unit) * unit

    return rounded_up


def _to_yuan(amount: Any, over: Any) -> Any:
    return _half_up(amount, over * 100) * 100


def _share(amount: Any, rate: Any, over: Any) -> Any:
    return _half_up(amount * rate, over * 10_000)


# What each rounding word means in whole-number arithmetic. The scalar run calls these on ints, a printer calls
# them on Symbols: there is no second definition.
MEANING: Mapping[str, Callable[..., Any]] = {
    "divide": floor_divide,
    "down_to_fen": floor_divide,
    "to_fen": _half_up,
    "to_yuan": _to_yuan,
    "up_to_fen": _up_to(1),
    "up_to_jiao": _up_to(10),
    "up_to_yuan": _up_to(100),
    "share": _share,
}
