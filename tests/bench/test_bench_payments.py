"""The bench of a month's money runs from end to end and counts right; what is wrong is said. No time is asserted."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from doudi.demo.bench import figures
from doudi.demo.bench.payments import openimis
from doudi.demo.bench.payments.measuring import NAMES, PaymentsBench, Wanted
from doudi.demo.bench.payments.month import Sent, answer
from doudi.exchange.bank.formats import FORMATS

pytestmark = pytest.mark.nodb


@pytest.mark.slow
def test_a_month_is_paid_counted_and_kept() -> None:
    out = StringIO()
    call_command("bench_payments", awards=[100], databases=["sqlite"], rounds=1, no_peer=True, stdout=out)
    folder = Path(settings.VAR) / "bench"
    found = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*payments_*.json")
    }
    steps = {f"payments_{step}_100_sqlite" for step in (*NAMES, "month", "per_1000", "faults")}
    assert found.keys() == steps | {"memory_payments_100_sqlite"}
    assert found["payments_faults_100_sqlite"]["value"] == 0
    assert all(found[f"payments_{step}_100_sqlite"]["value"] > 0 for step in NAMES)
    assert list(folder.glob("payments-*")) == [], "the counties measured on are thrown away"


def test_the_answer_fails_every_fiftieth_and_may_name_a_stranger() -> None:
    sent: list[Sent] = [(number, f"62{number:017}", 30_000) for number in range(1, 101)]
    right, wrong = (
        FORMATS["csv"].parse_return(answer("B", sent, stranger=stranger), batch_no="B")
        for stranger in (False, True)
    )
    assert [line.line_no for line in right.lines if line.outcome == "失败"] == [50, 100]
    assert {line.line_no for line in wrong.lines} - {line.line_no for line in right.lines} == {101}


def test_what_the_peer_pays_twice_or_takes_in_part_is_counted() -> None:
    assert openimis.faults(_said(), 100) == []
    twice = _said(again={"payments_per_person": {"2": 100}, "made_per_person": {"1": 2, "2": 98}})
    partly = _said(return_with_unknown_line={"changed": 49}, return_mended={"changed": 49})
    assert len(openimis.faults(twice, 100)) == 2
    assert openimis.faults(partly, 100) == ["多一行的回盘入账了 49 笔"]


def _said(**other: dict[str, Any]) -> dict[str, Any]:
    once = {"1": 100}
    return {
        "first": {"payments_per_person": once, "wrong_amounts": 0}, "return_with_unknown_line": {"changed": 0},
        "return_mended": {"changed": 98}, "again": {"payments_per_person": once, "made_per_person": {"1": 98}},
    } | other  # fmt: skip


def test_what_was_counted_wrong_ends_the_bench_with_an_error(tmp_path: Path) -> None:
    bench = PaymentsBench(tmp_path, tmp_path, tmp_path, Wanted((100,), ("sqlite",), 1, False), say=print)
    bench.at = figures.circumstances(Path(settings.ROOT), 1, 0)
    step = {"seconds": 1.0, "cpu": 0.5, "statements": 300}
    told = {"steps": dict.fromkeys(NAMES, step), "peak_mib": 9.0, "faults": ["lines: 99 ≠ 100"]}
    bench._keep_ours(100, "sqlite", [told])
    assert bench.failed == ["100_sqlite: lines: 99 ≠ 100"]


def test_no_awards_are_refused() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench_payments", awards=[0])
    assert refused.value.returncode == 2
