"""What the rulebook would give the households of a roster, beside what the roster states."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from doudi.engine import duck
from doudi.engine.tables import column_type
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.identity import age_on
from doudi.law.rulebook import Rulebook
from doudi.records.checks.assessing import RULEBOOKS
from doudi.records.decisions.roster_checks import Family
from doudi.records.policies.queries import parameters, scheme

STATED_INCOME = (
    "other_transfer"  # a roster states one yearly figure, already countable: no cost is taken from it
)


def recomputed(found: Sequence[Family], scheme_id: str, on: dt.date) -> dict[int, int]:
    """按规则书复算的月金额(分), 键是户在 found 里的位置; 录入不全的户不算。

    按人发放的 (特困) 不复算: 名册不写自理能力和供养形式。
    """
    known = scheme(scheme_id)
    book = RULEBOOKS.get(known.rulebook)
    complete = [place for place, one in enumerate(found) if is_complete(one)]
    if book is None or known.unit != "household" or not complete:
        return {}
    rows = _rows(book, [(place, found[place]) for place in complete], known.locality, on)
    tables = {entity.name: _table(book, entity, given) for entity, given in rows.items()}
    scopes = {one.village[:6] for one in found}
    result = duck.run(book, tables, {code: parameters(code, on) for code in scopes}, on, ("monthly_total",))
    totals = result[HOUSEHOLD.name]
    return dict(zip(totals["household_id"].to_pylist(), totals["monthly_total"].to_pylist(), strict=True))


def is_complete(one: Family) -> bool:
    """名册写了年收入, 家里每个人都在名册上, 才复算得出。"""
    row = one.row
    everybody = len(row.members) == row.size and row.family_size in (None, len(row.members))
    return row.income_fen is not None and everybody and one.head is not None


def _rows(
    book: Rulebook, numbered: Sequence[tuple[int, Family]], locality: str, on: dt.date
) -> dict[Entity, list[dict[str, Any]]]:
    rows: dict[Entity, list[dict[str, Any]]] = {HOUSEHOLD: [], PERSON: [], INCOME: [], ASSET: []}
    usual = {entity: _usual(book, entity) for entity in rows}
    for place, one in numbered:
        own = {"household_id": place, "locality": locality, "scope": one.village[:6]}
        rows[HOUSEHOLD].append(usual[HOUSEHOLD] | own)
        for member, relation in zip(one.row.members, one.relations, strict=True):
            person = len(rows[PERSON])
            disability = {"disability": "multiple", "disability_grade": member.disability_grade}
            rows[PERSON].append(
                usual[PERSON]
                | {"person_id": person, "household_id": place, "relation": relation}
                | {"age": age_on(member.born_on, on)}
                | (disability if member.disability_grade else {})
            )
            if member is one.head:
                income = {"income_kind": STATED_INCOME, "gross": one.row.income_fen, "cost": 0}
                rows[INCOME].append(
                    {"income_id": place, "person_id": person, "household_id": place, **income}
                )
    return rows


def _usual(book: Rulebook, entity: Entity) -> dict[str, Any]:
    return {item.name: item.usual for item in book.inputs.values() if item.entity is entity}


def _table(book: Rulebook, entity: Entity, rows: list[dict[str, Any]]) -> pa.Table:
    kinds = {member.key: pa.int64() for member in entity.lineage}
    if entity is HOUSEHOLD:
        kinds["scope"] = pa.string()
    kinds |= {item.name: column_type(item) for item in book.inputs.values() if item.entity is entity}
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})
