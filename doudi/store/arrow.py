"""Rows between the records and the engines: queryset → Arrow, rows → bulk insert, inside Django's own connection."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
from django.db import connection, models

FETCH = 20_000
CHUNK = {"sqlite": 500, "postgresql": 5_000}
MANY = 1_000  # rows at once, from which on PostgreSQL's picture of the table matters

_ARROW = (
    (models.BooleanField, pa.bool_()),
    (models.DateTimeField, pa.timestamp("us", tz="UTC")),
    (models.DateField, pa.date32()),
    (models.IntegerField, pa.int64()),
    (models.AutoField, pa.int64()),
    (models.BinaryField, pa.binary()),
)


def arrow_type(field: "models.Field[Any, Any]") -> pa.DataType:
    """某列在 Arrow 里的类型; 其余都是文字。"""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return next((kind for cls, kind in _ARROW if isinstance(target, cls)), pa.string())


def to_arrow(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """元组逐批装进 Arrow 表, 列序与 schema 一致。"""
    source = iter(rows)
    batches = []
    while part := list(islice(source, FETCH)):
        columns = [
            pa.array(column, kind) for column, kind in zip(zip(*part, strict=True), schema.types, strict=True)
        ]
        batches.append(pa.record_batch(columns, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def queryset_to_arrow(queryset: models.QuerySet[Any], columns: dict[str, pa.DataType]) -> pa.Table:
    """查询结果变成 Arrow 表: `columns` maps each value of the queryset to its Arrow type, in order."""
    rows = queryset.values_list(*columns).iterator(chunk_size=FETCH)
    return to_arrow(rows, pa.schema(list(columns.items())))


def chunk_size() -> int:
    """一个事务写多少行: SQLite 只有一个写者, 要小。"""
    return CHUNK[connection.vendor]


def chunks(rows: Sequence[Any], size: int | None = None) -> Iterable[Sequence[Any]]:
    """按块切开。"""
    step = size or chunk_size()
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def bulk_append(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """把成批的行直接写进一张表, 在当前事务里; 约束和触发器照常生效。Returns the number of rows.

    Values are what the database stores: 分 as int, sealed columns as bytes, dates as date. PostgreSQL uses COPY.
    """
    known = {field.name: field.column for field in model._meta.concrete_fields}
    names = ", ".join(f'"{known[name]}"' for name in columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copy(cursor, model._meta.db_table, names, rows)
        return _many(cursor, model._meta.db_table, names, len(columns), rows)


def bulk_change(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """按主键成批改写几列, 在当前事务里; 约束和触发器照常逐行生效。每行是各列的值, 最后一个是主键。

    Values are what the database stores, as in bulk_append. On PostgreSQL a statement changes many rows.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join(f'"{fields[name].column}" = %s' for name in columns)
            statement = f'UPDATE "{model._meta.db_table}" SET {places} WHERE id = %s'  # noqa: S608 (names of models)
            cursor.executemany(statement, rows)
            return
        changes = _change_from_arrays(model._meta.db_table, [fields[name] for name in columns])
        for part in chunks(rows):
            cursor.execute(changes, [list(column) for column in zip(*part, strict=True)])


def _change_from_arrays(table: str, fields: Sequence["models.Field[Any, Any]"]) -> str:
    """One array a column, the keys last. Types without a length: a cast to one would cut what is too long."""
    sets = ", ".join(f'"{field.column}" = given."{field.column}"' for field in fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    types = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    return (
        f'UPDATE "{table}" SET {sets} FROM unnest({arrays}, %s::bigint[]) AS given({names}, id) '  # noqa: S608
        f'WHERE "{table}".id = given.id'
    )


def _copy(cursor: Any, table: str, names: str, rows: Iterable[Sequence[Any]]) -> int:
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
    written = int(cursor.rowcount)
    if written >= MANY:
        _count_again(cursor, table, written)
    return written


def _count_again(cursor: Any, table: str, written: int) -> None:
    """ANALYZE a table that has more than doubled: the guards' plans, made while it was small, would scan it a row."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
    if cursor.fetchone()[0] < written:
        cursor.execute(f'ANALYZE "{table}"')


def _many(cursor: Any, table: str, names: str, width: int, rows: Iterable[Sequence[Any]]) -> int:
    statement = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["?"] * width)})'  # noqa: S608 (names of models)
    raw = cursor.connection.cursor()  # sqlite3's own executemany: Django's would rewrite every statement
    try:
        raw.executemany(statement, ([_plain(value) for value in row] for row in rows))
        return int(raw.rowcount)
    finally:
        raw.close()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date) else value
