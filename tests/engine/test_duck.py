"""The engine's guards: bad tables are refused, loss floors, NULL never passes, SQL stays readable."""

from datetime import date

import pyarrow as pa
import pytest

from doudi.engine.duck import compile_book, run
from doudi.engine.sql import POSTGRES, SPARK
from doudi.law.case import BadCase
from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.evaluation import evaluate
from doudi.law.language import divide, greatest, to_fen, up_to_yuan, when
from doudi.law.packs import MissingParameter, Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.law.units import COUNT, FEN
from tests.engine.county import county
from tests.rules.situations import COUNTY, shipped

ON = date(2026, 10, 1)
SINCE = "2020-01-01"


@pytest.fixture
def tables() -> dict[str, pa.Table]:
    rows = county(DIBAO, DIBAO.edition(ON), 50, 7, demo())
    return {name: pa.Table.from_pylist(found) for name, found in rows.items() if found}


def demo() -> dict[str, Parameters]:
    return {COUNTY: shipped().resolve(COUNTY, ON)}


def with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("entity", "column", "value", "reason"),
    [
        ("person", "age", None, "空值"),
        ("person", "age", 200, "0 到 150"),
        ("person", "age", 1.5, "类型应为 int64"),
        ("person", "dependent", 1, "类型应为 bool"),
        ("person", "relation", "cousin", "没有“cousin”"),
        ("income", "gross", -1, "年收入"),
        ("person", "household_id", 999, "找不到所属的家庭"),
        ("household", "scope", "000000", "没有给出参数"),
        ("household", "scope", None, "不能为空"),
    ],
)
def test_a_bad_table_is_refused_by_name(tables, entity, column, value, reason) -> None:  # type: ignore[no-untyped-def]
    table = tables[entity]
    values = [value, *table.column(column).to_pylist()[1:]]
    if isinstance(value, float | int) and column != "household_id":
        values = [value] * table.num_rows
    tables[entity] = with_column(table, column, pa.array(values))
    with pytest.raises(BadCase, match=reason):
        run(DIBAO, tables, demo(), ON)


def test_a_missing_column_and_a_repeated_key_are_refused(tables: dict[str, pa.Table]) -> None:
    with pytest.raises(BadCase, match="缺少列 age"):
        run(DIBAO, tables | {"person": tables["person"].drop_columns(["age"])}, demo(), ON)
    twice = pa.concat_tables([tables["household"], tables["household"]])
    with pytest.raises(BadCase, match="household_id 重复"):
        run(DIBAO, tables | {"household": twice}, demo(), ON)


def test_a_missing_parameter_stops_the_batch(tables: dict[str, pa.Table]) -> None:
    with pytest.raises(MissingParameter, match="dibao"):
        run(DIBAO, tables, {COUNTY: shipped().resolve("110101", ON)}, ON)


def test_targets_order_and_memory_limit(tables: dict[str, pa.Table]) -> None:
    found = run(DIBAO, tables, demo(), ON, ["monthly_total"], memory_limit="256MB", threads=1)
    assert list(found) == ["household"]
    assert found["household"].column_names == ["household_id", "monthly_total"]
    assert found["household"].column("household_id").to_pylist() == list(range(1, 51))
    assert str(found["household"].schema.field("monthly_total").type) == "int64"
    assert found["household"].equals(run(DIBAO, tables, demo(), ON, ["monthly_total"])["household"])


def losses() -> Rulebook:
    book = Rulebook("losses")
    book.input(HOUSEHOLD, "x", unit=FEN, label="数", domain=(-(10**15), 10**15))
    book.input(HOUSEHOLD, "y", unit=COUNT, label="除数", domain=(0, 1000))

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def floored(x: int) -> int:
        """向下"""
        return divide(x, over=3)

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def nearest(x: int, y: int) -> int:
        """半分进一"""
        return to_fen(x, over=greatest(y, 1))

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def whole(x: int) -> int:
        """进元"""
        return up_to_yuan(x, over=12)

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def shifted(x: int) -> int:
        """原生整除"""
        return x // 7 + when(x > 0, 1)

    return book.seal()


def test_negative_numbers_floor_on_both() -> None:
    values = [-(10**14) - 1, -10001, -1201, -12, -7, -1, 0, 1, 6, 680405, 10**14]
    rows = [{"household_id": n, "scope": "s", "x": x, "y": n} for n, x in enumerate(values)]
    empty = {"s": shipped().resolve(COUNTY, ON)}
    found = run(losses(), {"household": pa.Table.from_pylist(rows)}, empty, ON)["household"].to_pylist()
    for row, one in zip(rows, found, strict=True):
        values_of = evaluate(losses(), {"household": [row]}, empty["s"], ON).values["household"][0]
        assert {name: values_of[name] for name in one} == one


