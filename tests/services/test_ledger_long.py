"""P08: a year of the books, exported, added up again by a foreign program, and one altered digit found.

DOUDI_LEDGER_LINES says how many entries a month has (60 unless told; the long run is 40,000).
"""

import datetime as dt
import os
import random
import re
import subprocess
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from doudi.records.ledger import queries
from doudi.records.ledger.accounts import GRANTS, expense_of
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.services import post
from tests.services.test_ledger_export import fen

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LINES = int(os.environ.get("DOUDI_LEDGER_LINES", "60"))
SEED = int(os.environ.get("DOUDI_SEED", "8"))
LAST = dt.date(2026, 12, 31)


def year(chance: random.Random) -> None:
    """Twelve months: granted, locked line by line, all but one in fifty paid."""
    for month in range(1, 13):
        on = dt.date(2026, month, 9)
        due = [(month * 1_000_000 + place, chance.randint(1, 99_999)) for place in range(LINES // 2)]
        paid = [line for line in due if line[0] % 50]
        grant = sum(fen for _, fen in due)
        for key, entries in (
            ("grant", [("1001", "D", grant, None), (GRANTS["province"], "C", grant, None)]),
            (
                "payroll.lock",
                [(expense_of("dibao_rural"), "D", grant, None), *(("2001", "C", f, n) for n, f in due)],
            ),
            (
                "payroll.paid",
                [*(("2001", "D", f, n) for n, f in paid), ("1001", "C", sum(f for _, f in paid), None)],
            ),
        ):
            post(key=f"{key}:{month}", kind=key, on=on, memo=f"{month}月", entries=entries)


def hledger(file: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["hledger", "-f", str(file), *command], capture_output=True, text=True, check=False, env=environment
    )


def test_a_year_of_the_books_is_added_up_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    year(chance)
    file, began = tmp_path / "ledger.journal", time.monotonic()
    with file.open("w", encoding="utf-8") as out:
        call_command("ledger", "export", "--format", "hledger", stdout=out)
    written = time.monotonic()
    checked = hledger(file, "check", "-s")
    done = time.monotonic()
    assert (checked.returncode, checked.stderr) == (0, "")
    listed = hledger(file, "balance", "--flat", "--empty", "-O", "csv").stdout
    assert {code: fen(yuan) for code, yuan in re.findall(r':(\d{4}) [^"]*","(-?[\d.]+)', listed)} == (
        queries.balances(LAST)
    )
    assert _altered_digit_found(file, chance)
    with capsys.disabled():
        print(
            f"\nP08 账簿 {Txn.objects.count()} 笔 {Entry.objects.count()} 条分录, 种子 {SEED}: "
            f"导出 {written - began:.1f} 秒 {file.stat().st_size / 2**20:.1f} MB, "
            f"hledger check -s {done - written:.1f} 秒, 合计相同, 改一个数字查出"
        )


def _altered_digit_found(file: Path, chance: random.Random) -> bool:
    text = file.read_bytes()
    places = [match.start() for match in re.finditer(rb"\d(?=\.\d\d CNY)", text)]
    place = chance.choice(places[1:])  # the first is the currency's own declaration
    file.write_bytes(text[:place] + str((int(text[place : place + 1]) + 1) % 10).encode() + text[place + 1 :])
    return hledger(file, "check", "-s").returncode == 1
