"""从 Parquet 到 Parquet 跑规则书：比内存大的名册也行，核对、错误、结果都与内存里的一样。"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.batch import Batch, collected, given_of, in_parallel
from doudi.engine.formulas import prepared
from doudi.engine.parquet import Paths, Reader, Unordered, check_unique, parts_of, read_together, sorted_copy
from doudi.engine.plan import SCOPE
from doudi.engine.sql import literal
from doudi.engine.streams import Chunk
from doudi.engine.totals import Total, add_up, totals_of
from doudi.law.case import BadCase
from doudi.law.entities import Entity
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook

SORTING_MEMORY = "2GB"
T = TypeVar("T")
Results = dict[str, pa.Table]


def run_files(
    book: Rulebook,
    inputs: Paths,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None,
    out: str | Path,
    *,
    memory_limit: str = SORTING_MEMORY,
    threads: int = 0,
) -> dict[str, Path]:
    """跑一批：`inputs` 是实体名 → Parquet 文件或目录，结果写成 `out`/<实体名>.parquet，返回实体名 → 文件。

    `targets` 不写为全部规则，每一步都是一列。顶层表须有 `scope` 列。错误同 duck.run；失败时 `out` 里什么也不留。
    行按户排好的文件一批一批地读，占用的内存与总数无关；没有排好的先由 DuckDB 排（最多用 `memory_limit`）。
    """
    work = Batch.of(book, on, prepared(book, parameters_by_scope, on, targets))
    folder = Path(out)
    found = {entity.name: folder / f"{entity.name}.parquet" for entity in work.targets}
    for path in found.values():
        if path.exists():
            raise BadCase(f"结果文件 {path} 已经存在：请换一个目录，或先删除它")
    folder.mkdir(parents=True, exist_ok=True)
    _read(work, inputs, memory_limit, lambda run: _write(run.results(threads), found))
    return found


def total_files(
    book: Rulebook,
    inputs: Paths,
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str],
    *,
    memory_limit: str = SORTING_MEMORY,
    threads: int = 0,
) -> dict[str, Total]:
    """只要合计：目标 → 行数、和、不为零的行数。其余同 run_files。"""
    work = Batch.of(book, on, prepared(book, parameters_by_scope, on, targets))
    return _read(work, inputs, memory_limit, lambda run: add_up(run.results(threads, totals_of)))


def table_files(
    work: Batch, inputs: Paths, *, memory_limit: str = "", threads: int = 0
) -> dict[str, pa.Table]:
    """按已写好的算式跑一批，结果留在内存里。"""
    return _read(
        work, inputs, memory_limit or SORTING_MEMORY, lambda run: collected(work, run.results(threads))
    )


@dataclass(frozen=True)
class _Run:
    """一次运行：要算的，和要读的文件。"""

    work: Batch
    readers: Mapping[Entity, Reader]
    connect: Callable[[], duckdb.DuckDBPyConnection]

    def results(self, threads: int, shaped: Callable[[Results], Any] = lambda made: made) -> Iterator[Any]:
        """一批一批的结果，经 `shaped` 整理；读完再查跨批的重复。"""
        yield from in_parallel(
            lambda chunk: shaped(self._worked(chunk)), read_together(self.readers), threads
        )
        check_unique(self.readers.values(), self.connect)

    def _worked(self, chunk: Chunk) -> Results:
        tables = {entity.name: table for entity, table in chunk.items()}
        return self.work.results(given_of(self.work, tables))


def _read(work: Batch, inputs: Paths, memory_limit: str, effect: Callable[[_Run], T]) -> T:
    """读一遍；遇到没有按户排好的，排好再从头读。"""
    with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
        connect = partial(_connection, memory_limit, folder)
        sorted_ones: dict[str, Path] = {}
        while True:
            readers = _readers(work, {**inputs, **sorted_ones})
            try:
                return effect(_Run(work, readers, connect))
            except Unordered as found:
                reader = next(one for one in readers.values() if one.entity.name == str(found))
                sorted_ones[str(found)] = sorted_copy(reader, Path(folder), connect)


def _readers(work: Batch, inputs: Paths) -> dict[Entity, Reader]:
    found = {}
    for entity, items in work.inputs.items():
        path = inputs.get(entity.name)
        if path is None and entity.parent is None:
            raise BadCase(f"没有给出{entity.label}（{entity.name}）的录入表")
        if path is None:
            continue
        columns = [*(member.key for member in entity.lineage), *(item.name for item in items)]
        columns += (SCOPE, *work.carried) if entity.parent is None else ()
        codes = [SCOPE, *(item.name for item in items if item.names is not None)]
        found[entity] = Reader(entity, parts_of(entity, path), list(dict.fromkeys(columns)), codes)
    return found


def _connection(memory_limit: str, folder: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for name, value in (("memory_limit", memory_limit), ("temp_directory", folder)):
        connection.execute(f"SET {name}={literal(value)}")
    return connection


def _write(results: Iterator[Results], found: Mapping[str, Path]) -> None:
    """结果先写在旁边，全部成了才改名。"""
    doing = {name: path.with_name(path.name + ".doing") for name, path in found.items()}
    writers: dict[str, pq.ParquetWriter] = {}
    try:
        for made in results:
            for name, table in made.items():
                if name not in writers:
                    writers[name] = pq.ParquetWriter(doing[name], table.schema)
                writers[name].write_table(table)
        for writer in writers.values():
            writer.close()
        for name, path in doing.items():
            path.rename(found[name])
    except BaseException:
        for writer in writers.values():
            writer.close()
        for path in (*doing.values(), *found.values()):
            path.unlink(missing_ok=True)
        raise
