"""Money totals inside the anchor, told by the apps that keep money; this app knows none of them."""

from collections.abc import Callable, Mapping
from typing import Any

Totals = Callable[[Mapping[str, Any] | None], dict[str, Any]]
_known: dict[str, Totals] = {}


def register_totals(name: str, fn: Totals) -> None:
    """登记一个算资金合计的函数, 结果写进每日锚。

    `fn(None)` gives the totals as they stand; `fn(earlier)` recomputes them for the extent an earlier answer names, so
    that `verify` can hold an old anchor against today's rows. An answer is plain JSON with whole numbers.
    """
    _known[name] = fn


def current_totals() -> dict[str, Any]:
    """此刻各项资金合计。"""
    return {name: fn(None) for name, fn in sorted(_known.items())}


def totals_again(earlier: Mapping[str, Any]) -> dict[str, Any]:
    """按从前那个锚的范围重算资金合计; 已没有登记的项目答空。"""
    return {name: _known[name](given) if name in _known else None for name, given in earlier.items()}