def test_a_zero_divisor_stops_the_batch_instead_of_becoming_null() -> None:
    book = Rulebook("zero")
    book.input(HOUSEHOLD, "y", unit=COUNT, label="除数")

    @book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)
    def part(y: int) -> int:
        """一份"""
        return divide(100, over=y)

    rows = pa.Table.from_pylist([{"household_id": 1, "scope": "s", "y": 0}])
    with pytest.raises(Exception, match="除数必须大于零"):
        run(book, {"household": rows}, {"s": shipped().resolve(COUNTY, ON)}, ON)


def test_a_household_without_members_is_kept_with_zeros() -> None:
    book = Rulebook("empty")
    book.input(PERSON, "age", unit=COUNT, label="年龄")
    book.count("members", HOUSEHOLD, of=PERSON, label="人数", since=SINCE)
    book.total("ages", HOUSEHOLD, of="age", label="年龄和", since=SINCE)
    book.highest("oldest", HOUSEHOLD, of="age", label="最大", since=SINCE)
    rows = pa.Table.from_pylist([{"household_id": 1, "scope": "s"}])
    found = run(book.seal(), {"household": rows}, {"s": shipped().resolve(COUNTY, ON)}, ON)
    assert found["household"].to_pylist() == [{"household_id": 1, "members": 0, "ages": 0, "oldest": 0}]


def test_the_sql_names_each_rule_as_its_own_column() -> None:
    sql = compile_book(DIBAO, demo(), ON)[0].sql("household")
    for name in ("members", "household_income", "eligible", "top_up", "base_amount", "monthly_total"):
        assert f" AS {name}" in sql
    assert sql.startswith("WITH household_1 AS (")


def test_a_parameter_with_one_value_is_a_named_literal_and_with_two_a_column() -> None:
    one = demo()
    two = one | {"other": one[COUNTY].replaced({"dibao.standard.rural": "9000"})}
    rural = one[COUNTY].value("dibao.standard.rural")
    assert f"{rural} /* dibao.standard.rural */" in compile_book(DIBAO, one, ON)[0].sql("household")
    found = compile_book(DIBAO, two, ON)
    assert [part.parameters for part in found] == [("dibao.standard.rural",)]
    assert '"dibao.standard.rural"' in found[0].sql("household")
    assert " /* dibao.standard.urban */" in found[0].sql("household")


def test_a_layer_carries_only_what_a_later_one_reads() -> None:
    found = compile_book(DIBAO, demo(), ON, ["standard_year"])[0].plan
    assert found.given == {"household": ("household_id", "locality")}
    assert ".*" not in found.sql(HOUSEHOLD)


def test_other_dialects_differ_only_where_they_must() -> None:
    two = demo() | {"other": demo()[COUNTY].replaced({"dibao.standard.rural": "9000"})}
    postgres = compile_book(DIBAO, two, ON, dialect=POSTGRES)[0].sql("household")
    spark = compile_book(DIBAO, two, ON, dialect=SPARK)[0].sql("household")
    assert "//" not in postgres
    assert "//" not in spark
    assert "`dibao.standard.rural`" in spark


def test_a_run_takes_the_edition_of_its_date() -> None:
    book = Rulebook("dated")
    book.input(HOUSEHOLD, "x", unit=FEN, label="数")

    def first(x: int) -> int:
        """旧算法"""
        return x + 1

    def second(x: int) -> int:
        """新算法"""
        return x + 2

    book.rule(HOUSEHOLD, cite="试", unit=FEN, since="2020-01-01", name="y")(first)
    book.rule(HOUSEHOLD, cite="试", unit=FEN, since="2026-07-01", name="y")(second)
    rows = {"household": pa.Table.from_pylist([{"household_id": 1, "scope": "s", "x": 1}])}
    empty = {"s": shipped().resolve(COUNTY, ON)}
    for on, worth in ((date(2026, 6, 30), 2), (date(2026, 7, 1), 3)):
        assert run(book, rows, empty, on)["household"].to_pylist() == [{"household_id": 1, "y": worth}]


def test_three_hundred_rules_stay_one_short_statement() -> None:
    """One layer a step of depth and one column a rule: text that grows faster would not be read or planned."""
    book = Rulebook("many")
    book.input(HOUSEHOLD, "r0", unit=FEN, label="数")
    book.input(HOUSEHOLD, "r1", unit=FEN, label="数")
    for number in range(2, 302):

        def body(a: int, b: int) -> int:
            """值"""
            return when(a > 3, up_to_yuan(a + b, over=12), greatest(b, 0))

        source = f"def r{number}(r{max(0, number - 21)}, r{max(1, number - 20)}):\n    '''值'''\n"
        source += f"    return body(r{max(0, number - 21)}, r{max(1, number - 20)})"
        names: dict[str, object] = {"body": body}
        exec(source, names)  # noqa: S102  (300 functions of different argument names)
        book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)(names[f"r{number}"])  # type: ignore[arg-type]
    found = compile_book(book, demo(), ON)[0]
    sql = found.sql("household")
    print(f"300 rules: {len(found.plan.ctes)} layers, {len(sql)} characters")
    assert len(found.plan.ctes) == 15
    assert sql.count(" AS r") == 300
    assert len(sql) < 300 * 400
