"""录入怎样一批一批地来：一批是若干户和它们的全部下级，批与批不重叠，因此每批可以单独算。"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.tables import is_rising
from doudi.law.entities import Entity

Chunk = Mapping[Entity, pa.Table]
# Few enough rows that a batch's columns stay in the processor's caches, enough that a kernel's start is nothing.
HOUSEHOLDS = 50_000


def of_tables(given: Mapping[Entity, pa.Table], size: int = HOUSEHOLDS) -> Iterator[Chunk]:
    """把内存里的表切成批。没有按户排好的先排好。"""
    root = next(iter(given))
    ordered = {entity: _by(root.key, table, strict=entity is root) for entity, table in given.items()}
    roots = ordered[root]
    done = dict.fromkeys(given, 0)
    for start in range(0, max(roots.num_rows, 1), size):
        mine = roots.slice(start, size)
        chunk = {root: mine}
        last = mine.column(root.key)[-1].as_py() if mine.num_rows else None
        for entity, table in ordered.items():
            if entity is not root:
                end = upto(table.column(root.key), last, done[entity]) if mine.num_rows else 0
                chunk[entity] = table.slice(done[entity], end - done[entity])
                done[entity] = end
        yield chunk


def upto(keys: pa.ChunkedArray, last: Any, start: int = 0) -> int:
    """排好序的主键里，不大于 `last` 的有几行。"""
    return bisect_right(_Keys(keys), last, lo=start)


class _Keys:
    """A column of keys to search in, read only where the search looks."""

    def __init__(self, keys: pa.ChunkedArray) -> None:
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, row: int) -> Any:
        return self.keys[row].as_py()


def _by(key: str, table: pa.Table, *, strict: bool) -> pa.Table:
    keys = table.column(key)
    if strict:
        return table if is_rising(keys) else table.sort_by(key)
    return table if in_order(keys) else table.take(pc.sort_indices(keys))


def in_order(keys: pa.ChunkedArray) -> bool:
    """一个不小于前一个。"""
    later, earlier = keys.slice(1), keys.slice(0, max(len(keys) - 1, 0))
    return bool(pc.all(pc.greater_equal(later, earlier)).as_py() in (None, True))
