"""From Parquet to Parquet: the same result and refusals as in memory, in any order of rows, nothing half-written."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from doudi.engine import batch, duck, files, parquet, streams
from doudi.engine.what_if import compare, pairs
from doudi.law.case import BadCase
from doudi.law.entities import HOUSEHOLD, INCOME, PERSON
from doudi.law.library import BOOKS
from doudi.law.packs import MissingParameter, Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.law.units import COUNT, FEN
from tests.engine.county import county
from tests.engine.policies import completed
from tests.engine.servers import Found
from tests.engine.test_engines import seed, tables
from tests.rules.situations import COUNTY, shipped

__all__ = ["seed"]
ON = date(2026, 10, 1)
HOUSEHOLDS = 300


def policies() -> dict[str, Parameters]:
    """Two places whose figures differ, and one that chose another method."""
    demo = shipped().resolve(COUNTY, ON)
    richer = demo.replaced({"dibao.standard.rural": "9000.01", "dibao.work.rate": "33.33"})
    return {COUNTY: demo, "richer": richer, "fen": demo.replaced({"dibao.amount.rounding": "fen"})}


@pytest.fixture
def given(seed: int) -> Found:
    return tables(DIBAO, county(DIBAO, DIBAO.edition(ON), HOUSEHOLDS, seed, policies()))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Batches and row groups so small that every run has many."""
    monkeypatch.setattr(streams.of_tables, "__defaults__", (37,))
    monkeypatch.setattr(parquet.read_together, "__defaults__", (37,))
    return


def stored(found: Found, folder: Path, rows: int = 50) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    for name, table in found.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=rows)
    return {name: folder / f"{name}.parquet" for name in found}


def read(paths: dict[str, Path]) -> Found:
    return {name: pq.read_table(path).sort_by(f"{name}_id") for name, path in paths.items()}


def test_files_in_memory_and_duckdb_give_the_same_columns(given: Found, tmp_path: Path) -> None:
    expected = duck.run(DIBAO, given, policies(), ON)
    assert batch.run(DIBAO, given, policies(), ON) == expected
    made = files.run_files(DIBAO, stored(given, tmp_path / "in"), policies(), ON, None, tmp_path / "out")
    assert read(made) == expected
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        f"{name}.parquet" for name in expected
    )


def test_totals_are_those_of_the_result(given: Found, tmp_path: Path) -> None:
    expected = duck.run(DIBAO, given, policies(), ON, ["monthly_total", "counted"])
    found = files.total_files(
        DIBAO, stored(given, tmp_path / "in"), policies(), ON, ["monthly_total", "counted"]
    )
    for name, entity in (("monthly_total", "household"), ("counted", "person")):
        column = expected[entity].column(name).cast(pa.int64())
        some = pc.sum(pc.not_equal(column, pa.scalar(0))).as_py()
        assert found[name] == files.Total(len(column), pc.sum(column).as_py(), some)


def test_rows_in_any_order_and_in_several_files_give_the_same(
    given: Found, seed: int, tmp_path: Path
) -> None:
    expected = duck.run(DIBAO, given, policies(), ON, ["monthly_total", "person_income"])
    dice = random.Random(seed)
    mixed = {
        name: table.take(dice.sample(range(table.num_rows), table.num_rows)) for name, table in given.items()
    }
    assert batch.run(DIBAO, mixed, policies(), ON, ["monthly_total", "person_income"]) == expected
    inputs: dict[str, Path] = {}
    for name, table in mixed.items():
        inputs[name] = tmp_path / name
        inputs[name].mkdir()
        for number in range(3):
            pq.write_table(
                table.slice(number * 40, 40 if number < 2 else None), inputs[name] / f"{number}.parquet"
            )
    made = files.run_files(
        DIBAO, inputs, policies(), ON, ["monthly_total", "person_income"], tmp_path / "out"
    )
    assert read(made) == expected


def with_value(table: pa.Table, name: str, row: int, value: Any) -> pa.Table:
    values = table.column(name).to_pylist()
    values[row] = value
    kind = None if isinstance(value, float) else table.column(name).type
    return table.set_column(table.column_names.index(name), name, pa.array(values, kind))


