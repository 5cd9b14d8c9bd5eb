"""What an engine is to a test: a rulebook over Arrow tables, wherever it runs."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pyarrow as pa

from doudi.engine import batch, duck
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook

Found = dict[str, pa.Table]


class Engine(Protocol):
    """Runs every rule of a rulebook over Arrow tables."""

    def __call__(
        self, book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date
    ) -> Found: ...


def duckdb_engine(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
    return duck.run(book, tables, parameters, on)


def arrow_engine(book: Rulebook, tables: Found, parameters: dict[str, Parameters], on: date) -> Found:
    return batch.run(book, tables, parameters, on)
