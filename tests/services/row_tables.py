"""The oracle of the rulebook's tables: every fact read as a row and laid in its place by plain Python."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from django.db.models import Q, QuerySet

from doudi.engine.tables import column_type
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.identity import age_on
from doudi.law.rulebook import Input, Rulebook
from doudi.records.checks.tables import Known, believed
from doudi.records.people.models import Fact, Household, Membership

Columns = dict[str, list[Any]]


def row_tables(households: QuerySet[Household], on: dt.date, book: Rulebook) -> dict[str, pa.Table]:
    """The same tables as checks.tables.case_tables, a row and a fact at a time."""
    ids = households.order_by().values("pk")
    facts = believed(_facts(ids, on))
    columns = {
        HOUSEHOLD: _households(households, facts, book),
        PERSON: _persons(ids, facts, on, book),
        INCOME: _incomes(facts),
        ASSET: _assets(facts),
    }
    return {entity.name: _table(entity, columns[entity], book) for entity in columns}


def _facts(ids: Any, on: dt.date) -> Iterable[Known]:
    current = Fact.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on),
        household__in=ids,
        replaced_by=None,
        void=False,
        from_on__lte=on,
    )
    return map(Known._make, current.order_by("id").values_list(*Known._fields).iterator(chunk_size=20_000))


def _value(item: Input, fact: Known) -> Any:
    kind = item.unit.kind
    if kind == "code":
        return fact.code
    if kind == "flag":
        return bool(fact.number)
    return fact.amount_fen if fact.amount_fen is not None else fact.number


def _filled(facts: Iterable[Known], book: Rulebook, entity: Entity, of: str, keys: list[int]) -> Columns:
    items = {item.name: item for item in book.inputs.values() if item.entity is entity}
    columns: Columns = {name: [item.usual] * len(keys) for name, item in items.items()}
    places: dict[int, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    for fact in facts:
        item = items.get(fact.kind)
        if item is not None:
            value = _value(item, fact)
            for place in places.get(getattr(fact, of), ()):
                columns[item.name][place] = value
    return columns


def _households(households: QuerySet[Household], facts: list[Known], book: Rulebook) -> Columns:
    rows = list(households.order_by("pk").values_list("pk", "kind", "village_id"))
    keys = [pk for pk, _, _ in rows]
    return _filled(facts, book, HOUSEHOLD, "household_id", keys) | {
        "household_id": keys,
        "locality": [kind for _, kind, _ in rows],
        "scope": [village[:6] for _, _, village in rows],
    }


def _persons(ids: Any, facts: list[Known], on: dt.date, book: Rulebook) -> Columns:
    here = Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), household__in=ids, from_on__lte=on
    )
    columns = ("household_id", "person_id", "relation", "person__birth_on")
    rows = list(here.order_by("person_id").values_list(*columns))
    keys = [person for _, person, _, _ in rows]
    return _filled(facts, book, PERSON, "person_id", keys) | {
        "household_id": [household for household, *_ in rows],
        "person_id": keys,
        "relation": [relation for _, _, relation, _ in rows],
        "age": [age_on(born, on) for *_, born in rows],
    }


def _incomes(facts: list[Known]) -> Columns:
    mine = [fact for fact in facts if fact.kind == "income"]
    return {
        "income_id": [fact.id for fact in mine],
        "person_id": [fact.person_id for fact in mine],
        "household_id": [fact.household_id for fact in mine],
        "income_kind": [fact.code for fact in mine],
        "gross": [fact.amount_fen or 0 for fact in mine],
        "cost": [fact.cost_fen or 0 for fact in mine],
    }


def _assets(facts: list[Known]) -> Columns:
    mine = [fact for fact in facts if fact.kind == "asset"]
    return {
        "asset_id": [fact.id for fact in mine],
        "household_id": [fact.household_id for fact in mine],
        "asset_kind": [fact.code for fact in mine],
        "amount": [fact.amount_fen or 0 for fact in mine],
        "exempt": [(fact.number or 0) % 2 == 1 for fact in mine],
        "of_single": [(fact.number or 0) // 2 % 2 == 1 for fact in mine],
    }


def _table(entity: Entity, columns: Columns, book: Rulebook) -> pa.Table:
    wanted = {member.key: pa.int64() for member in entity.lineage}
    if entity is HOUSEHOLD:
        wanted["scope"] = pa.string()
    wanted |= {item.name: column_type(item) for item in book.inputs.values() if item.entity is entity}
    rows = len(columns[entity.key])
    usual = {item.name: [item.usual] * rows for item in book.inputs.values() if item.entity is entity}
    return pa.table(
        {name: pa.array(columns.get(name, usual.get(name)), kind) for name, kind in wanted.items()}
    )
