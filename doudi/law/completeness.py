"""参数齐不齐：一本规则书在某地某日还缺哪些参数，一次列全。"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from doudi.law.language import Expr
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.rules import Rule


class Missing(NamedTuple):
    """缺的一项：路径和中文名；没有声明过的没有中文名。"""

    path: str
    label: str


def missing(book: Rulebook, parameters: Parameters) -> tuple[Missing, ...]:
    """一本规则书在某地某日缺的全部参数，按路径排序。

    由政策包选定的算法只看选中的一支：没有选的那一支的参数不必有。
    """
    edition = book.edition(parameters.on)
    rules = (item for item in edition.order if isinstance(item, Rule))
    needed = sorted({path for rule in rules for path in _needed(rule.expr, parameters)})
    return tuple(
        Missing(path, parameters.declared[path].label if path in parameters.declared else "")
        for path in needed
        if path not in parameters.leaves
    )


def _needed(expr: Any, parameters: Parameters) -> Iterator[str]:
    if not isinstance(expr, Expr):
        return
    if expr.op == "parameter":
        yield str(expr.args[0])
    elif expr.op == "choose" and _is_parameter(expr.args[0]):
        selector = str(expr.args[0].args[0])
        yield selector
        yield from _needed(_chosen(expr, parameters), parameters)
    else:
        for arg in expr.args:
            yield from _needed(arg, parameters)


def _is_parameter(expr: Any) -> bool:
    return isinstance(expr, Expr) and expr.op == "parameter"


def _chosen(expr: Expr, parameters: Parameters) -> Any:
    """政策包选中的一支；还没有选的没有。"""
    selector, *pairs = expr.args
    leaf = parameters.leaves.get(str(selector.args[0]))
    return dict(zip(pairs[::2], pairs[1::2], strict=True)).get(leaf.value) if leaf else None
