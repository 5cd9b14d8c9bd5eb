"""一列一列地算：同一段算式，每一步是 Arrow 的一个整列运算，全是 64 位整数，溢出即停。

The same Expr that is printed as SQL is worked out here kernel by kernel. Codes are held as places in a short list of
words, so a test on a code is worked out once a word and not once a row.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.sql import UNKNOWN_CODE, ZERO_DIVISOR, is_natural, is_positive, meant
from doudi.law.language import MEANING, Expr, RuleError

INT, PLACE = pa.int64(), pa.int32()
ZERO = pa.scalar(0, INT)
_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "add": pc.add_checked, "sub": pc.subtract_checked, "mul": pc.multiply_checked, "lt": pc.less,
    "le": pc.less_equal, "gt": pc.greater, "ge": pc.greater_equal, "and": pc.and_, "or": pc.or_,
}  # fmt: skip


@dataclass(frozen=True)
class Codes:
    """一列代码：每行在 `words` 里的序号（全列同一个代码时是一个数）。"""

    places: Any
    words: tuple[str, ...]

    def among(self, codes: Set[str]) -> Any:
        """每行是不是所列代码之一。"""
        return self.looked_up(pa.array([word in codes for word in self.words], pa.bool_()))

    def looked_up(self, worths: pa.Array) -> Any:
        """每行按代码取值。"""
        if isinstance(self.places, pa.Scalar):
            return worths[self.places.as_py()]
        return worths.take(self.places)

    def among_words(self, words: tuple[str, ...]) -> Codes:
        """换一份更长的代码表。"""
        if words == self.words:
            return self
        return Codes(self.looked_up(pa.array([words.index(word) for word in self.words], PLACE)), words)


Value = Any  # pa.Array, pa.Scalar or Codes


def codes_of(column: pa.Array) -> Codes:
    """文字列或字典列写成代码列。"""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return Codes(column.indices.cast(PLACE), tuple(column.dictionary.to_pylist()))


def full(value: Value, rows: int) -> pa.Array:
    """全列同一个值的铺成一列；代码写回文字。"""
    if isinstance(value, Codes):
        value = value.looked_up(pa.array(value.words, pa.string()))
    return pa.repeat(value, rows) if isinstance(value, pa.Scalar) else value


def ready(expr: Any, natural: Set[str]) -> Any:
    """一段算式备好反复地算：舍入词写成整除，整除记下要不要防负数和零，连乘的常数合成一个。

    `natural` 是已知不小于零的值名。
    """
    if not isinstance(expr, Expr):
        return expr
    if expr.op in MEANING:
        return ready(meant(expr), natural)
    args = tuple(ready(arg, natural) for arg in expr.args)
    if expr.op == "floor_divide":
        return Expr(expr.op, (*args, is_natural(expr.args[0], natural), is_positive(expr.args[1])))
    if expr.op == "mul":
        return _product(*args)
    return Expr(expr.op, args)


def _product(left: Any, right: Any) -> Expr:
    """(x × 固定数) × 固定数 = x × 两数之积。"""
    if isinstance(left, Expr) and left.op == "mul":
        one, other = _number(left.args[1]), _number(right)
        if one is not None and other is not None:
            return Expr("mul", (left.args[0], one * other))
    return Expr("mul", (left, right))


def _number(expr: Any) -> int | None:
    found = expr.args[0] if isinstance(expr, Expr) and expr.op == "settled" else expr
    return found if isinstance(found, int) else None


class Worker:
    """把备好的算式算成一列。`column` 给出一个值的列。"""

    def __init__(self, column: Callable[[str], Value]) -> None:
        self.column = column

    def value(self, expr: Any) -> Value:
        """算一段算式；整数、真假、代码是全列同一个值。"""
        if not isinstance(expr, Expr):
            return constant(expr)
        if expr.op in ("value", "parameter"):
            return self.column(str(expr.args[0]))
        if expr.op in ("constant", "settled"):
            return constant(expr.args[0])
        if expr.op in _PLAIN:
            left, right = map(self.value, expr.args)
            return _PLAIN[expr.op](left, right)
        work: Callable[..., Value] = getattr(self, f"_{expr.op}")
        return work(*expr.args)

    def _floor_divide(self, amount: Any, over: Any, is_natural: bool, is_positive: bool) -> Value:
        a, b = self.value(amount), self.value(over)
        if not is_positive:
            _check_divisor(b)
        quotient = pc.divide(a, b)
        if is_natural:
            return quotient
        # Arrow's integer division truncates; the law's words floor.
        short = pc.less(pc.subtract(a, pc.multiply(quotient, b)), ZERO)
        return pc.subtract(quotient, short.cast(INT))

    def _eq(self, left: Any, right: Any) -> Value:
        a, b = self.value(left), self.value(right)
        if not isinstance(a, Codes):
            return pc.equal(a, b)
        words = tuple(dict.fromkeys(a.words + b.words))
        return pc.equal(a.among_words(words).places, b.among_words(words).places)

    def _ne(self, left: Any, right: Any) -> Value:
        return pc.invert(self._eq(left, right))

    def _when(self, condition: Any, then: Any, otherwise: Any) -> Value:
        return _chosen(self.value(condition), self.value(then), self.value(otherwise))

    def _choose(self, key: Any, *pairs: Any) -> Value:
        found: Codes = self.value(key)
        worths = dict(zip(pairs[::2], map(self.value, pairs[1::2]), strict=True))
        _check_known(found, worths.keys())
        first = next(iter(worths.values()))
        if all(isinstance(worth, pa.Scalar) for worth in worths.values()):
            listed = [worths[word].as_py() if word in worths else None for word in found.words]
            return found.looked_up(pa.array(listed, first.type))
        return reduce(
            lambda rest, code: _chosen(found.among({code}), worths[code], rest), list(worths)[1:], first
        )

    def _least(self, *values: Any) -> Value:
        return reduce(lambda a, b: _either(pc.min_element_wise, pc.less, a, b), map(self.value, values))

    def _greatest(self, *values: Any) -> Value:
        return reduce(lambda a, b: _either(pc.max_element_wise, pc.greater, a, b), map(self.value, values))

    def _none_of(self, *conditions: Any) -> Value:
        return pc.invert(reduce(pc.or_, map(self.value, conditions)))

    def _one_of(self, value: Any, *codes: Any) -> Value:
        flat = [item for code in codes for item in (code if isinstance(code, tuple) else (code,))]
        written = {item.args[0] if isinstance(item, Expr) else item for item in flat}
        found = self.value(value)
        if isinstance(found, Codes):
            return found.among(written)
        return reduce(pc.or_, (pc.equal(found, constant(item)) for item in written), pa.scalar(False))


@lru_cache(maxsize=4096, typed=True)
def constant(value: Any) -> Value:
    """全列同一个整数、真假或代码。"""
    if isinstance(value, str):
        return Codes(pa.scalar(0, PLACE), (value,))
    return pa.scalar(value, pa.bool_() if isinstance(value, bool) else INT)


def _chosen(condition: Any, then: Value, otherwise: Value) -> Value:
    if isinstance(condition, pa.Scalar):
        return then if condition.as_py() else otherwise
    if isinstance(then, Codes):
        words = tuple(dict.fromkeys(then.words + otherwise.words))
        places = (one.among_words(words).places for one in (then, otherwise))
        return Codes(_either_way(condition, *places), words)
    return _either_way(condition, then, otherwise)


def _either_way(condition: pa.Array, then: Any, otherwise: Any) -> Any:
    """取舍。Choosing a constant row by row costs a mispredicted branch a row; a product or a look-up does not."""
    if pa.types.is_boolean(then.type):
        return pc.if_else(condition, then, otherwise)
    if isinstance(otherwise, pa.Scalar) and otherwise.equals(ZERO):
        return kept(then, condition)
    if isinstance(then, pa.Scalar) and isinstance(otherwise, pa.Scalar):
        return pa.array([otherwise.as_py(), then.as_py()], then.type).take(condition.cast(pa.int8()))
    return pc.if_else(condition, then, otherwise)


def kept(values: Any, where: Any) -> Any:
    """成立的留下，其余为零。"""
    return pc.multiply(values, where.cast(INT))


def _either(one_sided: Callable[..., Any], better: Callable[..., Any], a: Any, b: Any) -> Any:
    # For two columns a comparison and a choice are twice as fast as the kernel that skips nulls.
    if isinstance(a, pa.Scalar) or isinstance(b, pa.Scalar):
        return one_sided(a, b)
    return pc.if_else(better(a, b), a, b)


def _check_divisor(found: Any) -> None:
    low = found.as_py() if isinstance(found, pa.Scalar) else pc.min(found).as_py()
    if low is not None and low <= 0:
        raise RuleError(f"{ZERO_DIVISOR}{low}")


def _check_known(found: Codes, known: Set[str]) -> None:
    strange = {word for word in found.words if word not in known}
    if strange and pc.any(found.among(strange)).as_py():
        used = found.places.as_py() if isinstance(found.places, pa.Scalar) else None
        places = [used] if used is not None else pc.unique(found.places).to_pylist()
        raise RuleError(
            UNKNOWN_CODE + next(found.words[place] for place in places if found.words[place] in strange)
        )
