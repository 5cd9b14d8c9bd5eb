"""On Spark: whole results or none, plain words when it is not there, and nothing of it in the way of those without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from doudi.engine import duck, spark
from doudi.engine.duck import NullInResult
from doudi.engine.plan import Plan
from doudi.law.case import BadCase
from tests.engine.conftest import read, written
from tests.engine.servers import Found
from tests.engine.test_engines import ON
from tests.engine.test_refusals import BOOK, demo, good

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TARGETS = ["gap", "earned"]


def run(given: Found, folder: Path, session: Any) -> dict[str, str]:
    return spark.run_files(BOOK, written(given, folder), demo(), ON, TARGETS, folder / "out", spark=session)


def in_memory(given: Found) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = duck.run(BOOK, given, demo(), ON, TARGETS)["household"].to_pylist()
    return found


def test_results_are_written_whole_and_once(spark_session: Any, tmp_path: Path) -> None:
    given = good()
    made = run(given, tmp_path, spark_session)
    assert read(made)["household"].to_pylist() == in_memory(given)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["household", "person"]
    with pytest.raises(BadCase, match="已经存在"):
        run(given, tmp_path, spark_session)
    assert read(made)["household"].num_rows == 40


def test_a_folder_of_files_is_one_table(spark_session: Any, tmp_path: Path) -> None:
    given = good()
    inputs = written(given, tmp_path)
    inputs["person"].unlink()
    inputs["person"].mkdir()
    for number in range(0, given["person"].num_rows, 20):
        pq.write_table(given["person"].slice(number, 20), inputs["person"] / f"{number}.parquet")
    made = spark.run_files(BOOK, inputs, demo(), ON, TARGETS, tmp_path / "out", spark=spark_session)
    assert read(made)["household"].to_pylist() == in_memory(given)


def test_a_null_in_a_result_leaves_nothing(
    spark_session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a query ever say NULL, nothing of it is kept."""
    whole = Plan.sql

    def broken(self: Plan, *args: Any, **more: Any) -> str:
        return whole(self, *args, **more).replace("\n    gap\n", "\n    NULLIF(gap, gap) AS gap\n")

    monkeypatch.setattr(Plan, "sql", broken)
    with pytest.raises(NullInResult, match="household 的“gap”算出了空值"):
        run(good(), tmp_path, spark_session)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_is_not_there_is_named(spark_session: Any, tmp_path: Path) -> None:
    inputs = written(good(), tmp_path) | {"person": tmp_path / "nobody.parquet"}
    with pytest.raises(BadCase, match=r"读不了 person 的录入.*nobody\.parquet"):
        spark.run_files(BOOK, inputs, demo(), ON, TARGETS, tmp_path / "out", spark=spark_session)


def test_the_session_it_is_given_keeps_its_settings(spark_session: Any, tmp_path: Path) -> None:
    """A cluster's session is the cluster's: views and settings of a run stay in the run's own."""
    before = spark_session.conf.get("spark.sql.session.timeZone")
    partitions = spark_session.conf.get("spark.sql.shuffle.partitions")
    run(good(), tmp_path, spark_session)
    assert spark_session.conf.get("spark.sql.session.timeZone") == before
    assert spark_session.conf.get("spark.sql.shuffle.partitions") == partitions
    assert spark_session.catalog.listTables() == []


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(spark.SparkMissing, match=r"requirements-spark\.lock"):
        spark.session()


@pytest.mark.parametrize(
    ("version", "said"),
    [(None, "没有找到 Java"), ('openjdk version "11.0.2"', "Java 不合用.*11"), ("", "没有回答")],
)
def test_without_a_fitting_java_it_says_what_to_install(
    version: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if version is not None:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\nprintf '%s' '{version}' >&2\n", encoding="utf-8")
        java.chmod(0o755)
    with pytest.raises(spark.SparkMissing, match=f"{said}.*default-jre-headless"):
        spark.session()


def test_nothing_of_doudi_needs_pyspark() -> None:
    """Importing every engine loads none of it."""
    code = (
        "import sys, doudi.engine.spark; assert not any(name.startswith('pyspark') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
