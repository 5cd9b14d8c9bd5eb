"""P08 small: a foreign program adds the ledger up again and comes to the same totals; one altered digit is noticed."""

import datetime as dt
import os
import random
import re
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from doudi.exchange.ledger import hledger
from doudi.records.ledger import queries
from doudi.records.ledger.accounts import ACCOUNTS, GRANTS, expense_of
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.services import post

pytestmark = pytest.mark.django_db
SEED = 8
LAST = dt.date(2026, 12, 31)


@pytest.fixture
def year() -> None:
    """Twelve months of two schemes: granted, locked line by line, paid but for a few."""
    chance = random.Random(SEED)
    for month in range(1, 13):
        on = dt.date(2026, month, 9)
        grant = [("1001", "D", 9_000_000, None), (GRANTS["national"], "C", 9_000_000, None)]
        post(key=f"grant:{month}", kind="grant", on=on, memo='中央拨款; 第"一"批 | x', entries=grant)
        for scheme in ("dibao_rural", "tekun_rural"):
            lines = [(month * 1000 + n, chance.randint(1, 99_999)) for n in range(40)]
            lock = [(expense_of(scheme), "D", sum(fen for _, fen in lines), None)]
            lock += [("2001", "C", fen, line) for line, fen in lines]
            post(key=f"lock:{scheme}:{month}", kind="lock", on=on, memo=f"{month}月锁定", entries=lock)
            paid = lines[:-3]
            pay = [("2001", "D", fen, line) for line, fen in paid]
            pay += [("1001", "C", sum(fen for _, fen in paid), None)]
            post(key=f"paid:{scheme}:{month}", kind="paid", on=on, memo=f"{month}月\n发放", entries=pay)


def exported(style: str) -> str:
    out = StringIO()
    call_command("ledger", "export", "--format", style, stdout=out)
    return out.getvalue()


def hledger_says(text: str, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    file = folder / "ledger.journal"
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["hledger", "-f", str(file), *command], capture_output=True, text=True, check=False, env=environment
    )


def test_hledger_comes_to_the_same_totals(
    year: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = exported("hledger")
    checked = hledger_says(text, tmp_path, "check", "-s")
    assert (checked.returncode, checked.stderr) == (0, "")
    listed = hledger_says(text, tmp_path, "balance", "--flat", "--empty", "-O", "csv").stdout
    theirs = {code: fen(yuan) for code, yuan in re.findall(r':(\d{4}) [^"]*","(-?[\d.]+)', listed)}
    ours = queries.balances(LAST)
    assert theirs == ours
    with capsys.disabled():
        print(f"\nP08 seed {SEED}: {Txn.objects.count()} 笔 {Entry.objects.count()} 条分录, hledger 合计相同")


def fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return (-1 if whole.startswith("-") else 1) * (abs(int(whole)) * 100 + int(part.ljust(2, "0")))


def test_hledger_notices_one_altered_digit(year: None, tmp_path: Path) -> None:
    text = exported("hledger")
    places = [match.start() for match in re.finditer(r"\d(?=\.\d\d CNY)", text)]
    for place in random.Random(SEED).sample(places[1:], 5):  # the first is the currency's own declaration
        altered = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        assert hledger_says(altered, tmp_path, "check", "-s").returncode == 1


def test_beancount_text_adds_up_and_says_the_same(year: None) -> None:
    """Read back by its grammar: every transaction balances, and the accounts come to our balances."""
    sums: dict[str, int] = {}
    blocks = re.split(r"\n\n", exported("beancount"))
    for block in blocks[1:]:
        found = [(code, fen(yuan)) for code, yuan in re.findall(r":(\d{4})-\S+  (-?[\d.]+) CNY", block)]
        assert sum(amount for _, amount in found) == 0
        for code, amount in found:
            sums[code] = sums.get(code, 0) + amount
    assert len(blocks) - 1 == Txn.objects.count()
    assert sums == queries.balances(LAST)
    assert r'"中央拨款; 第\"一\"批 | x"' in blocks[1]


def test_the_trial_balance_is_level_on_every_day(year: None) -> None:
    for day in (dt.date(2026, 1, 8), dt.date(2026, 6, 9), LAST):
        lines = queries.trial_balance(day)
        assert sum(line.debit_fen for line in lines) == sum(line.credit_fen for line in lines)
    assert queries.trial_balance(dt.date(2026, 1, 8)) == []
    assert queries.balances(dt.date(2026, 1, 9))["3001"] == -9_000_000


def test_what_is_not_sealed_does_not_count(year: None) -> None:
    before = queries.balances(LAST)
    txn = Txn.objects.create(key="half", kind="lock", on=LAST, memo="半笔")
    Entry.objects.create(txn=txn, line=1, account="1001", side="D", fen=1)
    assert queries.balances(LAST) == before
    assert "半笔" not in exported("hledger")
    assert list(queries.unsealed()) == [txn]


def test_the_totals_of_an_anchor_can_be_counted_again(year: None) -> None:
    then = queries.totals(None)
    post(
        key="later",
        kind="grant",
        on=LAST,
        memo="后来",
        entries=[("1001", "D", 7, None), ("3004", "C", 7, None)],
    )
    assert queries.totals(then) == then
    assert queries.totals(None) != then


def test_a_memo_cannot_break_the_journal() -> None:
    memo = '; 1001\n2026-01-01 x | "y", z'
    entries: list[Any] = [("1001", "D", 1, None), ("3004", "C", 1, None)]
    post(key="k", kind="grant", on=LAST, memo=memo, entries=entries)
    first = exported("hledger").split("\n\n")[1].splitlines()[0]
    assert first == '2026-12-31 * ； 1001 2026-01-01 x ｜ "y"， z'


def test_every_account_has_its_own_name_in_both_programs() -> None:
    names = {hledger.account_name(account) for account in ACCOUNTS.values()}
    assert len(names) == len(ACCOUNTS)
