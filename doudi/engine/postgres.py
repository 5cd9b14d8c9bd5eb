"""在 PostgreSQL 上就地跑规则书：录入是库里的表、视图、查询，或送进去的 Arrow 表；结果留在库里或取回 Arrow。

Everything happens in one transaction on one snapshot: a run that fails leaves nothing behind, and what was checked
is what was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg.sql import Identifier

from doudi.engine.checks import check, check_types, scopes_of
from doudi.engine.duck import NullInResult
from doudi.engine.sources import FLAG, INTEGER, TEXT, Relation, complete, inputs_of, parts, typed
from doudi.engine.sql import POSTGRES, plainly, select, with_ctes
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook

Connection = psycopg.Connection[Any]
_KINDS = {"smallint": INTEGER, "integer": INTEGER, "bigint": INTEGER, "boolean": FLAG, "text": TEXT}
_TYPES = {INTEGER: "BIGINT", FLAG: "BOOLEAN", TEXT: "TEXT"}
_ARROW = {INTEGER: pa.int64(), FLAG: pa.bool_(), TEXT: pa.string()}
_STEADY = ("repeatable read", "serializable")
_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Query:
    """库里一个查询的结果当录入表用；文本由部署的人写，从不来自屏幕。"""

    text: str


Source = Mapping[str, "pa.Table | str | Query"]


def run(
    connection: Connection,
    book: Rulebook,
    source: Source,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
) -> dict[str, pa.Table]:
    """跑一批并取回：实体名 → 结果表（主键、各上级主键、目标列），按主键排序。

    `source`：实体名 → Arrow 表、库里的表或视图名（可带模式名），或 Query。顶层须有 `scope` 列。错误与
    duck.run 相同；库里什么也不留下。
    """
    with _one_snapshot(connection, source) as cursor:
        work = _Work(cursor, book, source, parameters_by_scope, on, targets)
        made = work.results({})
        found = {name: work.fetched(name, table) for name, table in made.items()}
        work.clear(made.values())
    return found


def store(
    connection: Connection,
    book: Rulebook,
    source: Source,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    into: Mapping[str, str],
    targets: Iterable[str] | None = None,
) -> dict[str, int]:
    """跑一批，结果存成库里的新表：`into` 是实体名 → 表名（可带模式名）。返回各表的行数。

    表已存在的、目标涉及的实体没有给表名的抛 BadCase；失败时一张表也不留。
    """
    with _one_snapshot(connection, source) as cursor:
        work = _Work(cursor, book, source, parameters_by_scope, on, targets)
        made = work.results(into)
        counts = {name: work.ask(select(table, ["COUNT(*)"]))[0][0] for name, table in made.items()}
        work.clear([])
    return counts


def statements(
    connection: Connection,
    book: Rulebook,
    source: Source,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
) -> dict[str, list[str]]:
    """会跑的整段 SQL，实体名 → 各段（参数结构不同的范围各一段）；只核对录入，不跑。"""
    with _one_snapshot(connection, source) as cursor:
        work = _Work(cursor, book, source, parameters_by_scope, on, targets)
        found = {entity.name: [part.sql(entity) for part in work.parts] for entity in work.targets}
        work.clear([])
    return found


@contextmanager
def _one_snapshot(connection: Connection, source: Source) -> Iterator[psycopg.Cursor[Any]]:
    """一个事务、一个快照；在别人的事务里则用保存点，快照须已经稳定。"""
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    with plainly(), connection.transaction():
        cursor = psycopg.Cursor(connection, row_factory=tuple_row)
        if idle:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        elif not all(isinstance(one, pa.Table) for one in source.values()):
            level = cursor.execute("SHOW transaction_isolation").fetchone()
            if level is None or level[0] not in _STEADY:
                raise BadCase("这个连接正在一个会看到别人改动的事务里：请先提交它，或改用 REPEATABLE READ")
        # Compiling hundreds of short formulas takes longer than working them out.
        jit = (cursor.execute("SHOW jit").fetchone() or ("on",))[0]
        cursor.execute("SET LOCAL jit = off")
        yield cursor
        cursor.execute("SELECT set_config('jit', %s, true)", [jit])


class _Work:
    """一次运行：送入 Arrow 表、核对、按参数结构分段、写出结果。"""

    def __init__(
        self,
        cursor: psycopg.Cursor[Any],
        book: Rulebook,
        source: Source,
        parameters: Mapping[str, Parameters],
        on: date,
        targets: Iterable[str] | None,
    ) -> None:
        self.cursor = cursor
        edition = book.edition(on)
        wanted = inputs_of(book, edition)
        self.given = complete(wanted, {name: self._relation(name, one) for name, one in source.items()})
        check_types(wanted, self.given)
        self.copied = [self._copy_in(name, one) for name, one in source.items() if isinstance(one, pa.Table)]
        self.sources = typed(wanted, self.given, POSTGRES)
        check(wanted, self.given, self.ask, POSTGRES)
        scopes = scopes_of(edition.entities[0], self.ask, parameters)
        self.told = edition.told
        known = {scope: parameters[scope] for scope in scopes}
        self.parts = parts(book, known, on, targets, self.sources, POSTGRES)
        self.targets = self.parts[0].compiled.plan.targets if self.parts else {}

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """在录入之上问一句。"""
        return self.cursor.execute(with_ctes(self.sources, sql).encode()).fetchall()

    def results(self, into: Mapping[str, str]) -> dict[str, str]:
        """算出各实体的结果表：实体名 → 写进 SQL 的表名。没有空值才算完。"""
        made: dict[str, str] = {}
        for entity in self.targets:
            named = into.get(entity.name)
            if into and named is None:
                raise BadCase(f"没有说{entity.label}（{entity.name}）的结果存成哪张表")
            made[entity.name] = _quoted(named) if named else f"doudi_result_{entity.name}"
            self._fill(entity, made[entity.name], keep=named is not None)
            self._check_nulls(entity, made[entity.name])
        return made

    def fetched(self, name: str, table: str) -> pa.Table:
        """把一张结果表取成 Arrow，按主键排序。"""
        entity = next(one for one in self.targets if one.name == name)
        kinds = self._kinds(entity)
        order = f'{entity.key} COLLATE "C"' if kinds[entity.key] == TEXT else entity.key
        shown = [POSTGRES.identifier(column) for column in kinds]
        query = select(table, shown, f"\nORDER BY {order}")
        with self.cursor.copy(f"COPY (\n{query}\n) TO STDOUT (FORMAT csv)".encode()) as copy:
            data = b"".join(copy)
        return _read_csv(data, {column: _ARROW[kind] for column, kind in kinds.items()})

    def clear(self, tables: Iterable[str]) -> None:
        """清掉送进来的录入和取走了的结果。"""
        for table in (*self.copied, *tables):
            self.cursor.execute(f"DROP TABLE {table}".encode())

    def _relation(self, name: str, given: pa.Table | str | Query) -> Relation:
        if isinstance(given, pa.Table):
            return Relation(f"doudi_given_{name}", {one.name: _arrow_kind(one.type) for one in given.schema})
        source = f"(\n{given.text}\n) AS given" if isinstance(given, Query) else _quoted(given)
        try:
            self.cursor.execute(select(source, ["*"], "\nLIMIT 0").encode())
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
            raise BadCase(f"库里找不到 {name} 的录入：{str(error).splitlines()[0]}") from error
        described = self.cursor.description or ()
        return Relation(source, {column.name: self._kind(column.type_code) for column in described})

    def _kind(self, oid: int) -> str:
        found = self.cursor.execute("SELECT format_type(%s, NULL)", [oid]).fetchone()
        shown = str(found[0]) if found else str(oid)
        return _KINDS.get(shown, TEXT if shown.startswith("character") else shown)

    def _copy_in(self, name: str, table: pa.Table) -> str:
        """把 Arrow 表送进一张临时表，空值仍是空值。"""
        target = f"doudi_given_{name}"
        kinds = {one.name: _arrow_kind(one.type) for one in table.schema}
        kept = [column for column, kind in kinds.items() if kind in _TYPES]
        columns = ", ".join(f"{POSTGRES.identifier(column)} {_TYPES[kinds[column]]}" for column in kept)
        self.cursor.execute(f"CREATE TEMP TABLE {target} ({columns}) ON COMMIT DROP".encode())
        plain = table.select(kept).cast(pa.schema([(column, _ARROW[kinds[column]]) for column in kept]))
        options = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
        with self.cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv)".encode()) as copy:
            for batch in plain.to_batches(_BATCH_ROWS):
                sink = pa.BufferOutputStream()
                pa_csv.write_csv(batch, sink, options)
                copy.write(sink.getvalue().to_pybytes())
        self.cursor.execute(f"ANALYZE {target}".encode())
        return target

    def _fill(self, entity: Entity, table: str, *, keep: bool) -> None:
        start = f"CREATE TABLE {table} AS\n" if keep else f"CREATE TEMP TABLE {table} ON COMMIT DROP AS\n"
        for part in self.parts:
            try:
                self.cursor.execute((start + part.sql(entity)).encode())
            except psycopg.errors.DuplicateTable as error:
                raise BadCase(f"结果表 {table} 已经存在：请换一个名字，或先删除它") from error
            start = f"INSERT INTO {table}\n"

    def _check_nulls(self, entity: Entity, table: str) -> None:
        columns = list(self._kinds(entity))
        asked = [f"BOOL_OR({POSTGRES.identifier(column)} IS NULL)" for column in columns]
        row = self.cursor.execute(select(table, asked).encode()).fetchone() or ()
        for column, null in zip(columns, row, strict=True):
            if null:
                raise NullInResult(f"{entity.name} 的“{column}”算出了空值，这一批没有采用，请报告维护人员")

    def _kinds(self, entity: Entity) -> dict[str, str]:
        """结果各列的类型：各级主键，再是目标。"""
        found = {}
        for member in reversed(entity.lineage):
            relation = self.given[member]
            found[member.key] = relation.columns[member.key] if relation else INTEGER
        kinds = {"flag": FLAG, "code": TEXT}
        return found | {name: kinds.get(self.told[name].unit.kind, INTEGER) for name in self.targets[entity]}


def _quoted(name: str) -> str:
    return Identifier(*name.split(".")).as_string(None)


def _arrow_kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _arrow_kind(kind.value_type)
    if pa.types.is_boolean(kind):
        return FLAG
    if pa.types.is_integer(kind):
        return INTEGER
    return TEXT if pa.types.is_string(kind) or pa.types.is_large_string(kind) else str(kind)


def _read_csv(data: bytes, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    schema = pa.schema(list(kinds.items()))
    if not data:
        return schema.empty_table()
    return pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(column_names=list(kinds)),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=schema, true_values=["t"], false_values=["f"], null_values=[]
        ),
    )
