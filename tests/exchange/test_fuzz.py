"""打乱的文件只有两种下场：读出来，或者说明白为什么不收；没有第三种。"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.exchange.bank.batches import BankFileRefused
from doudi.exchange.bank.returns import read_return
from doudi.exchange.sheets.grid import Sheet, Workbook
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.reading import read_grid
from doudi.exchange.sheets.roster import read_roster
from tests.exchange.fuzz_worker import mutated, seeds
from tests.exchange.rosters import ON, identity_number

ROOT = Path(__file__).parents[2]
CASES = 1_000
SEED = 20261105

words = st.sampled_from(
    ["户主", "姓名", "身份证号码", "补差", "与户主关系", "享受人数", "合计", "小计", "同上", "共3户", "李庄村", "账号",
     identity_number(1), identity_number(2), "100", "1,0", "一级", "2026-01-05", "批次号", "", " "]
)  # fmt: skip
values = st.one_of(
    words, st.none(), st.text(max_size=8), st.floats(), st.booleans(), st.integers(-5, 10**18), st.dates()
)


def test_a_thousand_mutated_files_are_read_or_refused() -> None:
    outcomes: Counter[str] = Counter()
    first = 1
    while first <= CASES:
        command = [sys.executable, "-m", "tests.exchange.fuzz_worker", str(first), str(CASES), str(SEED)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        for line in done.stdout.splitlines():
            case, outcome = line.split()
            outcomes[outcome] += 1
            assert outcome != "ESCAPED", f"case {case}, seed {SEED}\n{done.stderr}"
            first = int(case) + 1
        if first <= CASES:
            # The parser took the worker with it: that file is what the child process is for.
            assert done.returncode < 0 or "MemoryError" in done.stderr, done.stderr
            outcomes["killed"] += 1
            first += 1
    print(f"seed {SEED}: {dict(outcomes)}")
    assert sum(outcomes.values()) == CASES
    assert min(outcomes["read"], outcomes["refused"]) > CASES // 10


def test_mutated_files_through_the_real_child() -> None:
    dice = random.Random(SEED)
    for content, filename in seeds() * 4:
        with suppress(UploadRefused):
            read_roster(read_grid(mutated(content, dice), filename), on=ON)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.lists(st.lists(values, max_size=9), max_size=12))
def test_any_grid_at_all_is_read_or_refused(rows: list[list[object]]) -> None:
    header = ["户主", "身份证号码", "补差", "享受人数", "账号", "起始时间", "村", "残疾等级", "出生日期"]
    for grid in (rows, [header, *rows], [["姓名", "与户主关系", *header[1:]], *rows]):
        sheet = Sheet("表", tuple(tuple(row) for row in grid))  # type: ignore[arg-type]
        for read in (read_roster, read_return):
            with suppress(UploadRefused, BankFileRefused):
                read(Workbook("a", "", (sheet,)), on=ON)  # type: ignore[operator]
