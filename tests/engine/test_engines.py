"""One definition, five runs: scalar, DuckDB, Arrow columns, PostgreSQL and Spark agree in every column, to the fen.

The households are random, the parameter sets reach every branch a county can choose, and the seed of every run is
printed; DOUDI_SEED=… repeats one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from doudi.engine.tables import column_type
from doudi.law.case import Case
from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from tests.engine import random_book
from tests.engine.county import Rows, by_household, county
from tests.engine.policies import all_at_once, each_by_itself
from tests.engine.servers import Engine, Found, arrow_engine, duckdb_engine
from tests.rules.situations import COUNTY, ROOT, read, shipped

pytestmark = [
    pytest.mark.slow,
    # The gateway between Python and Java leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ON = date(2026, 10, 1)
MANY, HUNDREDS, SOME = 2_000, 400, 150
SHAPES = 2
PAID = 20


@pytest.fixture
def seed() -> int:
    """Another one each time, printed; DOUDI_SEED repeats a run."""
    given = os.environ.get("DOUDI_SEED")
    found = int(given) if given else random.SystemRandom().randrange(2**32)
    print(f"DOUDI_SEED={found}")
    return found


@cache
def known(book: str) -> tuple[Case, ...]:
    """The cases of the rulebook's situations."""
    files = sorted((ROOT / "tests" / "rules" / book).glob("*.yaml"))
    return tuple(one.case for file in files for one in read(file, BOOKS[book]))


@pytest.mark.parametrize("run", [duckdb_engine, arrow_engine], ids=["duckdb", "columns"])
@pytest.mark.parametrize("book", BOOKS)
def test_a_run_in_this_process_equals_the_scalar_run(run: Engine, book: str, seed: int) -> None:
    chosen = BOOKS[book]
    policies = each_by_itself(shipped(), COUNTY, chosen.edition(ON), ON, seed)
    agree(run, chosen, policies, MANY, seed)


@pytest.mark.parametrize("book", BOOKS)
def test_postgres_equals_the_scalar_run(book: str, seed: int, postgres_engine: Engine) -> None:
    chosen = BOOKS[book]
    policies = all_at_once(shipped(), COUNTY, chosen.edition(ON), ON, seed)
    agree(postgres_engine, chosen, policies, HUNDREDS, seed)


@pytest.mark.parametrize("book", BOOKS)
def test_spark_equals_the_scalar_run(book: str, seed: int, spark_engine: Engine) -> None:
    chosen = BOOKS[book]
    # Each shape of parameters is a plan of its own to Spark, and planning is what takes it long.
    policies = dict(list(all_at_once(shipped(), COUNTY, chosen.edition(ON), ON, seed).items())[:SHAPES])
    agree(spark_engine, chosen, policies, SOME, seed)


def test_random_formulas_mean_the_same_on_every_engine(engine: Engine, seed: int) -> None:
    """Every word of the language, nested, on negative numbers too."""
    book = random_book.random_book(seed, 6)
    policies = {"chance": random_book.parameters(shipped().resolve(COUNTY, ON))}
    agree(engine, book, policies, SOME, seed)


def agree(
    engine: Engine, book: Rulebook, policies: Mapping[str, Parameters], households: int, seed: int
) -> None:
    """The engine's every column of every row is what the scalar run says, and it makes no rows of its own."""
    rows = county(book, book.edition(ON), households, seed, policies, known(book.id))
    found = engine(book, tables(book, rows), dict(policies), ON)
    keyed = {name: {row[f"{name}_id"]: row for row in table.to_pylist()} for name, table in found.items()}
    compared = paid = 0
    for entity, row in scalar(book, rows, policies):
        other = keyed[entity].pop(row[f"{entity}_id"])
        assert {name: row[name] for name in other} == other, f"seed {seed}: {entity} {row}"
        compared += len(other)
        paid += sum(1 for pay in book.payable if pay.entity.name == entity and row[pay.name])
    assert not any(keyed.values()), f"seed {seed}: the batch made rows of its own"
    print(
        f"{book.id}: {households} households, {len(policies)} parameter sets, {compared} values, {paid} paid"
    )
    assert paid >= PAID or not book.payable, "too few are paid for the comparison to mean much"


def scalar(
    book: Rulebook, rows: dict[str, Rows], policies: Mapping[str, Parameters]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every household as the scalar run leaves it."""
    computed = {item.entity.name for item in book.edition(ON).order}
    for case in by_household(rows).values():
        values = evaluate(book, case, policies[case["household"][0]["scope"]], ON).values
        for entity in computed:
            for row in values[entity]:
                yield entity, row


def tables(book: Rulebook, rows: dict[str, Rows]) -> Found:
    """The rows as Arrow tables of the declared types, also where there are none."""
    kinds = {item.name: column_type(item) for item in book.inputs.values()}
    found: Found = {}
    for entity in book.edition(ON).entities:
        names = [item.name for item in book.inputs.values() if item.entity is entity]
        schema = [(member.key, pa.int64()) for member in entity.lineage]
        schema += [(name, kinds[name]) for name in names]
        schema += [("scope", pa.string())] if entity.parent is None else []
        found[entity.name] = pa.Table.from_pylist(rows[entity.name], pa.schema(schema))
    return found
