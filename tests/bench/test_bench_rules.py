"""The rules bench: its model is frozen, its registers repeat, and it runs from end to end. No time is asserted."""

import json
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from doudi.demo.bench.rules import measuring, steps
from doudi.demo.bench.rules.contenders import ContenderFailed
from doudi.demo.bench.rules.model import AREA, FROZEN, ON, TARGET, parameters
from doudi.demo.bench.rules.register import write_frozen, write_register
from doudi.engine import batch, duck, files
from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS

pytestmark = pytest.mark.nodb

FIGURES = {
    "rules_household_frozen", "rules_household_dibao", "rules_compile_300", "rules_file_2k",
    "memory_rules_file_2k", "rules_memory_2k", "rules_duckdb_2k", "memory_rules_duckdb_2k", "rules_raise_2k",
    "memory_rules_raise_2k",
}  # fmt: skip


def test_the_model_is_frozen() -> None:
    """A change here makes every published figure incomparable, and the peers and the oracle wrong."""
    edition = FROZEN.edition(ON)
    assert len(edition.order) == 13
    assert edition.version == "6f226c0bb0ab8b0e"
    assert parameters()[AREA].digest(edition.parameters) == DIGEST


DIGEST = "efbbfc5aad729434cbfa7f8888f2f93907d093dd3567d170125f33baf7b5d766"


def test_a_household_by_hand() -> None:
    """Two persons in the country, worked out with a pencil."""
    case = {
        "household": [{"household_id": 1, "locality": "rural", "savings": 3_067_200}],
        "person": [
            {
                "household_id": 1, "person_id": 1, "age": 71, "wage": 100_003, "pension": 0, "other_income": 0,
                "disability_grade": 0, "is_seriously_ill": False,
            },
            {
                "household_id": 1, "person_id": 2, "age": 30, "wage": 0, "pension": 15_000, "other_income": 1,
                "disability_grade": 2, "is_seriously_ill": True,
            },
        ],
    }  # fmt: skip
    found = evaluate(FROZEN, case, parameters()[AREA], ON).values
    # 1000.03 × 20% = 200.006 → 200.01, but at most 639 × 30% = 191.70.
    assert [row["work_deduction"] for row in found["person"]] == [19_170, 0]
    assert found["household"][0]["income"] == 80_833 + 15_001
    assert found["household"][0]["per_capita"] == 47_917
    assert found["household"][0]["eligible"], "savings at the limit of 639 × 24 × 2 are allowed"
    assert found["household"][0]["base_benefit"] == 32_000  # (639.00 − 479.17) × 2 = 319.66
    assert [row["member_supplement"] for row in found["person"]] == [9_585, 19_170]
    assert found["household"][0][TARGET] == 32_000 + 28_755


def test_the_same_seed_writes_the_same_register_and_another_seed_another(tmp_path: Path) -> None:
    first, again, other = (write_frozen(tmp_path / str(n), 2_000, seed) for n, seed in enumerate((7, 7, 8)))
    for name in ("household", "person"):
        assert pq.read_table(first[name]).equals(pq.read_table(again[name]))
        assert not pq.read_table(first[name]).equals(pq.read_table(other[name]))
    people, homes = pq.read_table(first["person"]), pq.read_table(first["household"])
    sizes = people.group_by("household_id").aggregate([([], "count_all")]).column("count_all").to_pylist()
    assert len(sizes) == homes.num_rows == people.num_rows * 100 // 240
    assert {*sizes} == {1, 2, 3, 4, 5, 6}


def test_every_way_to_run_it_gives_the_same_total(tmp_path: Path) -> None:
    inputs = write_frozen(tmp_path, 5_000, 7)
    tables = {name: pq.read_table(path) for name, path in inputs.items()}
    whole = duck.run(FROZEN, tables, parameters(), ON, [TARGET])["household"].column(TARGET).to_pylist()
    expected = files.Total(len(whole), sum(whole), sum(map(bool, whole)))
    assert files.total_files(FROZEN, inputs, parameters(), ON, [TARGET])[TARGET] == expected
    assert batch.total(FROZEN, tables, parameters(), ON, [TARGET])[TARGET] == expected
    assert len(whole) / 4 < expected.some < len(whole), (
        "both outcomes must be common for the figures to mean much"
    )


