"""A raise of the standard killed at any moment goes on with no manual step: one new award a household, none twice.

DOUDI_KILLS kills (20 unless told) while one raise after the other is listed and written. Then the database is asked
in plain SQL, and compared with amounts worked out by hand.
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

ROOT = Path(__file__).parents[2]
HOUSEHOLDS = int(os.environ.get("DOUDI_RAISE_HOUSEHOLDS", "120"))
KILLS = int(os.environ.get("DOUDI_RAISE_KILLS", "20"))
FIRST_FEN, STEP_FEN = 58_800, 3_600  # 490 元 and a fifth more for the old; 30 元 and a fifth more each raise

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


class Worker:
    """The forking process and how to talk to it."""

    def __init__(self, folder: Path, url: str) -> None:
        environment = os.environ | {
            "DOUDI_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "doudi.settings.test", "DOUDI_DATABASE_URL": url,
        }  # fmt: skip
        self.path = folder / "log"
        self.log = self.path.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.raise_worker"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        assert self._hear() == "ready"

    def _hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def begin(self, command: str) -> int:
        """Start a child; its number."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return int(self._hear().removeprefix("child "))

    def end(self) -> int:
        """How the child left: 0, an error, or minus the signal."""
        return int(self._hear().removeprefix("exit "))

    def do(self, command: str) -> None:
        self.begin(command)
        assert self.end() == 0, self.path.read_text()

    def kill_after(self, seconds: float) -> None:
        child = self.begin("work")
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        assert self.end() == -signal.SIGKILL, self.path.read_text()

    def close(self) -> None:
        self.process.communicate(timeout=20)
        self.log.close()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database of this test's own."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/raise.sqlite3"
        return
    with PrivateCluster() as cluster:
        yield cluster.create("raise")


@pytest.fixture
def worker(url: str, tmp_path: Path) -> Iterator[Worker]:
    found = Worker(tmp_path, url)
    found.do(f"setup {HOUSEHOLDS}")
    yield found
    found.close()


def asked(url: str, question: str) -> list[Any]:
    """A plain connection, past the product."""
    books: Any = (
        sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    )
    rows = books.execute(question).fetchall()
    books.close()
    return list(rows)


def test_killed_again_and_again_every_household_is_raised_once(
    worker: Worker, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    chance = random.Random(seed)
    began = time.monotonic()
    worker.do("finish")
    longest = (time.monotonic() - began) * 1.2
    half_done: Counter[str] = Counter()
    for _ in range(KILLS):
        worker.kill_after(chance.uniform(0, longest))
        ((left,),) = asked(url, "SELECT state FROM decisions_standardraise ORDER BY from_on DESC LIMIT 1")
        half_done[left] += 1
    worker.do("finish")
    raises = len(asked(url, "SELECT id FROM decisions_standardraise WHERE state = 'done'"))
    with capsys.disabled():
        print(
            f"\n调标 {connection.vendor}: {KILLS} 次中断 (留下 {dict(half_done)}), {raises} 次调标 × {HOUSEHOLDS} 户, "
            f"种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒"
        )
    assert half_done["building"] + half_done["signed"] > 0, "没有一次中断落在做到一半的时候"
    assert raises > 1
    assert wrong_awards(url, raises) == []
    assert loose_ends(url) == []
    worker.do("verify")


def wrong_awards(url: str, raises: int) -> list[Any]:
    """Every household went through every raise once: one award after the other, the last one stands."""
    found: list[Any] = []
    amounts = [FIRST_FEN + STEP_FEN * (place + 1) for place in range(raises)]
    amounts[0:0] = [FIRST_FEN]
    rows = asked(
        url,
        "SELECT a.household_id, a.amount_fen, a.from_on, c.ends_on FROM awards_award a "
        "LEFT JOIN decisions_closing c ON c.award_id = a.id ORDER BY a.household_id, a.from_on",
    )
    homes: dict[int, list[Any]] = {}
    for home, *told in rows:
        homes.setdefault(home, []).append(told)
    for home, awards in homes.items():
        joined = [str(ends) for _, _, ends in awards[:-1]] == [str(start) for _, start, _ in awards[1:]]
        if [fen for fen, *_ in awards] != amounts or not joined or awards[-1][2] is not None:
            found.append((home, awards))
    return found if len(homes) == HOUSEHOLDS else [*found, f"{len(homes)} households"]


def loose_ends(url: str) -> list[Any]:
    """Whatever a crash could have left lying about."""
    found = asked(url, "SELECT state FROM decisions_standardraise WHERE state <> 'done'")
    found += asked(url, "SELECT key, state FROM jobs_job WHERE state <> 'done'")
    found += asked(url, "SELECT id FROM decisions_raiseline WHERE decision_id IS NULL")
    found += asked(url, "SELECT raising_id, household_id FROM decisions_raiseline "
                        "GROUP BY raising_id, household_id HAVING COUNT(*) > 1")  # fmt: skip
    found += asked(url, "SELECT household_id, COUNT(*) FROM decisions_decision WHERE kind = 'raise' "
                        "GROUP BY household_id, decided_on HAVING COUNT(*) > 1")  # fmt: skip
    # The roll kept beside the awards is what the awards say, person by person.
    found += asked(url, "SELECT a.id FROM awards_award a LEFT JOIN decisions_closing c ON c.award_id = a.id "
                        "LEFT JOIN awards_holding h ON h.award_id = a.id AND h.released_on IS NULL "
                        "WHERE (c.id IS NULL) <> (h.id IS NOT NULL)")  # fmt: skip
    if url.startswith("sqlite"):
        found += [row for row in asked(url, "PRAGMA integrity_check") if row != ("ok",)]
    return found
