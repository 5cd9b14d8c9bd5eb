"""Every engine refuses the same bad tables in the same words, and stops a run that goes wrong with a reason."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from doudi.law.case import BadCase
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON
from doudi.law.language import RuleError, choose, divide, greatest
from doudi.law.packs import MissingParameter, Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import AGE, CODE, COUNT, FEN, FEN_YEAR, FLAG
from tests.engine.county import county
from tests.engine.servers import Engine, Found, duckdb_engine
from tests.engine.test_engines import ON, tables
from tests.rules.situations import COUNTY, shipped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SINCE = "2020-01-01"


def demo() -> dict[str, Parameters]:
    return {COUNTY: shipped().resolve(COUNTY, ON)}


def register() -> Rulebook:
    """A small means test over four levels: what a table may get wrong, and little to plan."""
    book = Rulebook("register", parameters="dibao")
    book.input(PERSON, "age", unit=AGE, label="年龄", domain=(0, 150))
    book.input(PERSON, "dependent", unit=FLAG, label="需要抚养")
    book.input(PERSON, "relation", unit=CODE, label="与户主关系", domain={"head": "户主", "child": "子女"})
    book.input(INCOME, "gross", unit=FEN_YEAR, label="年收入")
    book.input(ASSET, "amount", unit=FEN, label="价值")
    told = {"cite": "试", "since": SINCE}
    book.total("earned", PERSON, of="gross", label="本人收入", **told)
    book.total("income", HOUSEHOLD, of="earned", where="dependent", label="家庭收入", **told)
    book.total("wealth", HOUSEHOLD, of="amount", label="家庭财产", **told)

    @book.rule(HOUSEHOLD, unit=FEN_YEAR, **told)
    def gap(income: int, wealth: int, *, standard: Any) -> int:
        """差额"""
        return greatest(standard.rural - income - wealth, 0)

    return book.seal()


BOOK = register()


def good() -> Found:
    return tables(BOOK, county(BOOK, BOOK.edition(ON), 40, 7, demo()))


def altered(given: Found, entity: str, column: str, value: Any, *, every: bool = False) -> Found:
    """The first row's value replaced, or every row's."""
    table = given[entity]
    old = table.column(column).to_pylist()
    values = [value] * len(old) if every else [value, *old[1:]]
    kind = pa.array([value]).type if every else table.schema.field(column).type
    at = table.column_names.index(column)
    return given | {entity: table.set_column(at, column, pa.array(values, kind))}


BAD = {
    "a NULL": ("person", "age", None, False),
    "a NULL key": ("asset", "household_id", None, False),
    "above the bounds": ("person", "age", 200, False),
    "below the bounds": ("income", "gross", -1, False),
    "a fraction": ("person", "age", 1.5, True),
    "a number for a flag": ("person", "dependent", 1, True),
    "an unknown code": ("person", "relation", "cousin", False),
    "an orphan": ("person", "household_id", 999, False),
    "a repeated key": ("asset", "asset_id", 2, False),
    "no parameters": ("household", "scope", "000000", False),
    "no scope": ("household", "scope", None, False),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_table_is_refused_in_the_same_words(engine: Engine, bad: str) -> None:
    entity, column, value, every = BAD[bad]
    given = altered(good(), entity, column, value, every=every)
    with pytest.raises(BadCase) as said:
        duckdb_engine(BOOK, given, demo(), ON)
    with pytest.raises(BadCase) as other:
        engine(BOOK, given, demo(), ON)
    assert same(str(other.value)) == same(str(said.value))


def same(text: str) -> str:
    """PostgreSQL and Parquet call the type of a column by names of their own."""
    return text.split("，现为")[0]


def test_a_row_under_another_household_than_its_parent_is_refused(engine: Engine) -> None:
    """An income would be counted for the one household by its person and for the other by its own key."""
    given = good()
    person, household = (given["income"].column(name)[0].as_py() for name in ("person_id", "household_id"))
    assert person
    with pytest.raises(BadCase, match="有收入找不到所属的成员"):
        engine(BOOK, altered(given, "income", "household_id", household + 1), demo(), ON)


def test_a_missing_column_is_refused(engine: Engine) -> None:
    given = good()
    with pytest.raises(BadCase, match="成员表缺少列 age"):
        engine(BOOK, given | {"person": given["person"].drop_columns(["age"])}, demo(), ON)
    with pytest.raises(BadCase, match="没有给出家庭"):
        engine(BOOK, {name: table for name, table in given.items() if name != "household"}, demo(), ON)


def test_a_missing_parameter_stops_the_run(engine: Engine) -> None:
    with pytest.raises(MissingParameter, match="dibao"):
        engine(BOOK, good(), {COUNTY: shipped().resolve("110101", ON)}, ON)


def one_rule(body: Any, **inputs: Any) -> Rulebook:
    """A rulebook of one household rule over one input."""
    book = Rulebook("one")
    book.input(HOUSEHOLD, **inputs)
    book.rule(HOUSEHOLD, cite="试", unit=FEN, since=SINCE)(body)
    return book.seal()


def rows(**values: Any) -> Found:
    return {"household": pa.Table.from_pylist([{"household_id": 1, "scope": COUNTY} | values])}


def test_a_zero_divisor_stops_the_run(engine: Engine) -> None:
    def part(y: int) -> int:
        """一份"""
        return divide(100, over=y)

    book = one_rule(part, name="y", unit=COUNT, label="份数")
    assert engine(book, rows(y=3), demo(), ON)["household"].to_pylist() == [{"household_id": 1, "part": 33}]
    with pytest.raises(RuleError, match="除数必须大于零，现为 0"):
        engine(book, rows(y=0), demo(), ON)


def test_a_code_outside_the_choice_stops_the_run(engine: Engine) -> None:
    class Worth:
        a, b = 1, 2

    def worth(c: str) -> int:
        """取值"""
        found: int = choose(c, Worth, among=("a", "b"))
        return found

    book = one_rule(worth, name="c", unit=CODE, label="代码", domain={"a": "甲", "b": "乙", "x": "丙"})
    assert engine(book, rows(c="b"), demo(), ON)["household"].to_pylist() == [{"household_id": 1, "worth": 2}]
    with pytest.raises(RuleError, match="代码不在规则所列各项之中：x"):
        engine(book, rows(c="x"), demo(), ON)


def test_a_number_past_64_bits_stops_the_run(engine: Engine) -> None:
    def product(y: int) -> int:
        """乘积"""
        return y * y * y

    book = one_rule(product, name="y", unit=FEN, label="数")
    with pytest.raises(OverflowError, match="超出 64 位整数"):
        engine(book, rows(y=10**9), demo(), ON)


def test_a_level_with_no_rows_and_a_level_not_given_are_the_same(engine: Engine) -> None:
    given = good()
    empty = {name: table for name, table in given.items() if name == "household"}
    whole = empty | {name: table.slice(0, 0) for name, table in given.items() if name != "household"}
    first, second = engine(BOOK, empty, demo(), ON), engine(BOOK, whole, demo(), ON)
    assert first["household"].to_pylist() == second["household"].to_pylist()
    assert first["household"].num_rows == 40
