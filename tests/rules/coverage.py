"""What there is of rules, parameters and situations, and who speaks of whom: for docs/rules.md and its guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from doudi.law.library import BOOKS
from doudi.law.pack_files import Declaration
from doudi.law.rulebook import Edition, Rulebook
from doudi.law.rules import Lift, Rule
from doudi.law.wording import code_names
from tests.rules.situations import Situation, everything, shipped

TABLES = "exclusion"  # declared by the exclusion table itself, one leaf a pair of schemes


@dataclass(frozen=True)
class Entry:
    """One version of one rule or lift, under the first book that has it, with the situations that name it."""

    book: Rulebook
    item: Rule | Lift
    edition: Edition
    situations: tuple[Situation, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The parameters its formula may use."""
        return tuple(sorted(self.item.expr.leaves("parameter"))) if isinstance(self.item, Rule) else ()


@cache
def situations() -> tuple[Situation, ...]:
    """Every situation of every book."""
    return tuple(everything())


@cache
def entries() -> tuple[Entry, ...]:
    """Every version of every rule once, however many books include it."""
    named = _named()
    found: dict[int, Entry] = {}
    for book in BOOKS.values():
        for edition in editions(book):
            for item in edition.order:
                known = tuple(named.get(id(item), ()))
                found.setdefault(id(item), Entry(book, item, edition, known))
    return tuple(found.values())


def editions(book: Rulebook) -> Iterator[Edition]:
    """The rules of a book as they stood from each day on which one began."""
    return (book.edition(day) for day in book.starts)


def _named() -> dict[int, list[Situation]]:
    named: dict[int, list[Situation]] = {}
    for situation in situations():
        by_name = situation.book.edition(situation.on).by_name
        for name in sorted(situation.names):
            if name in by_name:
                named.setdefault(id(by_name[name]), []).append(situation)
    return named


def declared() -> Mapping[str, Declaration]:
    """Parameters as the packs declare them, without the leaves of the exclusion table."""
    return {path: one for path, one in shipped().declared.items() if not path.startswith(f"{TABLES}.")}


@cache
def users() -> Mapping[str, tuple[Entry, ...]]:
    """Parameter path → the rules that may use it."""
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        for path in entry.paths:
            found.setdefault(path, []).append(entry)
    return {path: tuple(rules) for path, rules in found.items()}


@cache
def list_names() -> Mapping[str, Mapping[str, str]]:
    """Path of a list of codes → what its codes are called, from the input the rules hold it against."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in entries():
        if isinstance(entry.item, Rule):
            found |= code_names(entry.item.expr, entry.edition.told)
    return found
