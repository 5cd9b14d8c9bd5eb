"""P03: the disk is full somewhere in the walk: refused in words, nothing half done, gone on with where there is room.

The disk is a tmpfs with a limit, so it takes root. On SQLite everything lies on it: the database, its journal and the
files; on PostgreSQL the tables do (a tablespace), the server's own journal does not. DOUDI_DISKS makes more sizes.
"""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from doudi.store.full_disk import DiskFull
from tests.faults import test_kill
from tests.faults.ground import Ground
from tests.faults.test_kill import Books
from tests.faults.zygote import REFUSED

DISKS = int(os.environ.get("DOUDI_DISKS", "3"))
AWARDS, CHUNK = 300, 100
SMALLEST, LARGEST = 100_000, 3_000_000  # bytes beyond what is there at the beginning; a month takes some 1 MB
ROOM = 512 * 1024 * 1024
NAME, PAGE = "brimful", 4096

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(os.geteuid() != 0, reason="要 root 才能挂一块有限额的盘"),
]


@contextmanager
def disk(place: Path, size: int) -> Iterator[None]:
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("这台机器不让挂盘")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def grown(place: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


def test_a_full_disk_is_refused_in_words_and_gone_on_with(
    ground: Ground, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_kill, "AWARDS", AWARDS)
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    chance, began, told = random.Random(seed), time.monotonic(), []
    prepared(ground)
    for _ in range(DISKS):
        told.append(filled(ground, chance.randrange(SMALLEST, LARGEST, PAGE)))
    ground.drop("prepared")
    with capsys.disabled():
        engine = "PostgreSQL" if ground.cluster else "SQLite"
        print(
            f"\nP03 {engine}: {DISKS} 块盘写满又加大, 停在 {told}, 种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒"
        )


def prepared(ground: Ground) -> None:
    """The office with its awards, once for all disks."""
    ground.copy("prepared")
    zygote = ground.zygote("prepared", CHUNK)
    zygote.must(f"setup {AWARDS}")
    zygote.close()


def filled(ground: Ground, spare: int) -> str:
    """One disk: what was being done when it was full."""
    with small(ground, spare) as (there, place):
        zygote = there.zygote(NAME, CHUNK)
        assert zygote.do("work") == REFUSED, zygote.told()
        assert zygote.told().strip().endswith(DiskFull().text)
        assert "Traceback" not in zygote.told()
        grown(place, ROOM)  # a server with no room at all takes no new question either
        left = there.ask(
            NAME, "SELECT kind, state FROM payments_payrollrun WHERE state <> 'closed' ORDER BY id"
        )
        assert there.ask(NAME, "SELECT COUNT(*) FROM ledger_txn WHERE NOT sealed")[0][0] == 0
        zygote.must("finish")
        zygote.must("clear_up")
        found = Books(there, NAME)
        assert (found.doubles, found.missing, found.ledger_gap) == (0, 0, 0)
        assert (found.loose_ends, found.files) == ([], [])
        zygote.must("verify")
        zygote.close()
        there.drop(NAME)
    return " ".join(left[0]) if left else "between"


@contextmanager
def small(ground: Ground, spare: int) -> Iterator[tuple[Ground, Path]]:
    """The prepared database on a disk with so much room left."""
    if ground.cluster is None:
        place, source = ground.folder / "disk", ground.folder / "prepared.sqlite3"
        with disk(place, source.stat().st_size + 64 * 1024 + spare):
            there = ground.at(place)
            shutil.copytree(ground.folder / "keys", place / "keys")
            ground.copy_file(source, place / f"{NAME}.sqlite3")
            yield there, place
        return
    place = ground.cluster.home / "disk"
    with disk(place, ROOM):
        tables = place / "tables"
        tables.mkdir()
        if ground.cluster.user:
            os.chown(tables, ground.cluster.user.pw_uid, ground.cluster.user.pw_gid)
        with psycopg.connect(ground.cluster.url(), autocommit=True) as server:
            server.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(tables))))
            server.execute(f"CREATE DATABASE {NAME} TEMPLATE prepared TABLESPACE small")
            server.execute("CHECKPOINT")  # what was copied lies there now
            grown(place, shutil.disk_usage(place).used + spare)
            try:
                yield ground, place
            finally:
                server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
                server.execute("DROP TABLESPACE small")
