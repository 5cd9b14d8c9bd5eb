"""The bench runs from end to end on a very small county. What it measures is never asserted: a machine may be busy."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from doudi.demo.bench import clerks, figures
from doudi.demo.bench.counties import SqliteGround
from doudi.demo.bench.measuring import StepFailed
from doudi.demo.bench.pages import FormReader

# The county it measures lies in a folder of its own, so one run says what two would.
pytestmark = pytest.mark.nodb

FIGURES = {
    "demo_load_sqlite", "assess_sqlite", "statistics_sqlite", "simulation_page_sqlite", "payroll_sqlite",
    "payroll_build_sqlite",
    "payroll_lock_sqlite", "page_list_p95_sqlite", "page_detail_p95_sqlite", "page_save_p95_sqlite",
    "page_errors_sqlite",
    "memory_demo_load_sqlite", "memory_assess_sqlite", "memory_statistics_sqlite", "memory_payroll_sqlite",
    "memory_pages_sqlite", "page_cpu_sqlite", "list_slowest_sqlite",
}  # fmt: skip


@pytest.mark.slow
def test_every_figure_is_printed_and_kept() -> None:
    out = StringIO()
    call_command(
        "bench",
        scale=0.004,
        databases=["sqlite"],
        load_runs=1,
        runs=1,
        clerks=2,
        seconds=6,
        no_peer=True,
        stdout=out,
    )
    folder = Path(settings.VAR) / "bench"
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert found.keys() == FIGURES
    for name, facts in found.items():
        assert facts["name"] == name
        assert f"| {name} |" in out.getvalue()
        assert facts["unit"]
        assert facts["commit"]
        assert facts["value"] > 0 or name == "page_errors_sqlite"
    assert found["page_errors_sqlite"]["value"] == 0
    assert not found["page_errors_sqlite"]["note"].startswith("0 次保存")
    assert list(folder.glob("work-*")) == [], "the counties measured on are thrown away"


def test_a_step_that_fails_is_said_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: SqliteGround, folder: Path) -> None:
        raise StepFailed("磁盘满了")

    monkeypatch.setattr(SqliteGround, "__init__", refuse)
    out = StringIO()
    with pytest.raises(CommandError, match="sqlite 的测量没有量成: 磁盘满了") as refused:
        call_command("bench", databases=["sqlite"], no_peer=True, stdout=out)
    assert refused.value.returncode == 1
    assert "| 图 |" in out.getvalue()


def test_a_county_of_no_size_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench", scale=0)
    assert refused.value.returncode == 2


def test_the_ratio_is_above_one_where_doudi_is_ahead() -> None:
    ahead = figures.against("x", "peer", _times(4.0, 9.0, 5.0), _times(2.0, 1.0, 2.5))
    assert (ahead.value, ahead.ratio) == (5.0, 2.5)
    assert "peer ÷ 兜底 = 2.5" in figures.table([ahead])


def _times(*seconds: float) -> dict[str, list[float]]:
    return {"seconds": [*seconds], "cpu": [*seconds]}


def test_a_missed_target_is_said() -> None:
    assert "≤ 2 未达到" in figures.table([figures.middle("x", "s", [2.1], target=2)])
    assert "≤ 2 达到" in figures.table([figures.middle("x", "s", [2.0], target=2)])


@pytest.mark.parametrize(("rank", "value"), [(50, 10), (95, 19), (99, 20), (100, 20)])
def test_a_percentile_is_one_of_the_values(rank: int, value: int) -> None:
    assert clerks.percentile([*range(20, 0, -1)], rank) == value


def test_a_form_is_read_as_a_browser_would_submit_it() -> None:
    page = """
      <form id="other"><input name="q" value="1"></form>
      <form id="entry-form" method="post">
        <input type="hidden" name="version" value="3"><input name="money" value="1,200">
        <input type="password" name="word"><input type="submit" name="go" value="1">
        <input type="checkbox" name="ticked" checked><input type="checkbox" name="open">
        <select name="kind"><option value="">请选择</option><option value="wage" selected>工资</option></select>
        <select name="first"><option value="a">甲</option><option value="b">乙</option></select>
        <textarea name="why">因为</textarea><button name="go" value="1">保存</button>
      </form>"""
    reader = FormReader()
    reader.feed(page)
    form = next(form for form in reader.forms if form.identifier == "entry-form")
    assert form.with_values(money="88") == [
        ("version", "3"), ("money", "88"), ("word", ""), ("ticked", "on"), ("kind", "wage"), ("first", "a"),
        ("why", "因为"),
    ]  # fmt: skip
