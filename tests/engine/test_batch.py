"""Column by column in memory: every column of every row is what the scalar run says, for every rulebook."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.engine import batch
from doudi.law.library import BOOKS
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from tests.engine import random_book
from tests.engine.policies import each_by_itself
from tests.engine.servers import Found
from tests.engine.test_engines import MANY, SOME, agree, seed
from tests.rules.situations import COUNTY, shipped

__all__ = ["seed"]
ON = date(2026, 10, 1)


def batch_engine(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
    return batch.run(book, tables, parameters, on)


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS)
def test_columns_equal_the_scalar_run(book: str, seed: int) -> None:
    chosen = BOOKS[book]
    policies = each_by_itself(shipped(), COUNTY, chosen.edition(ON), ON, seed)
    agree(batch_engine, chosen, policies, MANY, seed)


def test_random_formulas_mean_the_same(seed: int) -> None:
    """Every word of the language, nested, on negative numbers too."""
    book = random_book.random_book(seed, 6)
    policies = {"chance": random_book.parameters(shipped().resolve(COUNTY, ON))}
    agree(batch_engine, book, policies, SOME, seed)
