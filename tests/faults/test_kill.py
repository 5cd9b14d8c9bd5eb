"""P01: a payroll killed at any moment is gone on with and no manual step; nobody is paid twice, nobody is left out.

The whole walk is killed at, build to the bank's answer, with corrections and back-pay (tests/faults/walk.py). On
PostgreSQL a part of the kills is of the server. Then the database is asked in plain SQL, and compared with sums made
by hand. DOUDI_KILLS and DOUDI_KILL_AWARDS make it longer: `make soak`.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ground import Ground, Zygote
from tests.faults.walk import FEN, LATE_FEN, STEP

AWARDS = int(os.environ.get("DOUDI_KILL_AWARDS", "300"))
KILLS = int(os.environ.get("DOUDI_KILLS", "40"))
SERVER_KILLS_OF_TEN = 3
CHUNK = 100 if AWARDS < 10_000 else None  # None: as in production
NAME = "kill"

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def zygote(ground: Ground) -> Iterator[Zygote]:
    ground.copy(NAME)
    found = ground.zygote(NAME, CHUNK)
    found.must(f"setup {AWARDS}")
    yield found
    found.close()
    ground.drop(NAME)


def test_killed_at_any_moment_and_every_line_once(
    zygote: Zygote, ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    began = time.monotonic()
    zygote.must("month")
    killer = Killer(zygote, ground, random.Random(seed), time.monotonic() - began)
    for place in range(KILLS):
        killer.kill_one(place)
        if place % 20 == 19:
            tell(capsys, f"  {place + 1} 次, {time.monotonic() - began:.0f} 秒, 种子 {seed}")
    zygote.must("finish")
    zygote.must("clear_up")  # a file written before the row that never came is the sweeper's
    found = Books(ground, NAME)
    tell(
        capsys,
        f"P01 {found.engine}: {KILLS} 次中断 (其中服务器 {len(killer.servers)} 次), 留下 {dict(killer.left)}; "
        f"{AWARDS} 份待遇 {found.months} 个月 {found.runs} 批, 应发 {found.due_lines} 份月, 重复 {found.doubles}, "
        f"遗漏 {found.missing}, 没有发成又重发的 {found.failed}, 账差 {found.ledger_gap} 分, 留下的文件 "
        f"{len(found.files)}, 种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒",
    )
    assert (found.doubles, found.missing, found.ledger_gap) == (0, 0, 0), f"种子 {seed}"
    assert (found.loose_ends, found.files) == ([], []), f"种子 {seed}"
    assert len(killer.left) > 1
    assert found.failed > 0
    zygote.must("verify")


def tell(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}", end="", flush=True)


class Killer:
    """SIGKILL after a while, which follows the machine: longer where no run moved on, shorter where one did."""

    def __init__(self, zygote: Zygote, ground: Ground, chance: random.Random, month_seconds: float) -> None:
        self.zygote, self.ground, self.chance = zygote, ground, chance
        self.span = month_seconds / 8
        self.left: Counter[str] = Counter()
        of_server = KILLS * SERVER_KILLS_OF_TEN // 10 if ground.cluster else 0
        self.servers = set(chance.sample(range(KILLS), of_server))

    def kill_one(self, place: int) -> None:
        before = self._done()
        child = self.zygote.begin("work")
        time.sleep(self.chance.uniform(0, self.span))
        server = self.ground.cluster
        if server is not None and place in self.servers:
            server.kill()
            assert self.zygote.end() == 1, self.zygote.told()  # the client lost its connection
            server.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            assert self.zygote.end() == -signal.SIGKILL, self.zygote.told()
        self.span *= 1.25 if self._done() == before else 0.7
        self.left[self._state_left()] += 1

    def _done(self) -> list[Any]:
        return self.ground.ask(NAME, "SELECT id, state FROM payments_payrollrun ORDER BY id")

    def _state_left(self) -> str:
        """What the kill left, as the next process will find it."""
        rows = self.ground.ask(
            NAME, "SELECT kind, state FROM payments_payrollrun WHERE state <> 'closed' ORDER BY id"
        )
        return " ".join(rows[0]) if rows else "between"


class Books:
    """The database asked in plain SQL, against sums made by hand."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.engine = "PostgreSQL" if ground.cluster else "SQLite"
        self.connection = ground.connected(name)
        months = [
            m
            for (m,) in self.ask(
                "SELECT month FROM payments_payrollrun WHERE kind = 'regular' ORDER BY month"
            )
        ]
        self.months = len(months)
        self.runs = self.one("SELECT COUNT(*) FROM payments_payrollrun")
        self.due_lines, due_fen = self._due(months)
        paid = "SELECT award_id, month, COUNT(*) AS times, SUM(amount_fen) AS fen FROM payments_payline " \
               "WHERE state = 'paid' GROUP BY award_id, month"  # fmt: skip
        pairs, times, fen = self.ask(f"SELECT COUNT(*), SUM(times), SUM(fen) FROM ({paid}) t")[0]
        self.doubles = int(times) - pairs + self.one(
            "SELECT COUNT(repays_id) - COUNT(DISTINCT repays_id) FROM payments_payline"
        )  # fmt: skip
        self.missing = self.due_lines - pairs
        self.failed = self.one("SELECT COUNT(*) FROM payments_payline WHERE state IN ('failed', 'returned')")
        self.ledger_gap = abs(due_fen - int(fen)) + self._gap({"5002": due_fen, "1001": -due_fen})
        self.loose_ends = self._loose_ends()
        self.files = self._files(ground.folder / name)
        self.connection.close()

    def ask(self, question: str) -> list[Any]:
        return self.connection.execute(question).fetchall()

    def one(self, question: str) -> int:
        return int(self.ask(question)[0][0])

    def _due(self, months: list[int]) -> tuple[int, int]:
        """By hand: everybody once a month from the first, those decided late from the month they are due from."""
        lines, fen = AWARDS * len(months), len(months) * (AWARDS * FEN + STEP * (AWARDS * (AWARDS - 1) // 2))
        late = self.ask(f"SELECT from_on FROM awards_award WHERE amount_fen = {LATE_FEN}")
        for (from_on,) in late:
            year, month = str(from_on).split("-")[:2]
            since = sum(one >= int(year + month) for one in months)
            lines, fen = lines + since, fen + since * LATE_FEN
        return lines, fen

    def _gap(self, wanted: dict[str, int]) -> int:
        """How far the ledger's balances are from what they should be; an account that should not move counts whole."""
        rows = self.ask("SELECT e.account, SUM(CASE WHEN e.side = 'D' THEN e.fen ELSE -e.fen END) FROM ledger_entry e "
                        "JOIN ledger_txn t ON t.id = e.txn_id WHERE t.sealed GROUP BY e.account")  # fmt: skip
        found = {account: int(fen) for account, fen in rows}
        return sum(abs(found.get(one, 0) - wanted.get(one, 0)) for one in found.keys() | wanted.keys())

    def _loose_ends(self) -> list[str]:
        """Whatever a crash could have left lying about."""
        questions = {
            "run": "SELECT id, state FROM payments_payrollrun WHERE state <> 'closed'",
            "line": "SELECT id, state FROM payments_payline WHERE state NOT IN ('paid', 'failed', 'returned') "
            "OR number IS NULL",
            "unpaid": "SELECT id FROM payments_payline f WHERE state IN ('failed', 'returned') AND NOT EXISTS "
            "(SELECT 1 FROM payments_payline l WHERE l.repays_id = f.id AND l.state = 'paid')",
            "held": "SELECT id FROM payments_interception WHERE outcome = ''",
            "answer": "SELECT id FROM payments_returndraft WHERE state <> 'applied'",
            "txn": "SELECT key FROM ledger_txn WHERE NOT sealed",
            "job": "SELECT key, state FROM jobs_job WHERE state <> 'done'",
        }
        found = [f"{what} {row}" for what, question in questions.items() for row in self.ask(question)]
        if self.engine == "SQLite":
            found += [text for (text,) in self.ask("PRAGMA integrity_check") if text != "ok"]
        return found

    def _files(self, var: Path) -> list[str]:
        """Files nothing names: left half written, or kept for something that was rolled back."""
        named = {name for (name,) in self.ask("SELECT stored_as FROM store_keptfile")}
        kept = {str(path.relative_to(var / "files")) for path in (var / "files").rglob("*") if path.is_file()}
        half = [str(path) for path in var.rglob("*.new")]
        return sorted(kept ^ named) + half
