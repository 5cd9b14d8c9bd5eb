"""在 DuckDB 上跑规则书：Arrow 表进，Arrow 表出，与逐户测算同一套规则。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.formulas import inputs_by_entity, prepared
from doudi.engine.plan import PARAMETERS, SCOPE, Plan, plan
from doudi.engine.sql import DUCKDB, Dialect, plainly
from doudi.engine.tables import Tables, checked, of_scopes
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook


class NullInResult(ArithmeticError):
    """结果里出现空值：规则或录入有缺陷，整批作废。"""


@dataclass(frozen=True)
class Compiled:
    """一批里参数结构相同的若干范围，和它们共用的查询。"""

    scopes: tuple[str, ...]
    plan: Plan
    parameters: tuple[str, ...]

    def sql(self, entity: str) -> str:
        """某实体那条 SQL 的全文，可直接给人看。"""
        found = next(one for one in self.plan.levels if one.name == entity)
        return self.plan.sql(found)


def run(
    book: Rulebook,
    tables: Tables,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
    *,
    memory_limit: str = "",
    threads: int = 0,
) -> dict[str, pa.Table]:
    """跑一批：实体名 → 结果表（主键、各上级主键、目标列），按主键排序。

    顶层表须有 `scope` 列，指向 `parameters_by_scope` 的键；每个不同的范围只解析一次。`targets` 不写为全部规则。
    录入不合要求抛 BadCase；参数缺失抛 MissingParameter；结果有空值抛 NullInResult。
    """
    edition = book.edition(on)
    root = edition.entities[0]
    given = checked(inputs_by_entity(book, edition), tables)
    scopes = _scopes(root, tables, parameters_by_scope)
    given[root] = given[root].append_column(SCOPE, tables[root.name].column(SCOPE).cast(pa.string()))
    compiled = compile_book(book, {key: parameters_by_scope[key] for key in scopes}, on, targets)
    parts: dict[str, list[pa.Table]] = {}
    with plainly(), _connection(memory_limit, threads) as connection:
        for one in compiled:
            mine = given if len(compiled) == 1 else of_scopes(given, SCOPE, one.scopes)
            for name, table in _run_part(connection, one, mine, parameters_by_scope).items():
                parts.setdefault(name, []).append(table)
    return {name: _joined(name, found) for name, found in parts.items()}


def compile_book(
    book: Rulebook,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
    dialect: Dialect = DUCKDB,
) -> list[Compiled]:
    """把规则书印成查询：参数结构（代码、表、有无）相同的范围共用一条。

    这些范围取值都相同的数值参数印成字面量，取值不同的是参数表的列。
    """
    given = inputs_by_entity(book, book.edition(on))
    made = []
    for one in prepared(book, parameters_by_scope, on, targets):
        found = plan(one.formulas, dialect, given, one.targets, one.flags)
        made.append(Compiled(one.scopes, found, found.parameters))
    return made


def _scopes(root: Entity, tables: Tables, known: Mapping[str, Parameters]) -> list[str]:
    table = tables[root.name]
    if SCOPE not in table.column_names or table.column(SCOPE).null_count:
        raise BadCase(f"{root.label}表要有 {SCOPE} 列，且不能为空")
    found = sorted(pc.unique(table.column(SCOPE)).to_pylist())
    for scope in found:
        if scope not in known:
            raise BadCase(f"{root.label}表的范围“{scope}”没有给出参数")
    return found


def _connection(memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("SET autoinstall_known_extensions=false")
    connection.execute("SET autoload_known_extensions=false")
    if memory_limit:
        connection.execute(f"SET memory_limit='{memory_limit}'")
    if threads:
        connection.execute(f"SET threads={int(threads)}")
    return connection


def _run_part(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    given: Mapping[Entity, pa.Table],
    parameters_by_scope: Mapping[str, Parameters],
) -> dict[str, pa.Table]:
    for entity, table in given.items():
        connection.register(entity.name, table)
    connection.register(PARAMETERS, _parameter_table(compiled, parameters_by_scope))
    found: dict[str, pa.Table] = {}
    for entity in compiled.plan.targets:
        found[entity.name] = connection.sql(compiled.plan.sql(entity)).to_arrow_table()
    return found


def _parameter_table(compiled: Compiled, parameters_by_scope: Mapping[str, Parameters]) -> pa.Table:
    columns: dict[str, pa.Array] = {SCOPE: pa.array(compiled.scopes, pa.string())}
    for path in compiled.parameters:
        values = [parameters_by_scope[scope].value(path) for scope in compiled.scopes]
        columns[path] = pa.array(values, pa.bool_() if isinstance(values[0], bool) else pa.int64())
    return pa.table(columns)


def _joined(name: str, parts: list[pa.Table]) -> pa.Table:
    table = parts[0] if len(parts) == 1 else pa.concat_tables(parts).sort_by(f"{name}_id")
    for column in table.column_names:
        if table.column(column).null_count:
            raise NullInResult(f"{name} 的“{column}”算出了空值，这一批没有采用，请报告维护人员")
    return table
