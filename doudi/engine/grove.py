"""一批人家在内存里的样子：各实体的列，下级各行归哪一行上级；把上级的值带到下级，把下级的值汇到上级。

Rows of an entity lie together by their parent, in the parent's order, so that both directions are runs: no hash table,
one pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.tables import is_rising
from doudi.engine.vectors import INT, PLACE, ZERO, Codes, Value, codes_of, full, kept
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.rulebook import Lift

_LARGEST, _HALF = 2**63 - 1, pa.scalar(32, INT)
_ROW = "__row"


@dataclass
class Group:
    """一个实体的各行。`ends` 是有下级行的各上级的末行（不含），`above` 是它们在上级里的行号（None 为一一对应）。"""

    entity: Entity
    rows: int
    parents: int
    columns: dict[str, Value] = field(default_factory=dict)
    ends: Any = None
    above: Any = None

    def brought(self, value: Value) -> Value:
        """把上级的一列带到本级。"""
        if isinstance(value, Codes):
            return Codes(self.brought(value.places), value.words)
        if isinstance(value, pa.Scalar):
            return value
        if not self.rows:
            return value.slice(0, 0)
        mine = value if self.above is None else value.take(self.above)
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(self.ends, mine))

    def lifted(self, lift: Lift, of: Value | None, where: Value | None) -> pa.Array:
        """把本级的一列汇到上级，一行上级一个。"""
        if lift.how == "highest":
            return self._highest(full(of, self.rows), where)
        if lift.how == "any_of":
            flags = of if where is None else pc.and_(of, where)
            return pc.greater(self._total(full(flags, self.rows).cast(INT)), ZERO)
        if of is None:
            return self._counted(where)
        values = full(of, self.rows)
        return self._total(values if where is None else kept(values, where))

    def _counted(self, where: Value | None) -> pa.Array:
        if where is None:
            return self._spread(_differences(self.ends.cast(INT)))
        return self._total(full(where, self.rows).cast(INT))

    def _total(self, values: pa.Array) -> pa.Array:
        """Differences of a running sum, which may wrap: a difference comes out right as long as it fits itself."""
        if not self.rows:
            return self._spread(values)
        found = pc.min_max(values).as_py()
        if max(-found["min"], found["max"]) * self.rows > _LARGEST:
            self._check_totals(values)
        sums = pc.cumulative_sum(values).take(pc.subtract(self.ends, pa.scalar(1, PLACE)))
        return self._spread(_differences(sums))

    def _check_totals(self, values: pa.Array) -> None:
        """A total that does not fit is found in two halves, each of which does."""
        last = pc.subtract(self.ends, pa.scalar(1, PLACE))
        parts = (pc.shift_right(values, _HALF), pc.bit_wise_and(values, pa.scalar(2**32 - 1, INT)))
        high, low = (_differences(pc.cumulative_sum(part).take(last)) for part in parts)
        ends = pc.min_max(pc.add(high, pc.shift_right(low, _HALF))).as_py()
        if ends["min"] < -(2**31) or ends["max"] >= 2**31:
            raise OverflowError("overflow")

    def _highest(self, values: pa.Array, where: Value | None) -> pa.Array:
        table = pa.table({_ROW: self._parent_rows(), "value": values})
        if where is not None:
            table = table.filter(full(where, self.rows))
        found = table.group_by(_ROW, use_threads=False).aggregate([("value", "max")])
        best, rows = (found.column(name).combine_chunks() for name in ("value_max", _ROW))
        return _placed(best, rows, self.parents)

    def _parent_rows(self) -> pa.Array:
        if not self.rows:
            return pa.array([], PLACE)
        runs = self.above if self.above is not None else _counting(self.parents)
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(self.ends, runs))

    def _spread(self, values: pa.Array) -> pa.Array:
        """有下级的上级各有一个值，其余为零。"""
        return values if self.above is None else _placed(values, self.above, self.parents)


def planted(tables: Mapping[Entity, pa.Table]) -> dict[Entity, Group]:
    """录入表 → 各实体的列，主键也在内。表已核对过，上级在前；找不到上级的抛 BadCase。"""
    found: dict[Entity, Group] = {}
    for entity, table in tables.items():
        above = found.get(entity.parent) if entity.parent else None
        if above is None:
            found[entity] = Group(entity, table.num_rows, 0)
        else:
            found[entity], table = _joined(entity, table, above)
        for name in table.column_names:
            found[entity].columns[name] = _flat(table.column(name))
    for entity, group in found.items():
        group.columns |= {
            name: codes_of(column)
            for name, column in group.columns.items()
            if name not in {member.key for member in entity.lineage} and _is_code(column)
        }
    return found


def _joined(entity: Entity, table: pa.Table, above: Group) -> tuple[Group, pa.Table]:
    """下级各行按上级的先后排好，记下各段的末行。"""
    assert entity.parent is not None
    keys, mine = above.columns[entity.parent.key], _flat(table.column(entity.parent.key))
    runs = pc.run_end_encode(mine, run_end_type=PLACE)
    if runs.values.equals(keys):
        return Group(entity, table.num_rows, above.rows, ends=runs.run_ends), table
    rows = pc.index_in(runs.values, value_set=keys).cast(PLACE)
    if rows.null_count:
        raise BadCase(f"有{entity.label}找不到所属的{entity.parent.label}（{entity.parent.key}）")
    if not is_rising(rows):
        each = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(runs.run_ends, rows))
        order = pc.sort_indices(each)
        table = table.take(order)
        runs = pc.run_end_encode(each.take(order), run_end_type=PLACE)
        rows = runs.values
    return Group(entity, table.num_rows, above.rows, ends=runs.run_ends, above=rows), table


def _differences(sums: pa.Array) -> pa.Array:
    first = pa.concat_arrays([pa.array([0], sums.type), sums.slice(0, max(len(sums) - 1, 0))])
    return pc.subtract(sums, first.slice(0, len(sums)))


def _placed(values: pa.Array, rows: pa.Array, total: int) -> pa.Array:
    if not total:
        return values.slice(0, 0)
    spread = pc.scatter(values, rows, max_index=total - 1)
    return pc.fill_null(spread, pa.scalar(0, values.type))


def _counting(rows: int) -> pa.Array:
    ones = pa.repeat(pa.scalar(1, PLACE), rows)
    return pc.subtract(pc.cumulative_sum(ones), pa.scalar(1, PLACE))


def _is_code(column: pa.Array) -> bool:
    kind = column.type
    texts = (pa.types.is_dictionary(kind), pa.types.is_string(kind), pa.types.is_large_string(kind))
    return any(texts)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    found = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
    return found.combine_chunks()
