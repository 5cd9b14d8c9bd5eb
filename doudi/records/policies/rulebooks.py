"""A rulebook as it stands somewhere on a day: its edition, its parameters, the SQL a run of it executes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from doudi.engine import duck
from doudi.engine.sql import DUCKDB, POSTGRES, SPARK, Dialect
from doudi.law.completeness import missing
from doudi.law.library import BOOKS
from doudi.law.packs import Parameters
from doudi.law.rulebook import Edition, Rulebook
from doudi.law.rules import Lift, Rule
from doudi.law.wording import code_names
from doudi.records.policies.queries import parameters
from doudi.store.refusal import Refusal

DIALECTS: dict[str, tuple[str, Dialect]] = {
    "duckdb": ("DuckDB", DUCKDB),
    "postgres": ("PostgreSQL", POSTGRES),
    "spark": ("Spark", SPARK),
}


@cache
def list_names() -> Mapping[str, Mapping[str, str]]:
    """代码表参数的路径 → 代码的中文名: 规则拿它和哪个录入比, 就用哪个录入的。"""
    found: dict[str, Mapping[str, str]] = {}
    for book in BOOKS.values():
        for edition in map(book.edition, book.starts):
            for item in edition.order:
                if isinstance(item, Rule):
                    found |= code_names(item.expr, edition.told)
    return found


@cache
def _users() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for book in BOOKS.values():
        for edition in map(book.edition, book.starts):
            for item in edition.order:
                for path in item.expr.leaves("parameter") if isinstance(item, Rule) else ():
                    label = edition.told[item.name].label
                    found.setdefault(path, {})[book.id, item.name, label] = None
    return {path: tuple(rules) for path, rules in found.items()}


def users_of(path: str) -> tuple[tuple[str, str, str], ...]:
    """用到一项参数的规则: (规则书, 规则名, 中文名)。"""
    return _users().get(path, ())


class UnknownRulebook(Refusal):
    """没有这本规则书。"""


@dataclass(frozen=True)
class Standing:
    """某地某日的一本规则书: 规则版本和参数指纹与测算存下的是同一种算法。"""

    book: Rulebook
    on: dt.date
    edition: Edition
    parameters: Parameters

    @property
    def digest(self) -> str:
        return self.parameters.digest(self.edition.parameters)

    @cached_property
    def missing(self) -> frozenset[str]:
        """这一天算得起来还缺的参数的路径; 没有选的算法所用的不算。"""
        return frozenset(one.path for one in missing(self.book, self.parameters))

    def label(self, path: str) -> str:
        """参数的中文名。"""
        declared = self.parameters.declared.get(path)
        return declared.label if declared else path


@dataclass(frozen=True)
class Start:
    """规则的一个起用日: 那天的版本, 新起的和改了的 (新, 旧)。"""

    on: dt.date
    version: str
    new: tuple[Rule | Lift, ...]
    changed: tuple[tuple[Rule | Lift, Rule | Lift], ...]


def standing(book_id: str, area_code: str, on: dt.date) -> Standing:
    """取某地某日的一本规则书。Raises UnknownRulebook; UnknownValue where no rule had begun."""
    if book_id not in BOOKS:
        raise UnknownRulebook(f"没有“{book_id}”这本规则书, 现有 {'、'.join(BOOKS)}")
    book = BOOKS[book_id]
    return Standing(book, on, book.edition(on), parameters(area_code, on))


def run_sql(found: Standing, dialect: str) -> dict[str, str]:
    """批量执行的 SQL, 每一级一条, 上级在前: 级名 → 全文。Raises MissingParameter."""
    scope = found.parameters.area_code[:6]
    compiled = duck.compile_book(
        found.book, {scope: found.parameters}, found.on, dialect=DIALECTS[dialect][1]
    )[0]
    above_first = [entity for entity in found.edition.entities if entity in compiled.plan.targets]
    return {entity.label: compiled.plan.sql(entity) for entity in above_first}


def starts(book: Rulebook) -> list[Start]:
    """各个起用日, 新的在前。"""
    found = []
    before: Edition | None = None
    for day in book.starts:
        edition = book.edition(day)
        known = before.by_name if before else {}
        new = tuple(item for item in edition.order if item.name not in known)
        changed = tuple(
            (item, known[item.name])
            for item in edition.order
            if item.name in known and known[item.name] is not item
        )
        found.append(Start(day, edition.version, new, changed))
        before = edition
    return found[::-1]
