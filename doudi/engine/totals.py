"""结果的合计：行数、和、不为零的行数；一批一批地加，不留每户的行。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.vectors import ZERO


@dataclass(frozen=True)
class Total:
    """一项结果的合计：行数、和（真假的是成立的个数）、不为零的行数。"""

    rows: int = 0
    amount: int = 0
    some: int = 0

    def __add__(self, other: Total) -> Total:
        return Total(self.rows + other.rows, self.amount + other.amount, self.some + other.some)


def totals_of(tables: Mapping[str, pa.Table]) -> dict[str, Total]:
    """一批结果各列的合计；代码列没有。"""
    columns = {name: table.column(name) for table in tables.values() for name in table.column_names}
    return {name: _total(column) for name, column in columns.items() if _is_number(column.type)}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def _total(column: pa.ChunkedArray) -> Total:
    values = column.cast(pa.int64())
    if not len(values):
        return Total()
    ends = pc.min_max(values).as_py()
    fits = max(-ends["min"], ends["max"]) * len(values) < 2**63
    amount = pc.sum(values).as_py() if fits else sum(values.to_pylist())
    return Total(len(values), amount, pc.sum(pc.not_equal(values, ZERO)).as_py())


def add_up(parts: Iterable[dict[str, Total]]) -> dict[str, Total]:
    """各批的合计相加。"""
    found: dict[str, Total] = {}
    for part in parts:
        for name, total in part.items():
            found[name] = found.get(name, Total()) + total
    return found
