"""P05: the database copied as files in the middle of a payroll: every copy opens, is sound, and its money adds up.

SQLite: the file and its log, while somebody reads (a reader keeps the log from being begun again; without one, a
checkpoint between the two copies tears them apart). PostgreSQL: pg_basebackup. DOUDI_COPIES says how many (20 unless
told, 2 on PostgreSQL; the long run is 100), DOUDI_SEED when.
"""

import datetime as dt
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from doudi.demo.private_postgres import PrivateCluster, server_folder
from doudi.records.audit.chain import START, event_hash
from doudi.records.payments import services
from doudi.records.payments.periods import month_after, month_start
from doudi.store import arrow
from doudi.store.today import move_to
from tests.services import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AWARDS, CHUNK, FIRST = 400, 50, 202601
COPIES = int(os.environ.get("DOUDI_COPIES", "20"))
BASE_BACKUPS = max(2, COPIES // 20)


@contextmanager
def paying(office: factories.Office) -> Iterator[list[int]]:
    """Month after month built, locked and approved by another thread; the months done."""
    stop, done = threading.Event(), []
    failed: list[BaseException] = []

    def months() -> None:
        month = FIRST
        try:
            while not stop.is_set():
                move_to(month_start(month))
                run = services.build(scheme="dibao_rural", month=month, by=office.caiwu)
                services.lock(run, office.caiwu)
                services.approve(run, 1, office.fuhe)
                services.approve(run, 2, office.pizhun)
                done.append(month)
                month = month_after(month)
        except BaseException as error:  # told to the test below
            failed.append(error)
        finally:
            connections.close_all()

    worker = threading.Thread(target=months)
    worker.start()
    try:
        yield done
    finally:
        stop.set()
        worker.join()
    assert not failed, failed


class Copy:
    """A copy asked in plain SQL."""

    def __init__(self, books: Any) -> None:
        self.books = books

    def ask(self, question: str) -> list[Any]:
        return list(self.books.execute(question).fetchall())

    def faults(self) -> list[Any]:
        """Whatever is not as it must be at every instant."""
        found: list[Any] = self.ask(
            "SELECT t.key FROM ledger_txn t JOIN ledger_entry e ON e.txn_id = t.id "
            "GROUP BY t.id, t.key, t.sealed HAVING NOT t.sealed OR "
            "SUM(CASE WHEN e.side = 'D' THEN e.fen ELSE -e.fen END) <> 0"
        )
        found += self.ask(
            "SELECT award_id, month FROM payments_payline GROUP BY award_id, month HAVING COUNT(*) > 1"
        )
        for month, state, count, told, lines, fen, total in self.ask(
            "SELECT r.month, r.state, COUNT(l.id), r.lines_count, COUNT(l.number), SUM(l.amount_fen), r.total_fen "
            "FROM payments_payrollrun r LEFT JOIN payments_payline l ON l.run_id = r.id "
            "GROUP BY r.id, r.month, r.state, r.lines_count, r.total_fen"
        ):
            if state == "building":
                wrong = count % CHUNK or count > AWARDS
            elif state == "draft":
                wrong = (count, told, lines, fen) != (AWARDS, AWARDS, 0, total)
            else:
                wrong = (count, told, lines, fen) != (AWARDS, AWARDS, AWARDS, total)
            found += [(month, state, count, told, lines, fen, total)] if wrong else []
        locked = self.ask("SELECT COUNT(*) FROM payments_payrollrun WHERE state NOT IN ('building', 'draft')")
        if locked != self.ask("SELECT COUNT(*) FROM ledger_txn WHERE kind = 'payroll.lock'"):
            found.append("a lock without its books")
        return found + self.chain()

    def chain(self) -> list[Any]:
        """Every event's own hash and its link, counted again."""
        before, found = (0, START), []
        rows = self.ask(
            "SELECT seq, at, actor, action, subject, body, prev, hash FROM audit_event ORDER BY seq"
        )
        for seq, at, actor, action, subject, body, prev, told in rows:
            instant = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC) if isinstance(at, str) else at
            if (seq - 1, prev) != before or told != event_hash(
                seq, prev, instant, actor, action, subject, body
            ):
                found.append(f"event {seq}")
            before = (seq, told)
        return found


def test_every_copy_made_during_a_payroll_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    chance = random.Random(seed)
    for engine in arrow.CHUNK:
        monkeypatch.setitem(arrow.CHUNK, engine, CHUNK)
    office = factories.office(month_start(FIRST))
    factories.receiving(AWARDS, step=7, from_on=month_start(FIRST))
    began, lite = time.monotonic(), connection.vendor == "sqlite"
    copies = 0
    with paying(office) as done:
        while copies < (COPIES if lite else BASE_BACKUPS):
            time.sleep(chance.uniform(0, 0.2))
            (files_copied if lite else base_backup)(tmp_path / str(copies))
            copies += 1
    states: set[str] = set()
    for place in range(copies):
        with (opened if lite else started)(tmp_path / str(place)) as copy:
            faults = copy.faults()
            states |= {state for (state,) in copy.ask("SELECT state FROM payments_payrollrun")}
        assert faults == [], f"副本 {place}, 种子 {seed}"
    with capsys.disabled():
        print(
            f"\nP05 {connection.vendor}: 发放当中 ({len(done)} 个月 × {AWARDS} 行) 复制 {copies} 次, "
            "都能打开、完整、账平、链连; "
            f"见到的状态 {sorted(states)}, 种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒"
        )
    assert states


def files_copied(folder: Path) -> None:
    """The file, then the log, under the eyes of a reader."""
    folder.mkdir()
    source = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(source, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        for end in ("", "-wal"):
            shutil.copyfile(source + end, folder / f"copy.sqlite3{end}")


@contextmanager
def opened(folder: Path) -> Iterator[Copy]:
    with closing(sqlite3.connect(folder / "copy.sqlite3")) as books:
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        yield Copy(books)


def base_backup(folder: Path) -> None:
    """A whole server's files with the log written meanwhile, and held against its own manifest."""
    folder.mkdir()
    programs = server_folder()
    known = connection.settings_dict
    for command in (
        ["pg_basebackup", "-h", known["HOST"], "-U", known["USER"], "-D", str(folder / "data"), "-X", "stream",
         "-c", "fast", "--no-sync"],
        ["pg_verifybackup", str(folder / "data")],
    ):  # fmt: skip
        done = subprocess.run(
            [programs / command[0], *command[1:]], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def started(folder: Path) -> Iterator[Copy]:
    """A server of its own on the copied files."""
    cluster = PrivateCluster()
    try:
        shutil.move(folder / "data", cluster.data)
        if cluster.user is not None:
            for path in (cluster.data, *cluster.data.rglob("*")):
                os.chown(path, cluster.user.pw_uid, cluster.user.pw_gid)
        cluster.start()
        with psycopg.connect(cluster.url(str(connection.settings_dict["NAME"]))) as books:
            yield Copy(books)
        cluster.stop()
    finally:
        cluster.remove()
