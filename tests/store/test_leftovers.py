"""What an interrupted process left on the disk goes a day later; nothing that is named or may still be written does."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from doudi.store import full_disk
from doudi.store.kept import keep
from doudi.store.leftovers import KEPT_SECONDS, sweep_leftovers
from doudi.web.office.refusals import RefusalsInWords


def aged(path: Path, *, seconds: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"x")
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))
    return path


@pytest.mark.django_db
def test_only_what_nobody_names_and_nobody_still_writes_goes(settings: Any, tmp_path: Path) -> None:
    settings.VAR, settings.KEYS = tmp_path, tmp_path / "keys"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    named = tmp_path / "files" / keep(b"proof", media_type="text/plain", title="凭据", by="caiwu").stored_as
    aged(named, seconds=2 * KEPT_SECONDS)
    stays = [named]
    for folder, ending in (("anchors", "1.new"), ("keys", "1.new"), ("files/kept", "1.sealed")):
        aged(tmp_path / folder / f"old.{ending}", seconds=KEPT_SECONDS + 60)
        stays.append(aged(tmp_path / folder / f"young.{ending}", seconds=KEPT_SECONDS - 60))
    stays += [aged(tmp_path / "keys/index.key", seconds=9 * KEPT_SECONDS),
              aged(tmp_path / "anchors/anchor-2026-11-05-001-000000000001.json", seconds=9 * KEPT_SECONDS)]  # fmt: skip
    assert sweep_leftovers() == 3
    assert all(path.exists() for path in stays)
    assert sweep_leftovers() == 0


def full() -> sqlite3.OperationalError:
    """What SQLite says, from a database that may not grow."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x)")
    connection.execute("PRAGMA max_page_count = 2")
    try:
        with pytest.raises(sqlite3.OperationalError) as told:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    finally:
        connection.close()
    return told.value


def as_django(cause: BaseException) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def test_a_full_disk_is_known_by_what_said_it() -> None:
    assert full_disk.is_full_disk(as_django(full()))
    assert full_disk.is_full_disk(as_django(psycopg.errors.DiskFull("no space")))
    assert full_disk.is_full_disk(OSError(errno.ENOSPC, "no space"))
    assert not full_disk.is_full_disk(as_django(psycopg.errors.DeadlockDetected("deadlock")))
    assert not full_disk.is_full_disk(OSError(errno.EACCES, "no"))


@pytest.mark.django_db
def test_a_page_says_that_the_disk_is_full() -> None:
    def never(request: Any) -> HttpResponse:
        raise AssertionError

    request = RequestFactory().get("/")
    told = RefusalsInWords(never).process_exception(request, as_django(full()))
    assert told is not None
    assert told.status_code == 507
    assert "数据盘已经写满" in told.content.decode()
    assert RefusalsInWords(never).process_exception(request, OSError(errno.EACCES, "no")) is None
