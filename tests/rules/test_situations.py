"""Every situation, run through both interpreters: the expected values, and the two runs equal in every column."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from doudi.engine.duck import run
from doudi.law.library import BOOKS
from tests.rules.situations import Situation, everything

SITUATIONS = everything()


def ident(situation: Situation) -> str:
    return f"{situation.book.id}: {situation.id} {situation.title}"


def expected(situation: Situation) -> list[tuple[str, int, str, object]]:
    return [
        (entity, number, name, value)
        for entity, rows in situation.expect.items()
        for number, row in enumerate(rows)
        for name, value in row.items()
    ]


@pytest.mark.parametrize("situation", SITUATIONS, ids=ident)
def test_one_household_comes_out_as_the_source_says(situation: Situation) -> None:
    outcome = situation.outcome()
    found = [(entity, n, name, outcome.values[entity][n][name]) for entity, n, name, _ in expected(situation)]
    assert found == expected(situation)
    told = {name: outcome.step(name).arithmetic for name in situation.steps}
    assert told == situation.steps
    assert found or told, "a situation must expect something"


@pytest.mark.parametrize("book", BOOKS)
def test_the_batch_says_the_same(book: str) -> None:
    """All situations of one book and day in one batch, each its own scope: every column equals the single runs."""
    mine = [situation for situation in SITUATIONS if situation.book.id == book]
    days = sorted({situation.on for situation in mine})
    compared = sum(compare(day, [one for one in mine if one.on == day]) for day in days)
    assert compared >= 5 * len(mine) > 0


def compare(day: date, situations: list[Situation]) -> int:
    tables = joined([situation.case for situation in situations])
    scopes = {str(number): situation.parameters for number, situation in enumerate(situations)}
    batch = run(situations[0].book, tables, scopes, day)
    wanted = [situation.outcome().values for situation in situations]
    for entity, table in batch.items():
        names = [name for name in table.column_names if not name.endswith("_id")]
        rows = [{name: row[name] for name in names} for values in wanted for row in values[entity]]
        assert table.select(names).to_pylist() == rows
    return sum(table.num_rows * table.num_columns for table in batch.values())


def joined(cases: list[dict[str, list[dict[str, Any]]]]) -> dict[str, pa.Table]:
    """Cases with their keys moved apart (case n's keys start at 1000 n), each household in scope n."""
    merged: dict[str, list[dict[str, Any]]] = {}
    for number, case in enumerate(cases):
        for entity, rows in case.items():
            moved = [
                {k: v + 1000 * number if k.endswith("_id") else v for k, v in row.items()} for row in rows
            ]
            scoped = [row | {"scope": str(number)} if entity == "household" else row for row in moved]
            merged.setdefault(entity, []).extend(scoped)
    return {entity: pa.Table.from_pylist(rows) for entity, rows in merged.items() if rows}


def test_every_situation_has_its_own_id() -> None:
    ids = [(situation.book.id, situation.id) for situation in SITUATIONS]
    assert len(set(ids)) == len(ids)
