"""Every situation, run through both interpreters: the expected values, and the two runs equal in every column."""

from pathlib import Path

import pytest

from doudi.engine.duck import run
from doudi.law.schemes.dibao import DIBAO
from tests.rules.situations import COUNTY, ROOT, Situation, read

FILES = [*sorted(Path(__file__).parent.glob("*.yaml")), ROOT / "tests" / "golden" / "household.yaml"]
SITUATIONS = [situation for file in FILES for situation in read(file)]


def ident(situation: Situation) -> str:
    return f"{situation.id} {situation.title}"


def expected(situation: Situation) -> list[tuple[str, int, str, object]]:
    return [
        (entity, number, name, value)
        for entity, rows in situation.expect.items()
        for number, row in enumerate(rows)
        for name, value in row.items()
    ]


@pytest.mark.parametrize("situation", SITUATIONS, ids=ident)
def test_one_household_comes_out_as_the_source_says(situation: Situation) -> None:
    values = situation.outcome().values
    found = [(entity, n, name, values[entity][n][name]) for entity, n, name, _ in expected(situation)]
    assert found == expected(situation)
    assert found, "a situation must expect something"


@pytest.mark.parametrize("situation", SITUATIONS, ids=ident)
def test_the_batch_says_the_same(situation: Situation) -> None:
    batch = run(DIBAO, situation.tables(), {COUNTY: situation.parameters}, situation.on)
    values = situation.outcome().values
    for entity, table in batch.items():
        rows = [{name: row[name] for name in table.column_names} for row in values[entity]]
        assert table.to_pylist() == rows


def test_every_worked_example_of_dibao_is_here() -> None:
    stated = {situation.id.split("/")[0] for situation in SITUATIONS}
    assert stated >= {f"W-{number:02d}" for number in [*range(1, 12), 15, 16]}
