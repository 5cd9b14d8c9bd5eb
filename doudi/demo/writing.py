"""Rows of the demo into the tables, with what was written kept in one running digest and one audit event a batch."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from doudi.records.audit.services import record
from doudi.store.arrow import bulk_append

ACTOR = "demo"


class Writer:
    """成批写入; 指纹只看内容, 不看密文 (密文每次不同), 所以同一个种子得同一个指纹。"""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._batch = hashlib.sha256()
        self._rows: Counter[str] = Counter()
        self._touched: set[type[models.Model]] = set()

    @property
    def digest(self) -> str:
        """到现在为止写过的全部内容的指纹。"""
        return self._whole.hexdigest()

    def write(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """写一批行。Sealed columns hold bytes and stay out of the digest."""
        return self.count(model, bulk_append(model, columns, self._hashed(model, rows)))

    def execute(self, model: type[models.Model], statement: str, parameters: Sequence[Any]) -> int:
        """用一条 INSERT … SELECT 写一批行; 指纹记语句和行数。Returns the number of rows."""
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            written = int(cursor.rowcount)
        self.note(model._meta.db_table, parameters, written)
        return self.count(model, written)

    def count(self, model: type[models.Model], written: int) -> int:
        """记下某表多了多少行。"""
        self._rows[model._meta.db_table] += written
        self._touched.add(model)
        return written

    def note(self, *facts: Any) -> None:
        """把别处写下的内容计入指纹。"""
        self._batch.update(repr(facts).encode())

    def seal(self, what: str) -> None:
        """一批写完: 审计链上记一件事, 带这一批的行数和指纹。In the batch's own transaction."""
        digest = self._batch.hexdigest()
        record(by=ACTOR, action="demo.load", subject=f"demo:{what}", rows=dict(self._rows), digest=digest)
        self._whole.update(digest.encode())
        self._batch = hashlib.sha256()
        self._rows.clear()

    def set_sequences(self) -> None:
        """主键是自己给的, 让数据库的序列接在后面。"""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), sorted(self._touched, key=str)):
                cursor.execute(statement)

    def _hashed(self, model: type[models.Model], rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        update = self._batch.update
        update(model._meta.db_table.encode())
        for row in rows:
            update(repr([value for value in row if type(value) is not bytes]).encode())
            yield row