@pytest.mark.parametrize("book", BOOKS)
def test_a_register_of_any_rulebook_is_accepted(book: str, tmp_path: Path) -> None:
    chosen = BOOKS[book]
    inputs = write_register(tmp_path, chosen, "410482", 500, 7)
    target = chosen.edition(ON).order[0].name
    try:
        found = files.total_files(chosen, inputs, {"410482": steps.county()}, ON, [target])
    except LookupError:
        pytest.skip("the demo county leaves a parameter of this rulebook open")
    assert isinstance(found, dict)


@pytest.mark.slow
def test_every_figure_is_printed_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    call_command(
        "bench_rules", sizes=[2_000], rounds=1, runs=1, raise_persons=2_000, no_peers=True, stdout=out
    )
    folder = Path(settings.VAR) / "bench"
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*rules_*.json")}
    assert found.keys() == FIGURES
    for name, facts in found.items():
        assert f"| {name} |" in out.getvalue()
        assert facts["value"] > 0
        assert facts["commit"]
    assert list(folder.glob("rules-*")) == [], "the registers measured on are thrown away"


def test_a_peer_that_cannot_be_installed_is_said_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(self: object, peer: str) -> None:
        raise ContenderFailed("没有网络")

    def judged(self: object, folder: Path, results: dict[str, str]) -> None:
        raise ContenderFailed("判官也没有装成")

    monkeypatch.setattr(measuring.Contenders, "install", refuse)
    monkeypatch.setattr(measuring.Contenders, "judged", judged)
    monkeypatch.setattr(measuring, "step", _pretended)
    out = StringIO()
    with pytest.raises(CommandError, match="policyengine 没有装成: 没有网络") as refused:
        call_command("bench_rules", sizes=[2_000], rounds=1, runs=1, raise_persons=2_000, stdout=out)
    assert refused.value.returncode == 1
    assert "| rules_raise_2k |" in out.getvalue()


def _pretended(name: str, **arguments: object) -> dict[str, object]:
    if name == "one_household":
        return {"frozen": {"ms": 0.1, "steps": 17}}
    times = {"seconds": [1.0], "cpu": [1.0], "peak_mib": 1.0, "characters": 1}
    return times | {"households": 1, "persons": 1}


def test_no_persons_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("bench_rules", sizes=[0])
    assert refused.value.returncode == 2


def test_the_oracle_and_the_peers_state_the_same_figures() -> None:
    """The parameters are written out in three other places; none of them may drift from the frozen ones."""
    leaves = {path: leaf.value for path, leaf in parameters()[AREA].leaves.items()}
    folder = Path(settings.ROOT) / "peers" / "rules"
    for name in ("openfisca_model.py", "policyengine_model.py"):
        text = (folder / name).read_text(encoding="utf-8")
        for path in ("frozen.standard.rural", "frozen.standard.urban"):
            assert f"d2026_07_01={leaves[path] / 100:.1f}" in text
        assert f"d2026_07_01={leaves['frozen.supplement.rate.severe_disability'] / 10_000:.1f}" in text
    oracle = (folder / "oracle.py").read_text(encoding="utf-8")
    for path, value in leaves.items():
        assert f"{value:_}" in oracle, path


def test_tables_of_no_rows_total_nothing() -> None:
    empty = {
        "household": pa.table({"household_id": pa.array([], pa.int64()), "scope": pa.array([], pa.string()),
                               "locality": pa.array([], pa.string()), "savings": pa.array([], pa.int64())}),
    }  # fmt: skip
    assert batch.total(FROZEN, empty, parameters(), ON, [TARGET])[TARGET] == files.Total()
