"""Put the test database back after a test that really committed.

Django's own way is `flush`, which deletes every row. Doudi's append-only tables refuse to be emptied, on purpose,
and rows written by migrations would be lost. So the freshly migrated database is copied once, and a test with
`transaction=True` (or a live server) is followed by a restore of that copy.
"""

import sqlite3
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from psycopg import sql


class Pristine:
    """刚迁移完的数据库的一份副本, 可随时还原。"""

    def __init__(self, folder: Path) -> None:
        self.copy = folder / "pristine.sqlite3"
        self.taken = False

    @property
    def database(self) -> str:
        """PostgreSQL 上副本的库名。"""
        return _spare()

    def take(self) -> None:
        """留下副本; 在建库之后、第一个测试之前调用一次。"""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(self.copy) as copy:
                connection.connection.backup(copy)
            copy.close()
        else:
            _recreate(source=_name(), target=_spare())
        self.taken = True

    def restore(self) -> None:
        """把数据库还原为副本的样子。"""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            copy = sqlite3.connect(self.copy)
            copy.backup(connection.connection)
            copy.close()
        else:
            _recreate(source=_spare(), target=_name())

    def remove(self) -> None:
        """删除副本。"""
        if connection.vendor == "sqlite":
            self.copy.unlink(missing_ok=True)
        elif self.taken:
            _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", _spare())

    def replace_flush(self, patch: Any) -> None:
        """此后带真实提交的测试结束时用 restore, 不再用 Django 的 flush。"""

        def restore_instead(case: TransactionTestCase) -> None:
            self.restore()

        patch.setattr(TransactionTestCase, "_fixture_teardown", restore_instead)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _spare() -> str:
    return f"{_name()}_pristine"


def _recreate(source: str, target: str) -> None:
    connections.close_all()
    _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", target)
    _run("CREATE DATABASE {} TEMPLATE {}", target, source)


def _run(statement: str, *names: str) -> None:
    """One statement outside any transaction, on the maintenance database."""
    outside: BaseDatabaseWrapper = connection
    with outside._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # as Django's own test runner does
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)).as_string(None))
