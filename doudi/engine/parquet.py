"""录入在 Parquet 文件里，比内存大也不要紧：各实体的文件齐头读，读到哪一户就交出哪一户以前的。

The rows must come in the order of the households, as an export writes them; files that do not are sorted first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.plan import SCOPE
from doudi.engine.sql import DUCKDB, literal, select
from doudi.engine.streams import HOUSEHOLDS, in_order, upto
from doudi.engine.tables import is_rising
from doudi.law.case import BadCase
from doudi.law.entities import Entity

Paths = Mapping[str, "str | Path"]
Connect = Callable[[], duckdb.DuckDBPyConnection]


class Unordered(ValueError):
    """文件里的行不是按户排好的。"""


def parts_of(entity: Entity, path: str | Path) -> tuple[Path, ...]:
    """一个实体的录入文件：一个文件，或目录里全部 .parquet，按名字先后。"""
    at = Path(path)
    found = tuple(sorted(at.glob("*.parquet"))) if at.is_dir() else (at,)
    if not found or not all(part.is_file() for part in found):
        raise BadCase(
            f"读不了{entity.label}（{entity.name}）的录入：{at} 不是 Parquet 文件，也不是装着它们的目录"
        )
    return found


class Reader:
    """一个实体的文件，一段一段地读。`is_rising` 记主键是否一直变大（因此没有重复）。"""

    def __init__(
        self, entity: Entity, parts: Sequence[Path], columns: Sequence[str], codes: Sequence[str]
    ) -> None:
        self.entity, self.parts, self.root = entity, parts, entity.lineage[-1].key
        self.columns = list(columns)
        self.files = [_opened(entity, part, codes) for part in parts]
        self._check_columns()
        self.empty = self.files[0].schema_arrow.empty_table().select(self.columns)
        self.held, self.more, self.is_rising = self.empty, True, True
        self.groups = ((one, number) for one in self.files for number in range(one.num_row_groups))
        self.last: dict[str, Any] = {}

    def rows(self, count: int) -> pa.Table:
        """接下来的若干行。"""
        # One row more is read than is given, so that the last rows are known to be the last.
        while self.held.num_rows <= count and self._read():
            pass
        return self._taken(min(count, self.held.num_rows))

    def upto(self, last: Any) -> pa.Table:
        """户的主键不大于 `last` 的各行；后面的留着。"""
        while (not self.held.num_rows or self.held.column(self.root)[-1].as_py() <= last) and self._read():
            pass
        return self._taken(upto(self.held.column(self.root), last))

    def rest(self) -> pa.Table:
        """余下的各行。"""
        while self._read():
            pass
        return self._taken(self.held.num_rows)

    @property
    def is_done(self) -> bool:
        """读完也交完了。"""
        return not self.more and not self.held.num_rows

    def _taken(self, count: int) -> pa.Table:
        taken, self.held = self.held.slice(0, count), self.held.slice(count)
        return taken

    def _read(self) -> bool:
        found = next(self.groups, None)
        self.more = found is not None
        if found is None:
            return False
        table = (
            found[0].read_row_group(found[1], columns=self.columns, use_threads=False).select(self.columns)
        )
        for key in {self.root, self.entity.key}:
            self._check_order(key, table.column(key))
        self.held = pa.concat_tables([self.held, table]) if self.held.num_rows else table
        return True

    def _check_columns(self) -> None:
        for one in self.files:
            for name in self.columns:
                if name not in one.schema_arrow.names:
                    raise BadCase(f"{self.entity.label}表缺少列 {name}")
        for name in set(self.columns) - {SCOPE}:
            nulls = sum(_nulls(one, name) for one in self.files)
            if nulls:
                raise BadCase(f"{self.entity.label}表的 {name} 有 {nulls} 个空值，不知道的请先查清")

    def _check_order(self, key: str, column: pa.ChunkedArray) -> None:
        if column.null_count:
            raise BadCase(f"{self.entity.label}表的 {key} 有 {column.null_count} 个空值，不知道的请先查清")
        if not len(column):
            return
        first, before = column[0].as_py(), self.last.get(key)
        self.last[key] = column[-1].as_py()
        if key == self.root and (not in_order(column) or (before is not None and first < before)):
            raise Unordered(self.entity.name)
        if key == self.entity.key:
            self.is_rising &= (before is None or first > before) and is_rising(column)


def read_together(
    readers: Mapping[Entity, Reader], size: int = HOUSEHOLDS
) -> Iterator[dict[Entity, pa.Table]]:
    """各实体的文件齐头读出一批一批。"""
    root, *below = readers
    done = False
    while not done:
        mine = readers[root].rows(size)
        done = readers[root].is_done
        # What is left over without a household goes with the last batch, to be refused there.
        last = None if done else mine.column(root.key)[-1].as_py()
        given = {entity: readers[entity].rest() if done else readers[entity].upto(last) for entity in below}
        yield {root: mine} | given


def check_unique(readers: Iterable[Reader], connect: Connect) -> None:
    """读完以后：主键不是一直变大的，再查有没有重复。"""
    for reader in readers:
        if not reader.is_rising:
            key = reader.entity.key
            twice = select(_scan(reader.parts), [key], f"\nGROUP BY {key}\nHAVING COUNT(*) > 1\nLIMIT 1")
            with connect() as connection:
                found = connection.execute(twice).fetchall()
            if found:
                raise BadCase(f"{reader.entity.label}表的主键 {key} 重复")


def sorted_copy(reader: Reader, folder: Path, connect: Connect) -> Path:
    """按户排好的一份，写在 `folder` 里。"""
    to = folder / f"{reader.entity.name}.parquet"
    columns = [DUCKDB.identifier(name) for name in reader.columns]
    query = select(_scan(reader.parts), columns, f"\nORDER BY {reader.root}, {reader.entity.key}")
    with connect() as connection:
        connection.execute(f"COPY (\n{query}\n) TO {literal(str(to))} (FORMAT parquet)")
    return to


def _scan(parts: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(part)) for part in parts)}])"


def _opened(entity: Entity, part: Path, codes: Sequence[str]) -> pq.ParquetFile:
    try:
        metadata = pq.read_metadata(part)
        known = set(metadata.schema.to_arrow_schema().names)
        return pq.ParquetFile(
            part, metadata=metadata, read_dictionary=[name for name in codes if name in known]
        )
    except (OSError, pa.ArrowInvalid) as error:
        raise BadCase(
            f"读不了{entity.label}（{entity.name}）的录入 {part.name}：{str(error).splitlines()[0]}"
        ) from error


def _nulls(one: pq.ParquetFile, name: str) -> int:
    """文件自己记的空值个数；没有记的为零，读到时再查。"""
    place = one.schema_arrow.names.index(name)
    found = 0
    for number in range(one.num_row_groups):
        told = one.metadata.row_group(number).column(place).statistics
        found += told.null_count if told is not None and told.has_null_count else 0
    return found
