"""In place on PostgreSQL: over tables, views and queries that are there, one snapshot, nothing left behind."""

from __future__ import annotations

from typing import Any

import psycopg
import pyarrow as pa
import pytest

from doudi.engine import duck, postgres
from doudi.engine.duck import NullInResult
from doudi.engine.plan import Plan
from doudi.engine.postgres import Query
from doudi.law.case import BadCase
from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import when
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.law.units import COUNT, FLAG
from tests.engine.county import county
from tests.engine.servers import Found
from tests.engine.test_engines import ON, tables
from tests.engine.test_refusals import altered, demo

Connection = psycopg.Connection[Any]
TARGETS = ["monthly_total", "counted"]
SETTLED = "SELECT COUNT(*) FROM pg_class WHERE relname LIKE 'doudi%' OR relname LIKE 'result%'"


@pytest.fixture
def database(cluster: Connection) -> Any:
    """A schema with the households in tables as another system would keep them; gone afterwards."""
    given = tables(DIBAO, county(DIBAO, DIBAO.edition(ON), 40, 7, demo()))
    with cluster.transaction():
        cluster.execute("CREATE SCHEMA office")
    with cluster.transaction():
        for name, table in given.items():
            fill(cluster, f"office.{name}", table)
    yield given
    cluster.rollback()
    with cluster.transaction():
        cluster.execute("DROP SCHEMA office CASCADE")


def fill(cluster: Connection, name: str, table: pa.Table) -> None:
    """The table as it may stand there: numbers as narrow as they fit, codes as character varying."""
    kinds = {"bool": "BOOLEAN", "string": "CHARACTER VARYING(40)"}
    columns = ", ".join(f"{one.name} {kinds.get(str(one.type), 'BIGINT')}" for one in table.schema)
    cluster.execute(f"CREATE TABLE {name} ({columns})".encode())
    marks = ", ".join(["%s"] * table.num_columns)
    with cluster.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {name} VALUES ({marks})".encode(),
            [tuple(row.values()) for row in table.to_pylist()],
        )


def in_place(given: Found) -> dict[str, str]:
    return {name: f"office.{name}" for name in given}


def left_over(cluster: Connection) -> int:
    found = cluster.execute(SETTLED).fetchone()
    cluster.commit()
    assert found is not None
    return int(found[0])


def test_tables_in_place_give_what_duckdb_gives(cluster: Connection, database: Found) -> None:
    found = postgres.run(cluster, DIBAO, in_place(database), demo(), ON)
    for name, table in duck.run(DIBAO, database, demo(), ON).items():
        assert found[name].equals(table), name
    assert left_over(cluster) == 0


def test_a_view_a_query_and_an_arrow_table_go_together(cluster: Connection, database: Found) -> None:
    with cluster.transaction():
        cluster.execute("CREATE VIEW office.kept AS SELECT * FROM office.household WHERE household_id <= 20")
    below = "SELECT * FROM office.{} WHERE household_id <= 20 -- a remark"
    asset = database["asset"].filter(pa.compute.field("household_id") <= 20)
    source = {name: Query(below.format(name)) for name in database} | {
        "household": "office.kept",
        "asset": asset,
    }
    found = postgres.run(cluster, DIBAO, source, demo(), ON, TARGETS)
    whole = postgres.run(cluster, DIBAO, in_place(database), demo(), ON, TARGETS)
    assert found["household"].equals(whole["household"].slice(0, 20))


def test_results_stay_as_tables(cluster: Connection, database: Found) -> None:
    into = {"household": "office.result", "person": "office.result_person"}
    counts = postgres.store(cluster, DIBAO, in_place(database), demo(), ON, into, TARGETS)
    assert counts == {"household": 40, "person": database["person"].num_rows}
    total = cluster.execute("SELECT SUM(monthly_total) FROM office.result").fetchone()
    cluster.commit()
    rows = postgres.run(cluster, DIBAO, in_place(database), demo(), ON, TARGETS)["household"]
    assert total is not None
    assert total[0] == pa.compute.sum(rows.column("monthly_total")).as_py() > 0
    with pytest.raises(BadCase, match="已经存在"):
        postgres.store(cluster, DIBAO, in_place(database), demo(), ON, into, TARGETS)
    with pytest.raises(BadCase, match="没有说成员"):
        postgres.store(cluster, DIBAO, in_place(database), demo(), ON, {"household": "office.x"}, TARGETS)


def test_a_failed_run_leaves_nothing_behind(cluster: Connection, database: Found) -> None:
    into = {"household": "office.result", "person": "office.result_person"}
    bad = in_place(database) | {"asset": altered(database, "asset", "household_id", 999)["asset"]}
    with pytest.raises(BadCase, match="找不到所属"):
        postgres.store(cluster, DIBAO, bad, demo(), ON, into, TARGETS)
    with pytest.raises(BadCase, match="已经存在"):
        postgres.store(
            cluster, DIBAO, in_place(database), demo(), ON, into | {"person": "office.person"}, TARGETS
        )
    assert left_over(cluster) == 0


