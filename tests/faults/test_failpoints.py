"""P02: the process dies at every named point of the money path; whoever goes on gets what an undisturbed run gets."""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from doudi.store.failpoints import DIED, NAMES, STEPS, VARIABLE, point
from tests.faults.ground import ROOT, Ground, Zygote
from tests.faults.scenes import SCENES

# What money leaves behind, by names that do not depend on how often somebody began.
RUN = "r.month, r.kind, r.correction_no"
OF_RUN = "JOIN payments_payrollrun r ON r.id ="
TABLES = {
    "runs": f"SELECT {RUN}, r.scheme, r.state, r.round, r.lines_count, r.total_fen, r.built_on, r.locked_on, "
    "r.handed_on, r.closed_on FROM payments_payrollrun r",
    "lines": f"SELECT {RUN}, a.amount_fen, l.month, l.amount_fen, l.state, l.number, l.account_last4, l.reason, "
    f"l.paid_on FROM payments_payline l {OF_RUN} l.run_id JOIN awards_award a ON a.id = l.award_id",
    "held months": "SELECT p.month, p.pair, p.person_id FROM payments_paid p",
    "interceptions": 'SELECT a.amount_fen, i.cause, i.outcome, i.reason, i."by" FROM payments_interception i '
    "JOIN payments_payline l ON l.id = i.line_id JOIN awards_award a ON a.id = l.award_id",
    "approvals": f"SELECT {RUN}, p.round, p.step, p.user_id FROM payments_approval p {OF_RUN} p.run_id",
    "shares": f"SELECT {RUN}, s.round, s.level, s.fen FROM payments_allocation s {OF_RUN} s.run_id",
    "bank files": f'SELECT {RUN}, f.format, f.sha256, f.count, f.total_fen, f."by" FROM payments_bankfile f '
    f"{OF_RUN} f.run_id",
    "answers": f"SELECT {RUN}, d.sha256, d.state, d.uploaded_by_id, d.checked_by_id FROM payments_returndraft d "
    f"{OF_RUN} d.run_id",
    "answers taken": f"SELECT {RUN}, f.sha256, f.paid_count, f.failed_count, f.paid_fen FROM payments_returnfile f "
    f"{OF_RUN} f.run_id",
    "answered lines": "SELECT number, result, reason, amount_fen, is_queried FROM payments_returnline",
    "paid by hand": "SELECT signed_on, signed_by, handed_by_id, witness_id FROM payments_handreceipt",
    "releases": "SELECT reason, proposed_by_id, approved_by_id FROM payments_release",
    "recoveries": "SELECT no, state, amount_fen, ordered_by_id, confirmed_by_id, ended_reason FROM payments_recovery",
    "recovered months": "SELECT month, fen, stands_fen FROM payments_recoverymonth",
    "receipts": "SELECT document_no, fen FROM payments_recoveryreceipt",
    "write-offs": "SELECT fen, proposed_by_id, approved_by_id FROM payments_writeoff",
    "books": "SELECT t.kind, t.memo, t.sealed, e.line, e.account, e.side, e.fen FROM ledger_txn t "
    "LEFT JOIN ledger_entry e ON e.txn_id = t.id",
    "jobs": "SELECT key, state, done, total FROM jobs_job",
    "trail": "SELECT actor, action, COUNT(*) FROM audit_event WHERE action <> 'export' GROUP BY actor, action",
    "kept": "SELECT title, sha256, size FROM store_keptfile",
    "anchors": "SELECT day FROM audit_anchor",
}
NOW, WORK = "scene", "work"
# Each death needs a database of its own, which a server takes seconds to copy: some of the points there, drawn anew
# every time; DOUDI_POINTS says how many (`make soak`: all).
POINTS_ON_A_SERVER = int(os.environ.get("DOUDI_POINTS", "30"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def unforced(ground: Ground) -> Iterator[None]:
    """A server that leaves writing to the machine: here only its clients die, and it copies a database a death."""
    ground.set("fsync", "off")
    yield
    ground.set("fsync", "on")


@pytest.fixture
def zygote(ground: Ground, unforced: None) -> Iterator[Zygote]:
    ground.copy(WORK)
    found = ground.zygote(WORK, chunk=4)
    found.must("stage")
    ground.copy(NOW, of=WORK)
    yield found
    found.close()
    for name in (NOW, WORK):
        ground.drop(name)


def money(ground: Ground) -> dict[str, str]:
    """The digest of each table."""
    connection = ground.connected(WORK)
    found = {}
    for name, question in TABLES.items():
        rows = sorted(repr(tuple(row)) for row in connection.execute(question).fetchall())
        found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    connection.close()
    return found


def unnamed(ground: Ground) -> list[str]:
    """Files half written, or kept for what was rolled back."""
    var = ground.folder / WORK
    named = {name for (name,) in ground.ask(WORK, "SELECT stored_as FROM store_keptfile")}
    kept = {str(path.relative_to(var / "files")) for path in (var / "files").rglob("*") if path.is_file()}
    half = [path.name for folder in (var, ground.folder / "keys") for path in folder.rglob("*.new")]
    return sorted(kept - named) + half


@pytest.mark.slow
def test_dead_at_every_point_and_nothing_is_lost_or_done_twice(
    zygote: Zygote, ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    began, deaths = time.monotonic(), 0
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    for place, (act, points) in enumerate(drawn(ground, random.Random(seed))):
        left = {}
        for name in points:
            again(ground)
            assert zygote.do(f"{VARIABLE}={name} scene {place}") == DIED, f"{name}\n{zygote.told()}"
            assert zygote.do(f"scene {place}") == 0, f"{name}\n{zygote.told()}"
            left[name] = money(ground)
            deaths += 1
            if name.startswith(("anchor.", "kept.", "key.")):
                zygote.must("clear_up")
                assert unnamed(ground) == [], name
            forget_files(ground, name)
        again(ground)
        zygote.must(f"scene {place}")
        undisturbed = money(ground)
        for name, found in left.items():
            differing = [table for table in TABLES if found[table] != undisturbed[table]]
            assert not differing, f"{act.__name__}, {name}: {differing}"
        ground.drop(NOW, folder=False)
        ground.copy(NOW, of=WORK)
    zygote.must("verify")
    with capsys.disabled():
        engine = "PostgreSQL" if ground.cluster else "SQLite"
        print(f"\nP02 {engine}: {len(NAMES)} 个中断点, 中断 {deaths} 次, 接着办的结果与不中断的逐表相同, "
              f"种子 {seed}, 用时 {time.monotonic() - began:.0f} 秒")  # fmt: skip


def drawn(ground: Ground, chance: random.Random) -> list[tuple[Callable[..., None], list[str]]]:
    """Every scene with the points to die at in it."""
    every = [(place, name) for place, (_, points) in enumerate(SCENES) for name in points]
    chosen = every
    if ground.cluster and len(every) > POINTS_ON_A_SERVER:
        chosen = chance.sample(every, POINTS_ON_A_SERVER)
    return [
        (act, [name for name in points if (place, name) in chosen])
        for place, (act, points) in enumerate(SCENES)
    ]


def forget_files(ground: Ground, name: str) -> None:
    """Files of the same name would spare the next one the writing."""
    if name.startswith("anchor."):
        shutil.rmtree(ground.folder / WORK / "anchors", ignore_errors=True)
    (ground.folder / "keys" / "scene.key").unlink(missing_ok=True)


def again(ground: Ground) -> None:
    """The work database as it was before the scene."""
    ground.drop(WORK, folder=False)
    ground.copy(WORK, of=NOW)


@pytest.mark.once
def test_every_point_has_a_scene_and_every_name_in_the_code_is_a_point() -> None:
    passed = {name.partition(":")[0] for _, points in SCENES for name in points}
    assert passed == NAMES
    assert len(NAMES) >= 30
    source = [path.read_text(encoding="utf-8") for path in (ROOT / "doudi").rglob("*.py")]
    points = {name for text in source for name in re.findall(r"\bpoint\(\"([^\"]+)\"\)", text)}
    steps = {name for text in source for name in re.findall(r"(?:@|with )step\(\"([^\"]+)\"\)", text)}
    assert points <= NAMES
    assert steps <= set(STEPS)
    told = {name for name in STEPS if name.partition(".")[0] not in ("regular", "backpay", "correction")}
    assert steps == told
    assert points == {name for name in NAMES if not name.startswith("state.")} - {
        f"{name}.{side}" for name in STEPS for side in ("before", "after")
    }


@pytest.mark.once
def test_a_name_nobody_lists_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    point("no.such.place")  # passing costs nothing where nobody asked
    monkeypatch.setenv(VARIABLE, "lock.before")
    with pytest.raises(LookupError, match=r"no\.such\.place"):
        point("no.such.place")


@pytest.mark.once
def test_production_does_not_start_with_a_point_set() -> None:
    command = [sys.executable, "-c", "import doudi.settings.prod"]
    told = os.environ | {VARIABLE: "lock.before"}
    ended = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"{VARIABLE} 只供测试" in ended.stderr