@pytest.mark.parametrize(
    ("entity", "column", "value"),
    [
        ("person", "age", None),
        ("person", "age", 200),
        ("person", "age", 1.5),
        ("person", "relation", "cousin"),
        ("person", "relation", None),
        ("income", "gross", -1),
        ("person", "household_id", 99_999),
        ("person", "household_id", None),
        ("income", "person_id", 99_999),
        ("person", "person_id", 3),
        ("household", "household_id", 3),
        ("household", "scope", "000000"),
        ("household", "scope", None),
        ("household", "locality", "suburb"),
    ],
)
def test_a_bad_file_is_refused_in_the_same_words(
    given: Found, tmp_path: Path, entity: str, column: str, value: Any
) -> None:
    """The bad row stands in the middle, so that other batches are already worked out when it is met."""
    bad = given | {entity: with_value(given[entity], column, given[entity].num_rows // 2, value)}
    with pytest.raises(BadCase) as expected:
        duck.run(DIBAO, bad, policies(), ON, ["monthly_total"])
    with pytest.raises(BadCase) as in_memory:
        batch.run(DIBAO, bad, policies(), ON, ["monthly_total"])
    with pytest.raises(BadCase) as found:
        files.run_files(
            DIBAO, stored(bad, tmp_path / "in"), policies(), ON, ["monthly_total"], tmp_path / "out"
        )
    assert str(in_memory.value) == str(expected.value)
    if entity == "person" and column.endswith("_id") and value is not None:
        # A person gone astray leaves incomes behind: whichever batch is met first tells.
        assert re.search("找不到所属的|主键 person_id 重复", str(found.value))
    else:
        assert str(found.value) == str(expected.value)
    assert list((tmp_path / "out").iterdir()) == [], "a run that fails leaves nothing"


def test_a_missing_file_column_or_parameter_is_refused(given: Found, tmp_path: Path) -> None:
    inputs = stored(given, tmp_path / "in")
    out = tmp_path / "out"
    with pytest.raises(BadCase, match="没有给出家庭"):
        files.run_files(DIBAO, {"person": inputs["person"]}, policies(), ON, None, out)
    with pytest.raises(BadCase, match="读不了成员（person）的录入"):
        files.run_files(DIBAO, inputs | {"person": tmp_path / "nowhere"}, policies(), ON, None, out)
    (tmp_path / "text.parquet").write_text("不是 Parquet", encoding="utf-8")
    with pytest.raises(BadCase, match=r"读不了成员（person）的录入 text\.parquet"):
        files.run_files(DIBAO, inputs | {"person": tmp_path / "text.parquet"}, policies(), ON, None, out)
    short = stored({"person": given["person"].drop_columns(["age"])}, tmp_path / "short")
    with pytest.raises(BadCase, match="成员表缺少列 age"):
        files.run_files(DIBAO, inputs | short, policies(), ON, None, out)
    with pytest.raises(MissingParameter):
        files.run_files(DIBAO, inputs, {COUNTY: shipped().resolve("110101", ON)}, ON, None, out)


def test_an_earlier_result_is_not_written_over(given: Found, tmp_path: Path) -> None:
    inputs = stored(given, tmp_path / "in")
    made = files.run_files(DIBAO, inputs, policies(), ON, ["eligible"], tmp_path / "out")
    before = made["household"].read_bytes()
    with pytest.raises(BadCase, match="已经存在"):
        files.run_files(DIBAO, inputs, policies(), ON, ["monthly_total"], tmp_path / "out")
    assert made["household"].read_bytes() == before


def test_a_total_too_large_stops_the_run_and_one_that_fits_does_not() -> None:
    """A running sum over many households may wrap; a household's own total must not."""
    book = Rulebook("large")
    book.input(PERSON, "amount", unit=FEN, label="数", domain=(-(2**62), 2**62))
    book.total("all_of_it", HOUSEHOLD, of="amount", label="合计", since="2020-01-01")
    book.seal()
    fits = [(1, 2**62), (1, 2**62 - 1), (2, 2**62), (3, -(2**62)), (3, -(2**62) + 5), (4, 2**62), (5, 2**62)]

    def given(rows: list[tuple[int, int]]) -> Found:
        homes = pa.table({"household_id": [1, 2, 3, 4, 5], "scope": ["s"] * 5})
        people = {"household_id": [row[0] for row in rows], "amount": [row[1] for row in rows]}
        return {"household": homes, "person": pa.table({"person_id": range(len(rows)), **people})}

    empty = {"s": shipped().resolve(COUNTY, ON)}
    found = batch.run(book, given(fits), empty, ON)["household"].column("all_of_it").to_pylist()
    assert found == [2**63 - 1, 2**62, -(2**63) + 5, 2**62, 2**62]
    with pytest.raises(OverflowError, match="64 位"):
        batch.run(book, given([*fits, (5, 2**62)]), empty, ON)


@pytest.mark.parametrize("book", BOOKS)
def test_before_and_after_are_what_two_runs_say(book: str, seed: int) -> None:
    """Every single change of a figure, a code or a flag: the pair equals two runs of their own."""
    chosen = BOOKS[book]
    edition = chosen.edition(ON)
    dice = random.Random(seed)
    demo = completed(shipped().resolve(COUNTY, ON), edition, dice)
    numbers = [
        path for path in edition.parameters if path in demo.leaves and demo.leaves[path].unit.is_number
    ]
    rows = tables(chosen, county(chosen, edition, 60, seed, {COUNTY: demo, "other": demo}))
    names = [pay.name for pay in chosen.payable] or [edition.order[-1].name]
    for path in dice.sample(numbers, min(3, len(numbers))):
        leaf = demo.leaves[path]
        more = replace(
            demo, leaves={**demo.leaves, path: replace(leaf, value=leaf.value + leaf.value // 20 + 1)}
        )
        before, after = {COUNTY: demo, "other": demo}, {COUNTY: more, "other": dice.choice((more, demo))}
        pair = compare(chosen, rows, before, after, ON, names)
        first, second = (duck.run(chosen, rows, one, ON, names) for one in (before, after))
        for entity, table in pair.items():
            for name in names:
                if f"before_{name}" in table.column_names:
                    assert table.column(f"before_{name}").equals(first[entity].column(name)), (path, name)
                    assert table.column(f"after_{name}").equals(second[entity].column(name)), (path, name)


def test_a_pair_works_out_once_what_the_change_does_not_reach(given: Found, tmp_path: Path) -> None:
    before = policies()
    after = {name: one.replaced({"dibao.supplement.rate.elder": "66"}) for name, one in before.items()}
    edition = DIBAO.edition(ON)
    groups = pairs(edition, before, after, ("monthly_total",), ())
    twice = [one.name for one in groups[0].formulas if one.name.endswith("__after")]
    assert "supplement_rate__after" in twice
    assert "household_income__after" not in twice
    assert len(twice) < len(edition.closure(("monthly_total",))) / 3
    pair = compare(
        DIBAO, stored(given, tmp_path / "in"), before, after, ON, ["monthly_total"], carried=["locality"]
    )
    table = pair["household"]
    assert table.column_names == ["household_id", "locality", "before_monthly_total", "after_monthly_total"]
    assert table.column("locality").to_pylist() == given["household"].column("locality").to_pylist()
    second = duck.run(DIBAO, given, after, ON, ["monthly_total"])["household"]
    assert table.column("after_monthly_total").equals(second.column("monthly_total"))


def test_incomes_may_come_in_another_order_than_their_persons() -> None:
    book = Rulebook("order")
    book.input(INCOME, "gross", unit=FEN, label="数")
    book.total("earned", PERSON, of="gross", label="个人", since="2020-01-01")
    book.total("all_earned", HOUSEHOLD, of="earned", label="家庭", since="2020-01-01")
    book.count("heads", HOUSEHOLD, of=PERSON, label="人数", since="2020-01-01", unit=COUNT)
    rows = {
        "household": pa.table({"household_id": [1, 2], "scope": ["s", "s"]}),
        "person": pa.table({"household_id": [1, 1, 2], "person_id": [9, 4, 7]}),
        "income": pa.table(
            {
                "household_id": [1, 1, 1, 2],
                "person_id": [4, 9, 4, 7],
                "income_id": [3, 1, 2, 8],
                "gross": [1, 20, 300, 4000],
            }
        ),
    }
    empty = {"s": shipped().resolve(COUNTY, ON)}
    found = batch.run(book.seal(), rows, empty, ON)
    assert found == duck.run(book, rows, empty, ON)
    assert found["person"].to_pylist()[0] == {"household_id": 1, "person_id": 4, "earned": 301}


def test_an_empty_register_has_an_empty_result(given: Found, tmp_path: Path) -> None:
    none = {name: table.slice(0, 0) for name, table in given.items()}
    found = batch.run(DIBAO, none, policies(), ON)
    for name, table in duck.run(DIBAO, given, policies(), ON).items():
        assert found[name].num_rows == 0
        assert found[name].schema == table.schema
    made = files.run_files(DIBAO, stored(none, tmp_path / "in"), policies(), ON, None, tmp_path / "out")
    assert read(made) == found
