"""政策变动的前后对照：同一批录入、两套参数，一张表里并排给出每项目标的前后值。

One pass: what a change does not touch is worked out once, and only the rules it reaches get a second column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from doudi.engine.batch import Batch, run_tables
from doudi.engine.files import table_files
from doudi.engine.formulas import Formula, Prepared, alike, by_entity, varying, wanted_of, written
from doudi.law.entities import Entity
from doudi.law.language import Expr
from doudi.law.packs import Parameters
from doudi.law.rulebook import Edition, Rule, Rulebook

BEFORE, AFTER = "before_", "after_"
Source = Mapping[str, "pa.Table | str | Path"]
_TWIN = "__after"


def compare(
    book: Rulebook,
    source: Source,
    before: Mapping[str, Parameters],
    after: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str],
    *,
    carried: Iterable[str] = (),
    memory_limit: str = "",
    threads: int = 0,
) -> dict[str, pa.Table]:
    """两套参数各算一遍：实体名 → 结果表（主键、各上级主键、before_目标、after_目标），按主键排序。

    `source`：实体名 → Arrow 表，或实体名 → Parquet 文件或目录。`before` 与 `after` 都是 范围 → 参数，范围相同。
    `carried` 是顶层表里照抄进结果的列（如乡镇）。错误与 duck.run 相同。
    """
    wanted = wanted_of(book.edition(on), targets)
    groups = pairs(book.edition(on), before, after, wanted, tuple(carried))
    work = Batch.of(book, on, groups)
    tables = {name: one for name, one in source.items() if isinstance(one, pa.Table)}
    paths = {name: one for name, one in source.items() if not isinstance(one, pa.Table)}
    if paths:
        found = table_files(work, paths, memory_limit=memory_limit, threads=threads)
    else:
        found = run_tables(work, tables, threads=threads)
    return {name: _beside(table, wanted) for name, table in found.items()}


def pairs(
    edition: Edition,
    before: Mapping[str, Parameters],
    after: Mapping[str, Parameters],
    wanted: tuple[str, ...],
    carried: tuple[str, ...],
) -> list[Prepared]:
    """按两套参数的结构分组；每组是变动前的全部算式，加上变动够得着的那些的第二份。"""
    rules, made = edition.closure(wanted), []
    for scopes in alike([before, after], edition.parameters):
        old, new = ({scope: one[scope] for scope in scopes} for one in (before, after))
        first, second = (written(rules, one, edition.parameters) for one in (old, new))
        was, becomes = varying(first, old), varying(second, new)
        twins = _twins(first, second, {path for path in becomes if becomes[path] != was.get(path)})
        columns = was | {path + _TWIN: values for path, values in becomes.items()}
        flags = frozenset(path for path, values in columns.items() if isinstance(values[scopes[0]], bool))
        names = {twin.name for twin in twins}
        made.append(
            Prepared(scopes, (*first, *twins), _targets(edition, wanted, names, carried), flags, columns)
        )
    return made


def _twins(first: Sequence[Formula], second: Sequence[Formula], varied: set[str]) -> list[Formula]:
    """变动够得着的算式的第二份：名字带后缀，引用的值有第二份的也用第二份。"""
    names: dict[str, str] = {}
    found = []
    for old, new in zip(first, second, strict=True):
        if old.expr != new.expr or new.needs & (names.keys() | varied):
            found.append(_twin(new, names))
            names[new.name] = found[-1].name
    return found


def _twin(one: Formula, names: Mapping[str, str]) -> Formula:
    name = one.name + _TWIN
    if isinstance(one.item, Rule):
        return Formula(replace(one.item, name=name), _renamed(one.expr, names))
    of, where = (names.get(need, need) if need else None for need in (one.item.of, one.item.where))
    return Formula(replace(one.item, name=name, of=of, where=where))


def _renamed(expr: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(expr, Expr):
        return expr
    if expr.op == "value":
        return Expr("value", (names.get(expr.args[0], expr.args[0]),))
    if expr.op == "parameter":
        return Expr("parameter", (expr.args[0] + _TWIN,))
    return Expr(expr.op, tuple(_renamed(arg, names) for arg in expr.args))


def _targets(
    edition: Edition, wanted: Iterable[str], twins: set[str], carried: tuple[str, ...]
) -> dict[Entity, tuple[str, ...]]:
    found = {}
    for entity, names in by_entity(edition, wanted).items():
        second = (name + _TWIN for name in names if name + _TWIN in twins)
        found[entity] = (*(carried if entity.parent is None else ()), *names, *second)
    return found


def _beside(table: pa.Table, wanted: tuple[str, ...]) -> pa.Table:
    """结果表的各目标改成前后两列。"""
    mine = [name for name in table.column_names if name in wanted]
    others = [name for name in table.column_names if name not in wanted and not name.endswith(_TWIN)]
    columns = {name: table.column(name) for name in others}
    for name in mine:
        second = name + _TWIN
        columns[BEFORE + name] = table.column(name)
        columns[AFTER + name] = table.column(second if second in table.column_names else name)
    return pa.table(columns)
