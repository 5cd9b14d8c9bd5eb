"""政策变动的前后对照：同一批录入、两套参数，一张表里并排给出每项目标的前后值。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa

from doudi.engine import duck
from doudi.engine.tables import Tables
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook

BEFORE, AFTER = "before_", "after_"


def compare(
    book: Rulebook,
    source: Tables,
    before: Mapping[str, Parameters],
    after: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str],
    *,
    memory_limit: str = "",
    threads: int = 0,
) -> dict[str, pa.Table]:
    """两套参数各算一遍：实体名 → 结果表（主键、各上级主键、before_目标、after_目标），按主键排序。

    `before` 与 `after` 都是 范围 → 参数。错误与 duck.run 相同。
    """
    wanted = tuple(targets)
    first = duck.run(book, source, before, on, wanted, memory_limit=memory_limit, threads=threads)
    second = duck.run(book, source, after, on, wanted, memory_limit=memory_limit, threads=threads)
    return {name: _beside(table, second[name], wanted) for name, table in first.items()}


def _beside(before: pa.Table, after: pa.Table, wanted: tuple[str, ...]) -> pa.Table:
    mine = [name for name in before.column_names if name in wanted]
    shown = before.rename_columns([BEFORE + name if name in mine else name for name in before.column_names])
    for name in mine:
        shown = shown.append_column(AFTER + name, after.column(name))
    return shown
