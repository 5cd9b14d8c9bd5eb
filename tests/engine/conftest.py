"""The databases the engines run on in tests: one PostgreSQL and one Spark a session, started when first asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from doudi.demo.private_postgres import PrivateCluster
from doudi.engine import files, postgres, spark
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from tests.engine.servers import Engine, Found, arrow_engine, duckdb_engine

# Spark's bridge says goodbye after pytest has closed its output; nobody needs to hear it.
logging.getLogger("py4j").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def cluster() -> Iterator[psycopg.Connection[Any]]:
    with (
        PrivateCluster(fsync="off", synchronous_commit="off") as server,
        psycopg.connect(server.url()) as found,
    ):
        yield found


@pytest.fixture(scope="session")
def postgres_engine(cluster: psycopg.Connection[Any]) -> Engine:
    def run(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
        return postgres.run(cluster, book, tables, parameters, on)

    return run


def written(tables: Found, folder: Path) -> dict[str, Path]:
    """The tables as Parquet files."""
    inputs = {name: folder / f"{name}.parquet" for name in tables}
    for name, table in tables.items():
        pq.write_table(table, inputs[name])
    return inputs


def read(made: Mapping[str, str | Path]) -> Found:
    """Written results, in the order of the others."""
    return {name: pq.read_table(path).sort_by(f"{name}_id") for name, path in made.items()}


@pytest.fixture(scope="session")
def files_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    def run(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
        folder = tmp_path_factory.mktemp("files")
        return read(files.run_files(book, written(tables, folder), parameters, on, None, folder / "out"))

    return run


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    try:
        found = spark.session(memory="2g")
    except spark.SparkMissing as missing:
        pytest.skip(f"Spark 没有测: {missing}")
    yield found
    found.stop()


@pytest.fixture(scope="session")
def spark_engine(spark_session: Any, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    def run(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
        folder = tmp_path_factory.mktemp("spark")
        inputs = written(tables, folder)
        return read(spark.run_files(book, inputs, parameters, on, None, folder / "out", spark=spark_session))

    return run


ENGINES = {
    "duckdb": duckdb_engine,
    "arrow": arrow_engine,
    "files": "files_engine",
    "postgres": "postgres_engine",
    "spark": "spark_engine",
}


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn; a server starts only for the tests that ask for it."""
    found = ENGINES[request.param]
    engine: Engine = request.getfixturevalue(found) if isinstance(found, str) else found
    return engine