def test_a_run_inside_a_transaction_ends_with_it(cluster: Connection, database: Found) -> None:
    cluster.execute("SELECT 1")
    with pytest.raises(BadCase, match="REPEATABLE READ"):
        postgres.run(cluster, DIBAO, in_place(database), demo(), ON, TARGETS)
    cluster.rollback()
    into = {"household": "office.result", "person": "office.result_person"}
    with cluster.transaction():
        cluster.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        jit = cluster.execute("SHOW jit").fetchone()
        postgres.store(cluster, DIBAO, in_place(database), demo(), ON, into, TARGETS)
        # Twice in one transaction: the first run has cleared its own tables away.
        postgres.run(cluster, DIBAO, database, demo(), ON, TARGETS)
        assert cluster.execute("SHOW jit").fetchone() == jit
        raise psycopg.Rollback
    assert left_over(cluster) == 0


def test_a_source_that_is_not_there_is_named(cluster: Connection, database: Found) -> None:
    for name in ("office.persons", "nowhere.person"):
        with pytest.raises(BadCase, match=rf"库里找不到 person 的录入.*{name.split('.')[0]}"):
            postgres.run(cluster, DIBAO, in_place(database) | {"person": name}, demo(), ON)


def test_money_kept_as_decimals_is_refused(cluster: Connection, database: Found) -> None:
    with cluster.transaction():
        cluster.execute("ALTER TABLE office.income ALTER COLUMN gross TYPE NUMERIC(12, 2)")
    with pytest.raises(BadCase, match="类型应为 int64，现为 numeric"):
        postgres.run(cluster, DIBAO, in_place(database), demo(), ON)


def test_a_null_in_a_result_voids_the_run(
    cluster: Connection, database: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a query ever say NULL, nothing of it is kept."""
    whole = Plan.sql

    def broken(self: Plan, *args: Any, **more: Any) -> str:
        return whole(self, *args, **more).replace("THEN", "THEN NULL +", 1)

    monkeypatch.setattr(Plan, "sql", broken)
    book = Rulebook("one")
    book.input(HOUSEHOLD, "x", unit=COUNT, label="数")

    @book.rule(HOUSEHOLD, cite="试", unit=COUNT, since="2020-01-01")
    def worth(x: int) -> int:
        """值"""
        return when(x > 0, 2, 3)

    rows = pa.Table.from_pylist([{"household_id": 1, "scope": "410482", "x": 1}])
    with pytest.raises(NullInResult, match="household 的“worth”算出了空值"):
        postgres.run(cluster, book.seal(), {"household": rows}, demo(), ON)
    assert left_over(cluster) == 0


def test_text_keys_come_back_as_they_went_in(cluster: Connection) -> None:
    book = Rulebook("named")
    book.input(PERSON, "f", unit=FLAG, label="真假")
    book.count("members", HOUSEHOLD, of=PERSON, where="f", label="人数", cite="试", since="2020-01-01")
    keys = ["10-b", "10-A", 'a,"b"\n', ""]
    tables = {
        "household": pa.table({"household_id": keys, "scope": ["410482"] * 4}),
        "person": pa.table(
            {"household_id": ["10-b", "10-b", ""], "person_id": ["1", "2", "3"], "f": [True, False, True]}
        ),
    }
    found = postgres.run(cluster, book.seal(), tables, demo(), ON)["household"]
    assert found.equals(duck.run(book, tables, demo(), ON)["household"])
    assert found.column("household_id").to_pylist() == sorted(keys)


def test_formulas_do_not_grow_with_the_layers(cluster: Connection) -> None:
    """Sixteen doublings: were each layer written out inside the next, the plan would add 65,536 numbers."""
    book = Rulebook("deep")
    book.input(HOUSEHOLD, "r0", unit=COUNT, label="数")
    for number in range(1, 17):
        names: dict[str, Any] = {}
        exec(f"def r{number}(r{number - 1}):\n    '''值'''\n    return r{number - 1} + r{number - 1}", names)  # noqa: S102
        book.rule(HOUSEHOLD, cite="试", unit=COUNT, since="2020-01-01")(names[f"r{number}"])
    rows = pa.Table.from_pylist([{"household_id": 1, "scope": "410482", "r0": 3}])
    found = postgres.run(cluster, book.seal(), {"household": rows}, demo(), ON, ["r16"])
    assert found["household"].column("r16").to_pylist() == [3 * 2**16]
    query = Query("SELECT 1 AS household_id, CAST('410482' AS TEXT) AS scope, 3 + random()::INT AS r0")
    [text] = postgres.statements(cluster, book, {"household": query}, demo(), ON, ["r16"])["household"]
    plan = cluster.execute(f"EXPLAIN (VERBOSE) {text}".encode()).fetchall()
    cluster.commit()
    assert sum(len(line) for (line,) in plan) < 20_000


def test_the_statement_shown_is_the_statement_run(cluster: Connection, database: Found) -> None:
    """One text, with its sources and parameters in front, that runs by itself."""
    shown = postgres.statements(cluster, DIBAO, in_place(database), demo(), ON, TARGETS)
    assert list(shown) == ["household", "person"]
    [text] = shown["household"]
    for part in ("WITH household AS (", 'FROM "office"."household"', " AS monthly_total"):
        assert part in text
    rows = dict(cluster.execute(text.encode()).fetchall())
    cluster.commit()
    found = postgres.run(cluster, DIBAO, in_place(database), demo(), ON, TARGETS)["household"]
    assert rows == dict(zip(*(column.to_pylist() for column in found.columns), strict=True))
