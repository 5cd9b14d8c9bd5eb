"""批量的录入表：核对列、类型、空值、范围和隶属，再交给数据库。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.rulebook import Input

Tables = Mapping[str, pa.Table]
_TYPES = {"flag": pa.bool_(), "code": pa.string()}


def checked(wanted: Mapping[Entity, Sequence[Input]], tables: Tables) -> dict[Entity, pa.Table]:
    """核对全部录入表，返回只含主键与录入列的表，代码列是字典列；没有给的下级表按空表。

    `wanted` 是各实体的录入，上级在前。缺列、空值、超出范围、没有的代码、主键重复、找不到上级都抛 BadCase。
    """
    found: dict[Entity, pa.Table] = {}
    for entity, items in wanted.items():
        found[entity] = _table(entity, items, tables.get(entity.name))
        _check_keys(entity, found)
    return found


def _table(entity: Entity, wanted: Sequence[Input], table: pa.Table | None) -> pa.Table:
    keys = [member.key for member in entity.lineage]
    if table is None:
        if entity.parent is None:
            raise BadCase(f"没有给出{entity.label}（{entity.name}）的录入表")
        empty = {key: pa.array([], pa.int64()) for key in keys}
        return pa.table(empty | {item.name: pa.array([], column_type(item)) for item in wanted})
    for name in (*keys, *(item.name for item in wanted)):
        if name not in table.column_names:
            raise BadCase(f"{entity.label}表缺少列 {name}")
    columns = {key: _filled(entity, key, table.column(key)) for key in keys}
    columns |= {item.name: _column(item, table.column(item.name)) for item in wanted}
    return pa.table(columns)


def of_scopes(given: Mapping[Entity, pa.Table], column: str, scopes: Iterable[str]) -> dict[Entity, pa.Table]:
    """只留下顶层表里所列范围的行，和它们的下级。"""
    root = next(iter(given))
    kept = pc.is_in(given[root].column(column).cast(pa.string()), value_set=pa.array(sorted(scopes)))
    roots = given[root].filter(kept)
    keys = roots.column(root.key).combine_chunks()
    return {
        entity: roots if entity is root else table.filter(pc.is_in(table.column(root.key), value_set=keys))
        for entity, table in given.items()
    }


def column_type(item: Input) -> pa.DataType:
    """一项录入的 Arrow 类型：整数 int64，真假 bool，代码 string（也可以是它的字典列）。"""
    return _TYPES.get(item.unit.kind, pa.int64())


def _filled(entity: Entity, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.null_count:
        raise BadCase(f"{entity.label}表的 {name} 有 {column.null_count} 个空值，不知道的请先查清")
    return column


def _column(item: Input, column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = _filled(item.entity, item.name, column)
    kind, given = column_type(item), _plain_type(column.type)
    if pa.types.is_floating(given) or pa.types.is_boolean(kind) != pa.types.is_boolean(given):
        raise BadCase(
            f"{item.entity.label}表的“{item.label}”（{item.name}）类型应为 {kind}，现为 {column.type}"
        )
    if pa.types.is_string(kind):
        return _coded(item, column)
    column = column.cast(kind)
    if pa.types.is_integer(kind) and len(column):
        _check_bounds(item, pc.min_max(column).as_py())
    return column


def _coded(item: Input, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """代码列写成字典列：每个代码只核对一次。"""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    known = item.names or {}
    for chunk in column.chunks:
        # A dictionary may list what no row uses.
        if item.names is not None and any(word not in known for word in chunk.dictionary.to_pylist()):
            _check_codes(item, pc.unique(chunk).dictionary_decode().to_pylist())
    return column


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _check_codes(item: Input, found: list[str]) -> None:
    for code in found:
        if item.names is not None and code not in item.names:
            raise BadCase(f"{item.entity.label}表的“{item.label}”没有“{code}”这个代码")


def _check_bounds(item: Input, found: Mapping[str, Any]) -> None:
    low, high = item.bounds
    if found["min"] < low or found["max"] > high:
        raise BadCase(f"{item.entity.label}表的“{item.label}”应在 {low} 到 {high} 之间")


def _check_keys(entity: Entity, found: Mapping[Entity, pa.Table]) -> None:
    keys = found[entity].column(entity.key)
    if not is_rising(keys) and len(pc.unique(keys)) != len(keys):
        raise BadCase(f"{entity.label}表的主键 {entity.key} 重复")
    if entity.parent is None or not len(keys):
        return
    above = found[entity.parent].column(entity.parent.key)
    mine = found[entity].column(entity.parent.key)
    if mine.type != above.type:
        raise BadCase(f"{entity.label}表的 {entity.parent.key} 类型与{entity.parent.label}表不同")
    # Rows of one parent mostly lie together, so each run is looked for once.
    each = pa.chunked_array([pc.run_end_encode(chunk).values for chunk in mine.chunks], mine.type)
    if not each.equals(above) and not pc.all(pc.is_in(each, value_set=above.combine_chunks())).as_py():
        raise _orphan(entity.parent, entity)
    for up in entity.parent.ancestors:
        # A value from above must come from the parent's own household.
        known = found[entity.parent].column(up.key)
        own = found[entity].column(up.key).cast(known.type)
        if not own.equals(known.take(pc.index_in(mine, value_set=above))):
            raise _orphan(entity.parent, entity)


def _orphan(parent: Entity, entity: Entity) -> BadCase:
    return BadCase(f"有{entity.label}找不到所属的{parent.label}（{parent.key}）")


def is_rising(keys: pa.Array | pa.ChunkedArray) -> bool:
    """一个比一个大：已排好序，也没有重复。"""
    later, earlier = keys.slice(1), keys.slice(0, max(len(keys) - 1, 0))
    return bool(pc.all(pc.greater(later, earlier)).as_py() in (None, True))
