"""What a step took: seconds by the wall and by the processor (here and in the database), and what was asked of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from doudi.demo.bench.memory import cpu_seconds
from doudi.store import arrow


class Taken:
    """各步的秒数和语句数。"""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """量里面做的事; 没有做成的不记。"""
        counted = _Counter()
        began, worked, served = time.perf_counter(), time.process_time(), _database_seconds()
        with connection.execute_wrapper(counted), counted.bulk():
            yield
        self.steps[name] = {
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - worked + _database_seconds() - served,
            "statements": counted.statements,
            "asked": counted.asked,
        }


class _Counter:
    """Two counts: executions (every row of an `executemany` is one, a COPY is one) and calls the database was asked."""

    def __init__(self) -> None:
        self.statements = self.asked = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.asked += 1
        self.statements += len(params) if many else 1
        return execute(sql, params, many, context)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Rows that go past Django's cursors, straight into a table."""
        names = {"_many": self._rows, "_copy": self._one}
        kept = {name: getattr(arrow, name) for name in names}
        for name, wrap in names.items():
            setattr(arrow, name, wrap(kept[name]))
        try:
            yield
        finally:
            for name, effect in kept.items():
                setattr(arrow, name, effect)

    def _rows(self, effect: Callable[..., int]) -> Callable[..., int]:
        def counted(*arguments: Any) -> int:
            written = effect(*arguments)
            self.asked += 1
            self.statements += written
            return written

        return counted

    def _one(self, effect: Callable[..., int]) -> Callable[..., int]:
        def counted(*arguments: Any) -> int:
            self.asked += 1
            self.statements += 1
            return effect(*arguments)

        return counted


def _database_seconds() -> float:
    """Processor seconds of the one process that serves us; SQLite works in ours."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    return cpu_seconds(connection.connection.info.backend_pid)
