"""Facts of any number of families as the tables a rulebook asks for: one builder for one case and for the county."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
from django.db.models import Q, QuerySet

from doudi.engine.tables import column_type
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.identity import age_on
from doudi.law.rulebook import Input, Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.records.people.models import Fact, Household, Membership

ITEM_KINDS = {"income": INCOME, "asset": ASSET}
BELIEVED = {Fact.Source.DECLARED: 1, Fact.Source.SEEN: 2, Fact.Source.VERIFIED: 3}


class Known(NamedTuple):
    """一条事实里规则用得到的部分。"""

    id: int
    household_id: int
    person_id: int | None
    kind: str
    code: str
    amount_fen: int | None
    cost_fen: int | None
    number: int | None
    source: str

    @property
    def topic(self) -> tuple[int, int | None, str, str]:
        """说的是同一件事: 逐项的收入财产按项目, 其余按种类。"""
        return (self.household_id, self.person_id, self.kind, self.code if self.kind in ITEM_KINDS else "")


def case_tables(households: QuerySet[Household], on: dt.date, book: Rulebook = DIBAO) -> dict[str, pa.Table]:
    """这些户在某日的规则书录入: 实体名 → Arrow 表; 没有记录的项取通常值, 同一件事取最可信的来源。"""
    ids = households.order_by().values("pk")
    facts = believed(_facts(ids, on))
    rows = {
        HOUSEHOLD: _household_rows(households, facts, book),
        PERSON: _person_rows(ids, facts, on, book),
        INCOME: _income_rows(facts),
        ASSET: _asset_rows(facts),
    }
    return {entity.name: _table(entity, rows[entity], book) for entity in rows}


def _facts(ids: Any, on: dt.date) -> Iterable[Known]:
    current = Fact.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on),
        household__in=ids,
        replaced_by=None,
        void=False,
        from_on__lte=on,
    )
    return map(Known._make, current.order_by("id").values_list(*Known._fields).iterator(chunk_size=20_000))


def believed(facts: Iterable[Known]) -> list[Known]:
    """同一件事有几个来源时, 核对的优先于所见的, 所见的优先于申报的。"""
    best: dict[tuple[Any, ...], int] = {}
    kept: dict[tuple[Any, ...], list[Known]] = {}
    for fact in facts:
        topic, rank = fact.topic, BELIEVED[Fact.Source(fact.source)]
        if rank > best.get(topic, 0):
            best[topic], kept[topic] = rank, []
        if rank == best[topic]:
            kept[topic].append(fact)
    return [fact for group in kept.values() for fact in group]


def _usual(book: Rulebook, entity: Entity) -> dict[str, Any]:
    return {item.name: item.usual for item in book.inputs.values() if item.entity is entity}


def _value(item: Input, fact: Known) -> Any:
    kind = item.unit.kind
    if kind == "code":
        return fact.code
    if kind == "flag":
        return bool(fact.number)
    return fact.amount_fen if fact.amount_fen is not None else fact.number


def _stated(facts: Iterable[Known], book: Rulebook, entity: Entity, key: str) -> Mapping[int, dict[str, Any]]:
    """What the facts say of each row of an entity: input name → value."""
    stated: dict[int, dict[str, Any]] = defaultdict(dict)
    for fact in facts:
        item = book.inputs.get(fact.kind)
        if item is not None and item.entity is entity:
            stated[getattr(fact, key)][item.name] = _value(item, fact)
    return stated


def _household_rows(
    households: QuerySet[Household], facts: list[Known], book: Rulebook
) -> Iterable[dict[str, Any]]:
    usual, stated = _usual(book, HOUSEHOLD), _stated(facts, book, HOUSEHOLD, "household_id")
    for pk, kind, village in households.order_by("pk").values_list("pk", "kind", "village_id"):
        yield {**usual, **stated.get(pk, {}), "household_id": pk, "locality": kind, "scope": village[:6]}


def _person_rows(ids: Any, facts: list[Known], on: dt.date, book: Rulebook) -> Iterable[dict[str, Any]]:
    usual, stated = _usual(book, PERSON), _stated(facts, book, PERSON, "person_id")
    here = Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), household__in=ids, from_on__lte=on
    )
    columns = ("household_id", "person_id", "relation", "person__birth_on")
    for household, person, relation, born in here.order_by("person_id").values_list(*columns).iterator():
        own = {"household_id": household, "person_id": person, "relation": relation, "age": age_on(born, on)}
        yield {**usual, **stated.get(person, {}), **own}


def _income_rows(facts: list[Known]) -> Iterable[dict[str, Any]]:
    for fact in facts:
        if fact.kind == "income":
            yield {
                "income_id": fact.id, "person_id": fact.person_id, "household_id": fact.household_id,
                "income_kind": fact.code, "gross": fact.amount_fen or 0, "cost": fact.cost_fen or 0,
            }  # fmt: skip


def _asset_rows(facts: list[Known]) -> Iterable[dict[str, Any]]:
    for fact in facts:
        if fact.kind == "asset":
            yield {
                "asset_id": fact.id, "household_id": fact.household_id, "asset_kind": fact.code,
                "amount": fact.amount_fen or 0, "exempt": bool(fact.number),
            }  # fmt: skip


def _table(entity: Entity, rows: Iterable[dict[str, Any]], book: Rulebook) -> pa.Table:
    wanted = {member.key: pa.int64() for member in entity.lineage}
    if entity is HOUSEHOLD:
        wanted["scope"] = pa.string()
    wanted |= {item.name: column_type(item) for item in book.inputs.values() if item.entity is entity}
    columns: dict[str, list[Any]] = {name: [] for name in wanted}
    for row in rows:
        for name, values in columns.items():
            values.append(row[name])
    return pa.table({name: pa.array(columns[name], kind) for name, kind in wanted.items()})
