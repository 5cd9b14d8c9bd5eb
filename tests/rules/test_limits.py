"""The largest sums anyone may enter stay inside the whole numbers of a database, in every rulebook and both runs."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from doudi.engine.duck import run
from doudi.law.case import BadCase
from doudi.law.entities import HOUSEHOLD, Entity
from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS
from doudi.law.money import parse_yuan
from doudi.law.rulebook import Rulebook
from tests.rules.situations import COUNTY, shipped
from tests.rules.test_situations import joined

ON = date(2026, 6, 1)
SEED = 20260601
# Far more rows of the largest sum than any household has.
ROWS = {"income": 10, "obligor": 10, "obligor_member": 6, "asset": 60, "held": 6, "bill": 1, "person": 6}
# The branches that multiply most before they divide.
HARD = {
    "dibao.work.method": "standard_share",
    "dibao.work.standard_rate": "100",
    "dibao.support.method": "over_line",
    "dibao.support.line_rate": "500",
    "dibao.support.rate_over_line": "100",
    "dibao.single.method": "by_family",
    "dibao.single.family_multiple": "500",
    "dibao.single.reduced_rate": "100",
    "temporary.expenditure.burden": "share",
    "temporary.expenditure.share": "1000",
}


def largest(book: Rulebook, dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    """A household with every sum at its limit (now and then at its least), flags and codes by chance."""
    entities = book.edition(ON).entities
    case: dict[str, list[dict[str, Any]]] = {entity.name: [] for entity in entities}

    def add(entity: Entity, keys: dict[str, int]) -> None:
        own = keys | {entity.key: len(case[entity.name]) + 1}
        case[entity.name].append(dict(values(book, entity, dice)) | own)
        for child in entities:
            for _ in range(ROWS[child.name] if child.parent is entity else 0):
                add(child, own)

    add(HOUSEHOLD, {})
    case["household"][0]["scope"] = COUNTY
    return case


def values(book: Rulebook, entity: Entity, dice: random.Random) -> Iterator[tuple[str, Any]]:
    for item in book.inputs.values():
        if item.entity is not entity:
            continue
        if item.names is not None:
            yield item.name, dice.choice(list(item.names))
        elif item.unit.kind == "flag":
            yield item.name, dice.random() < 0.5
        else:
            yield item.name, item.bounds[dice.random() < 0.9]


@pytest.mark.parametrize("name", BOOKS)
def test_the_largest_sums_fit_the_database(name: str) -> None:
    book, dice = BOOKS[name], random.Random(SEED)
    parameters = shipped().resolve(COUNTY, ON).replaced(HARD)
    for _ in range(2):
        case = largest(book, dice)
        batch = run(book, joined([case]), {"0": parameters}, ON)
        alone = evaluate(book, case, parameters, ON).values
        for entity, table in batch.items():
            names = [column for column in table.column_names if not column.endswith("_id")]
            assert table.select(names).to_pylist() == [{k: row[k] for k in names} for row in alone[entity]]


def test_a_sum_is_limited_to_what_may_be_written() -> None:
    dibao = BOOKS["dibao"]
    given = dibao.inputs["gross"]
    assert given.bounds == (0, parse_yuan("999999999.99"))
    case = largest(dibao, random.Random(SEED))
    case["income"][0]["gross"] = given.bounds[1] + 1
    with pytest.raises(BadCase, match="年收入"):
        evaluate(dibao, case, shipped().resolve(COUNTY, ON), ON)
