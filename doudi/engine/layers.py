"""一层怎样写成一个 CTE：从哪里来、原样带过来哪些列、这一层算出哪些列；用不到的列一概不带。"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from doudi.engine.sql import select

# A column of a layer or of a table of inputs.
Place = tuple[str, str]
_WIDTH = 110


@dataclass(frozen=True)
class Shown:
    """一层里算出（或连过来）的一列，和它读的列。"""

    sql: str
    reads: set[Place]


@dataclass
class Layer:
    """一层：`carried` 是从 `source` 原样带过来的列，`shown` 是这一层的列，`group` 是分组的列。"""

    name: str
    source: str
    carried: frozenset[str]
    shown: dict[str, Shown] = field(default_factory=dict)
    joins: dict[str, tuple[str, str]] = field(default_factory=dict)
    group: str = ""

    def join(self, other: str, key: str, how: str) -> None:
        """连上另一层或参数表。"""
        self.joins[other] = (key, how)


def written(
    layers: Mapping[str, Layer], ends: Mapping[str, set[str]], identifier: Callable[[str], str]
) -> tuple[dict[str, str], dict[str, set[str]], dict[str, tuple[str, ...]]]:
    """（各层的 SQL, 各层用到的层和表, 各录入表要取的列）。`ends` 是最后要的：层 → 列。

    Walked backwards, so that a layer is asked only for what some later one reads.
    """
    wanted = {name: set(columns) for name, columns in ends.items()}
    ctes: dict[str, str] = {}
    uses: dict[str, set[str]] = {}
    for layer in reversed(list(layers.values())):
        columns = wanted.pop(layer.name, set())
        if not columns:
            continue
        carried = sorted(columns & layer.carried - layer.shown.keys())
        shown = [name for name in layer.shown if name in columns]
        for name in carried:
            wanted.setdefault(layer.source, set()).add(name)
        for place, name in (read for one in shown for read in layer.shown[one].reads):
            wanted.setdefault(place, set()).add(name)
        for other, (key, _) in layer.joins.items():
            wanted.setdefault(layer.source, set()).add(key)
            wanted.setdefault(other, set()).add(key)
        wanted.setdefault(layer.source, set())
        ctes[layer.name] = _sql(layer, carried, shown, identifier)
        uses[layer.name] = {layer.source, *layer.joins}
    ordered = dict(reversed(ctes.items()))
    return ordered, uses, {name: tuple(sorted(columns)) for name, columns in wanted.items()}


def _sql(layer: Layer, carried: list[str], shown: list[str], identifier: Callable[[str], str]) -> str:
    prefix = f"{layer.source}." if layer.joins else ""
    lines = textwrap.wrap(
        ", ".join(prefix + identifier(name) for name in carried), _WIDTH,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    columns = ["\n    ".join(lines)] if lines else []
    columns += [
        sql if sql.rpartition(".")[2] == identifier(name) else f"{sql} AS {identifier(name)}"
        for name, sql in ((name, layer.shown[name].sql) for name in shown)
    ]
    joins = "".join(
        f"\n{how} {other} ON {other}.{key} = {layer.source}.{key}"
        for other, (key, how) in layer.joins.items()
    )
    group = f"\nGROUP BY {layer.group}" if layer.group else ""
    return select(layer.source, columns or ["1 AS one"], joins + group)
