"""P01: a payroll killed at any moment is resumed with no manual step; nobody is paid twice, nobody is left out.

40 kills on the chosen database while months are built and locked one after the other. On PostgreSQL a quarter of them
kill the server, the rest the client. Then the database is asked in plain SQL, and compared with sums made by hand.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from doudi.demo.private_postgres import PrivateCluster
from tests.faults.zygote import FEN, STEP

ROOT = Path(__file__).parents[2]
AWARDS = 1_500
KILLS = 40
SERVER_KILLS = 10
LONGEST_SECONDS = 600  # a machine busy with other things

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


class Zygote:
    """The forking process and how to talk to it."""

    def __init__(self, folder: Path, url: str) -> None:
        environment = os.environ | {
            "DOUDI_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "doudi.settings.test",
            "DOUDI_DATABASE_URL": url,
        }
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        assert self.hear() == "ready"

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def begin(self, command: str) -> int:
        """Start a child; its number."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return int(self.hear().removeprefix("child "))

    def end(self) -> int:
        """How the child left: 0, an error, or minus the signal."""
        return int(self.hear().removeprefix("exit "))

    def do(self, command: str) -> int:
        self.begin(command)
        return self.end()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


@pytest.fixture
def cluster() -> Iterator[PrivateCluster | None]:
    """A server of this test's own, to be killed; none on SQLite."""
    if connection.vendor == "sqlite":
        yield None
        return
    with PrivateCluster() as found:
        found.create("kill")
        yield found


@pytest.fixture
def zygote(cluster: PrivateCluster | None, tmp_path: Path) -> Iterator[Zygote]:
    url = cluster.url("kill") if cluster else f"sqlite:///{tmp_path}/kill.sqlite3"
    found = Zygote(tmp_path, url)
    assert found.do(f"setup {AWARDS}") == 0, (tmp_path / "log").read_text()
    yield found
    found.close()


def test_forty_kills_and_every_line_once(
    zygote: Zygote, cluster: PrivateCluster | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    chance = random.Random(seed)
    began = time.monotonic()
    assert zygote.do("finish") == 0, (tmp_path / "log").read_text()
    longest = (time.monotonic() - began) * 1.2
    half_done: Counter[str] = Counter()
    servers = set(chance.sample(range(KILLS), SERVER_KILLS)) if cluster else set()
    for place in range(KILLS):
        kill_one(zygote, cluster if place in servers else None, chance.uniform(0, longest))
        half_done[state_left(cluster, tmp_path)] += 1
        assert time.monotonic() - began < LONGEST_SECONDS, f"种子 {seed}: 用时过长"
    assert zygote.do("finish") == 0, (tmp_path / "log").read_text()
    found = Books(cluster, tmp_path)
    with capsys.disabled():
        print(
            f"\nP01 {connection.vendor}: {KILLS} 次中断 (其中服务器 {len(servers)} 次; 留下 {dict(half_done)}), "
            f"{found.months} 个月 × {AWARDS} 行, 重复 {found.doubles}, 遗漏 {found.missing}, "
            f"账差 {found.ledger_gap} 分, 种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒"
        )
    assert found.months >= KILLS // 8
    assert half_done["building"] >= KILLS // 10, "太少中断落在生成当中"
    assert (found.doubles, found.missing, found.ledger_gap, found.paid_gap) == (0, 0, 0, 0)
    assert found.loose_ends == []
    assert zygote.do("verify") == 0, "审计链不完整"


def kill_one(zygote: Zygote, server: PrivateCluster | None, seconds: float) -> None:
    """SIGKILL after a while: the client, or the server under it."""
    child = zygote.begin("work")
    time.sleep(seconds)
    if server is None:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        assert zygote.end() == -signal.SIGKILL
        return
    server.kill()
    assert zygote.end() == 1  # the client lost its connection
    server.start()


def state_left(cluster: PrivateCluster | None, folder: Path) -> str:
    """What the kill left: the last month's state, as the next process will find it."""
    books = connected(cluster, folder)
    (row,) = books.execute("SELECT state FROM payments_payrollrun ORDER BY month DESC LIMIT 1").fetchall()
    books.close()
    return str(row[0])


def connected(cluster: PrivateCluster | None, folder: Path) -> Any:
    """A plain connection, past the product."""
    if cluster is None:
        return sqlite3.connect(folder / "kill.sqlite3")
    return psycopg.connect(cluster.url("kill"))


class Books:
    """The database asked in plain SQL, against sums made by hand."""

    def __init__(self, cluster: PrivateCluster | None, folder: Path) -> None:
        self.connection = connected(cluster, folder)
        due = AWARDS * FEN + STEP * (AWARDS * (AWARDS - 1) // 2)
        lines = self.ask("SELECT r.month, r.state, COUNT(*), COUNT(DISTINCT l.award_id), SUM(l.amount_fen) "
                         "FROM payments_payrollrun r JOIN payments_payline l ON l.run_id = r.id "
                         "GROUP BY r.id, r.month, r.state ORDER BY r.month")  # fmt: skip
        self.months = len(lines)
        self.doubles = sum(count - awards for _, _, count, awards, _ in lines)
        self.missing = sum(AWARDS - awards for _, _, _, awards, _ in lines)
        booked = self.ask("SELECT e.account, e.side, SUM(e.fen) FROM ledger_entry e "
                          "JOIN ledger_txn t ON t.id = e.txn_id WHERE t.sealed GROUP BY e.account, e.side")  # fmt: skip
        self.ledger_gap = sum(abs(int(fen) - due * self.months) for *_, fen in booked)
        self.ledger_gap += sum(abs(int(fen) - due) for *_, fen in lines)
        (paid,) = self.ask("SELECT COUNT(*) FROM payments_paid")[0]
        self.paid_gap = abs(paid - self.months * AWARDS)
        self.loose_ends = self._loose_ends([(account, side) for account, side, _ in booked], lines)
        self.connection.close()

    def ask(self, question: str) -> list[Any]:
        return self.connection.execute(question).fetchall()

    def _loose_ends(self, sides: list[tuple[str, str]], lines: list[Any]) -> list[str]:
        """Whatever a crash could have left lying about."""
        found = [f"{month} {state}" for month, state, *_ in lines if state != "locked"]
        found += [f"txn {key}" for (key,) in self.ask("SELECT key FROM ledger_txn WHERE NOT sealed")]
        found += [f"job {key}" for (key,) in self.ask("SELECT key FROM jobs_job WHERE state <> 'done'")]
        found += [f"line {pk}" for (pk,) in self.ask("SELECT id FROM payments_payline WHERE number IS NULL")]
        if sorted(sides) != [("2001", "C"), ("5002", "D")]:
            found.append(f"accounts {sides}")
        if isinstance(self.connection, psycopg.Connection):
            return found
        return found + [text for (text,) in self.ask("PRAGMA integrity_check") if text != "ok"]
