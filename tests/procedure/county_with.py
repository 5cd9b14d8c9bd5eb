"""The office in a county that has taken up one of the example procedures."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doudi.law.packs import Packs
from doudi.records.policies import queries
from tests.law.procedures import packs_of


@contextmanager
def county_with(example: str) -> Iterator[Packs]:
    """The golden county has taken up an example procedure, while this lasts."""
    with office_under(packs_of(example)) as packs:
        yield packs


@contextmanager
def office_under(packs: Packs) -> Iterator[Packs]:
    """Every question about the law is answered by these packs while this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "shipped", lambda: packs)
        queries._with_office.cache_clear()
        yield packs
    queries._with_office.cache_clear()
