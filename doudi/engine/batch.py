"""成批地测算，不经数据库：录入一批人家一批人家地来，各条规则在一列上算，两个核各算一批。

Same rules, same checks, same errors as duck.run. What is held in memory is a batch a thread, whatever the size of the
whole; nothing is sorted, hashed or joined as long as the rows come in the order of the households.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.duck import NullInResult
from doudi.engine.formulas import Prepared, inputs_by_entity, naturals, prepared
from doudi.engine.grove import Group, planted
from doudi.engine.plan import SCOPE
from doudi.engine.sql import plainly
from doudi.engine.streams import Chunk, of_tables
from doudi.engine.tables import Tables, checked, is_rising, of_scopes
from doudi.engine.totals import Total, add_up, totals_of
from doudi.engine.vectors import Codes, Value, Worker, full, ready
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.packs import Parameters
from doudi.law.rulebook import Input, Lift, Rulebook

T = TypeVar("T")
_CORES = os.cpu_count() or 1


def run(
    book: Rulebook,
    tables: Tables,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None = None,
    *,
    threads: int = 0,
) -> dict[str, pa.Table]:
    """跑一批：实体名 → 结果表（主键、各上级主键、目标列），按主键排序。约定与错误同 duck.run。"""
    groups = prepared(book, parameters_by_scope, on, targets)
    return run_tables(Batch.of(book, on, groups), tables, threads=threads)


def total(
    book: Rulebook,
    tables: Tables,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str],
    *,
    threads: int = 0,
) -> dict[str, Total]:
    """只要合计：目标 → 行数、和、不为零的行数。其余同 run。"""
    work = Batch.of(book, on, prepared(book, parameters_by_scope, on, tuple(targets)))
    chunks = of_tables(given_of(work, tables))
    return add_up(in_parallel(lambda chunk: totals_of(work.results(chunk)), chunks, threads))


def run_tables(work: Batch, tables: Tables, *, threads: int = 0) -> dict[str, pa.Table]:
    """按已写好的算式跑一批。"""
    return collected(work, in_parallel(work.results, of_tables(given_of(work, tables)), threads))


def given_of(work: Batch, tables: Tables) -> dict[Entity, pa.Table]:
    """核对过的录入表；顶层表另带范围和要照抄进结果的列。"""
    given = checked(work.inputs, tables)
    root = next(iter(given))
    given[root] = given[root].append_column(SCOPE, scope_column(root, tables[root.name]))
    for name in set(work.carried) - set(given[root].column_names):
        given[root] = given[root].append_column(name, tables[root.name].column(name))
    return given


def collected(work: Batch, made: Iterable[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    """各批的结果合成一张表，按主键排序。"""
    parts: dict[str, list[pa.Table]] = {entity.name: [] for entity in work.targets}
    for tables in made:
        for name, table in tables.items():
            parts[name].append(table)
    return {name: _ordered(name, pa.concat_tables(found)) for name, found in parts.items()}


def scope_column(root: Entity, table: pa.Table) -> pa.ChunkedArray:
    """顶层表的范围列；没有或有空值抛 BadCase。"""
    if SCOPE not in table.column_names or table.column(SCOPE).null_count:
        raise BadCase(f"{root.label}表要有 {SCOPE} 列，且不能为空")
    column = table.column(SCOPE)
    return column if pa.types.is_dictionary(column.type) else column.cast(pa.string())


def in_parallel(work: Callable[[Chunk], T], chunks: Iterator[Chunk], threads: int = 0) -> Iterator[T]:
    """一个线程一批，按先后给出结果；在手的批数有限，所以内存有限。"""
    count = threads or _CORES
    with plainly(), ThreadPoolExecutor(count) as pool:
        waiting = []
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            while len(waiting) > count:
                yield waiting.pop(0).result()
        for one in waiting:
            yield one.result()


@dataclass(frozen=True)
class Batch:
    """一本规则书要算的：各实体的录入，按参数结构分的几组备好的算式。"""

    inputs: Mapping[Entity, tuple[Input, ...]]
    groups: tuple[Prepared, ...]

    @classmethod
    def of(cls, book: Rulebook, on: date, groups: Sequence[Prepared]) -> Batch:
        """为一本规则书备好。"""
        given = inputs_by_entity(book, book.edition(on))
        inputs = [item for items in given.values() for item in items]
        return cls(given, tuple(_ready(group, inputs) for group in groups))

    @property
    def root(self) -> Entity:
        """顶层实体。"""
        return next(iter(self.inputs))

    @property
    def carried(self) -> tuple[str, ...]:
        """顶层表里照抄进结果的列。"""
        computed = {formula.name for group in self.groups for formula in group.formulas}
        return tuple(name for name in self.targets.get(self.root, ()) if name not in computed)

    @property
    def targets(self) -> Mapping[Entity, tuple[str, ...]]:
        """各实体要的结果。"""
        return self.groups[0].targets if self.groups else {}

    def results(self, chunk: Chunk) -> dict[str, pa.Table]:
        """算一批：实体名 → 结果表。"""
        scopes = self._scopes(chunk)
        parts: dict[str, list[pa.Table]] = {entity.name: [] for entity in self.targets}
        # A register without a household has a result too: its columns and no rows.
        for group in self.groups if scopes else self.groups[:1]:
            mine = scopes & set(group.scopes)
            if scopes and not mine:
                continue
            grove = planted(chunk if mine == scopes else of_scopes(chunk, SCOPE, mine))
            evaluate(group, grove)
            for entity, names in group.targets.items():
                parts[entity.name].append(_table(grove[entity], names))
        return {name: pa.concat_tables(found) for name, found in parts.items()}

    def _scopes(self, chunk: Chunk) -> set[str]:
        root = self.root
        found = set(pc.unique(chunk[root].column(SCOPE)).to_pylist())
        known = {scope for group in self.groups for scope in group.scopes}
        for scope in sorted(found - known):
            raise BadCase(f"{root.label}表的范围“{scope}”没有给出参数")
        return found


def _ready(group: Prepared, inputs: Sequence[Input]) -> Prepared:
    natural = naturals(group.formulas, inputs)
    return replace(
        group, formulas=tuple(replace(one, expr=ready(one.expr, natural)) for one in group.formulas)
    )


def evaluate(group: Prepared, grove: dict[Entity, Group]) -> None:
    """逐条算，各列记在各实体之下。"""
    root = next(iter(grove.values()))
    scope: Codes = root.columns[SCOPE]
    for path, values in group.varying.items():
        listed = [values.get(word) for word in scope.words]
        flag = path in group.flags
        root.columns[path] = scope.looked_up(pa.array(listed, pa.bool_() if flag else pa.int64()))
    for formula in group.formulas:
        item, mine = formula.item, grove[formula.entity]
        if isinstance(item, Lift):
            below = grove[item.child]
            of, where = (_reach(grove, below, name) if name else None for name in (item.of, item.where))
            mine.columns[item.name] = below.lifted(item, of, where)
        else:
            worker = Worker(partial(_reach, grove, mine))
            mine.columns[item.name] = worker.value(formula.expr)


def _reach(grove: dict[Entity, Group], mine: Group, name: str) -> Value:
    """一个值在本级的列；是上级的就一级一级带下来，带下来的留着再用。"""
    if name not in mine.columns:
        assert mine.entity.parent is not None
        mine.columns[name] = mine.brought(_reach(grove, grove[mine.entity.parent], name))
    return mine.columns[name]


def _table(group: Group, names: tuple[str, ...]) -> pa.Table:
    keys = [member.key for member in reversed(group.entity.lineage)]
    columns = {name: full(group.columns[name], group.rows) for name in (*keys, *names)}
    for name, column in columns.items():
        if column.null_count:
            raise NullInResult(f"{group.entity.name} 的“{name}”算出了空值，这一批没有采用，请报告维护人员")
    return pa.table(columns)


def _ordered(name: str, table: pa.Table) -> pa.Table:
    key = f"{name}_id"
    return table if is_rising(table.column(key)) else table.sort_by(key)
