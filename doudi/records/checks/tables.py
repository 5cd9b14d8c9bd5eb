"""Facts of any number of families as the tables a rulebook asks for: one builder for one case and for the county.

Columns come whole out of the database and are laid out by Arrow: a county's hundred and fifty thousand facts take a
third of the second that rows in Python would take.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q, QuerySet

from doudi.engine.tables import column_type
from doudi.law.entities import ASSET, HELD, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.rulebook import Input, Rulebook
from doudi.law.schemes.dibao import DIBAO
from doudi.records.checks.beside import Rows, abilities, overlaid, rows_beside
from doudi.records.people.models import Fact, Household, Membership
from doudi.store.columns import read_columns

ITEM_KINDS = {"income": INCOME, "asset": ASSET}
BELIEVED: dict[str, int] = {Fact.Source.DECLARED: 1, Fact.Source.SEEN: 2, Fact.Source.VERIFIED: 3}
Columns = dict[str, Any]
NUMBER, WORD = pa.int64(), pa.string()
FACT = {
    "id": NUMBER, "household_id": NUMBER, "person_id": NUMBER, "kind": WORD, "code": WORD, "amount_fen": NUMBER,
    "cost_fen": NUMBER, "number": NUMBER, "source": WORD,
}  # fmt: skip
MEMBER = {"household_id": NUMBER, "person_id": NUMBER, "relation": WORD, "person__birth_on": pa.date32()}
HOME = {"pk": NUMBER, "kind": WORD, "village_id": WORD}
ZERO = pa.scalar(0, NUMBER)
# What the number of a thing owned says, added up: necessary to live by, belongs to who applies alone.
EXEMPT, OF_SINGLE = 1, 2


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


def believed(facts: Iterable[Known]) -> list[Known]:
    """同一件事有几个来源时, 核对的优先于所见的, 所见的优先于申报的; 先后不变。"""
    told = list(facts)
    best: dict[tuple[Any, ...], int] = {}
    for fact in told:
        topic, rank = fact.topic, BELIEVED[fact.source]
        if rank > best.get(topic, 0):
            best[topic] = rank
    return [fact for fact in told if BELIEVED[fact.source] == best[fact.topic]]


def case_tables(
    households: QuerySet[Household],
    on: dt.date,
    book: Rulebook = DIBAO,
    facts: pa.Table | None = None,
) -> dict[str, pa.Table]:
    """这些户在某日的规则书录入: 实体名 → Arrow 表; 没有记录的项取通常值, 同一件事取最可信的来源。

    `facts` are the day's facts of at least these households where the caller has them; else they are read.
    """
    ids = households.order_by().values("pk")
    homes = read_columns(households, HOME).sort_by("pk")
    if facts is None:
        facts = read_columns(_current(ids, on), FACT)
    else:
        facts = facts.filter(pc.is_in(facts["household_id"], value_set=homes["pk"].combine_chunks()))
    told = _Facts(_most_believed(facts))
    columns = {
        HOUSEHOLD: _households(homes, told, book),
        PERSON: _persons(ids, told, on, book),
        INCOME: _incomes(told),
        ASSET: _assets(told),
    }
    for entity, rows in rows_beside(ids, book, on).items():
        columns[entity] = _laid_out(entity, rows, columns[PERSON])
    return {entity.name: _table(entity, columns[entity], book) for entity in columns}


def _laid_out(entity: Entity, rows: Rows, persons: Columns) -> Columns:
    if entity is HELD:  # known by the person; the household is where that person lives now
        homes = dict(zip(*(persons[key].to_pylist() for key in ("person_id", "household_id")), strict=True))
        rows = [{**row, "household_id": homes[row["person_id"]]} for row in rows if row["person_id"] in homes]
    names = rows[0] if rows else [member.key for member in entity.lineage]
    return {name: pa.array([row[name] for row in rows]) for name in names}


def _current(ids: Any, on: dt.date) -> QuerySet[Fact]:
    """What holds on the day. The corrected ones are one list; asked row by row they would cost the whole read again."""
    corrected = Fact.objects.filter(replaces__isnull=False).order_by().values("replaces")
    held = Fact.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), household__in=ids, void=False, from_on__lte=on
    )
    return held.exclude(pk__in=corrected)


def _most_believed(facts: pa.Table) -> pa.Table:
    """The same choice as `believed`, column by column."""
    if len(pc.unique(facts["source"])) < 2:
        return facts
    rank = pc.index_in(facts["source"].cast(WORD), value_set=pa.array(BELIEVED))
    is_item = pc.is_in(facts["kind"].cast(WORD), value_set=pa.array(ITEM_KINDS))
    topics = pa.table(
        {
            "household": facts["household_id"],
            "person": pc.fill_null(facts["person_id"], -1),  # a join never matches nothing with nothing
            "kind": facts["kind"].cast(WORD),
            "item": pc.if_else(is_item, facts["code"].cast(WORD), ""),
            "rank": rank,
            "row": pa.array(range(len(facts)), NUMBER),
        }
    )
    keys = ["household", "person", "kind", "item"]
    best = topics.group_by(keys).aggregate([("rank", "max")])
    kept = topics.join(best, [*keys, "rank"], [*keys, "rank_max"], join_type="left semi")
    return facts.take(kept["row"])


class _Facts:
    """事实按种类取; 同一种里编号小的在前。"""

    def __init__(self, rows: pa.Table) -> None:
        kinds = rows["kind"].unify_dictionaries().combine_chunks()
        self._rows = rows.drop_columns("kind")
        # Kinds are told apart by their small numbers; most that a rulebook asks for nobody ever told.
        self._number, self._places = (
            kinds.indices,
            {name: n for n, name in enumerate(kinds.dictionary.to_pylist())},
        )

    def of(self, kind: str, order: str = "ascending") -> pa.Table:
        """一种事实。"""
        if kind not in self._places:
            return self._rows.slice(0, 0)
        mine = self._rows.filter(pc.equal(self._number, _scalar(self._places[kind], self._number.type)))
        return mine.sort_by([("id", order)])

    def newest(self, item: Input, by: str, keys: pa.Array) -> pa.Array | pa.ChunkedArray:
        """一项录入在各主键上的值: 说过几次的取最后一次, 没有说过的取通常值。"""
        told, usual = self.of(item.name, "descending"), _scalar(item.usual, column_type(item))
        if not told.num_rows:
            return pa.repeat(usual, len(keys))
        place = pc.index_in(keys, value_set=told[by].combine_chunks())
        return pc.if_else(pc.is_valid(place), _value(item, told).take(place), usual)


def _value(item: Input, facts: pa.Table) -> pa.ChunkedArray:
    kind = item.unit.kind
    if kind == "code":
        return facts["code"].cast(WORD)
    if kind == "flag":
        return pc.not_equal(pc.fill_null(facts["number"], ZERO), ZERO)
    return pc.coalesce(facts["amount_fen"], facts["number"])


def _filled(facts: _Facts, book: Rulebook, entity: Entity, keys: pa.Array) -> Columns:
    """An entity's inputs by column: what the facts say of the row they speak of, elsewhere the usual value."""
    mine = [item for item in book.inputs.values() if item.entity is entity]
    return {item.name: facts.newest(item, entity.key, keys) for item in mine}


@lru_cache(maxsize=512)
def _scalar(value: Any, kind: pa.DataType) -> pa.Scalar:
    """Made once a value: for one family the making would cost more than all the rest."""
    return pa.scalar(value, kind)


def _households(rows: pa.Table, facts: _Facts, book: Rulebook) -> Columns:
    keys = rows["pk"].combine_chunks()
    return _filled(facts, book, HOUSEHOLD, keys) | {
        "household_id": keys,
        "locality": rows["kind"].cast(WORD),
        "scope": pc.utf8_slice_codeunits(rows["village_id"].cast(WORD), 0, 6),
    }


def _persons(ids: Any, facts: _Facts, on: dt.date, book: Rulebook) -> Columns:
    here = Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), household__in=ids, from_on__lte=on
    )
    rows = read_columns(here, MEMBER).sort_by("person_id")
    keys = rows["person_id"].combine_chunks()
    filled = _filled(facts, book, PERSON, keys)
    if "cannot_eat" in filled and (assessed := abilities(ids, on)):
        filled = {n: overlaid(column, keys.to_pylist(), n, assessed) for n, column in filled.items()}
    return filled | {
        "household_id": rows["household_id"],
        "person_id": keys,
        "relation": rows["relation"].cast(WORD),
        "age": _ages(rows["person__birth_on"], on),
    }


def _ages(born: pa.ChunkedArray, on: dt.date) -> pa.ChunkedArray:
    """Whole years on the day, as identity.age_on: a birthday counts from the day itself, 29 February from 1 March."""
    months = pc.add(pc.multiply(pc.month(born), 100), pc.day(born))
    not_yet = pc.greater(months, on.month * 100 + on.day)
    return pc.subtract(pc.subtract(on.year, pc.year(born)), not_yet.cast(NUMBER))


def _incomes(facts: _Facts) -> Columns:
    mine = facts.of("income")
    return {
        "income_id": mine["id"],
        "person_id": mine["person_id"],
        "household_id": mine["household_id"],
        "income_kind": mine["code"].cast(WORD),
        "gross": pc.fill_null(mine["amount_fen"], ZERO),
        "cost": pc.fill_null(mine["cost_fen"], ZERO),
    }


def _assets(facts: _Facts) -> Columns:
    mine = facts.of("asset")
    return {
        "asset_id": mine["id"],
        "household_id": mine["household_id"],
        "asset_kind": mine["code"].cast(WORD),
        "amount": pc.fill_null(mine["amount_fen"], ZERO),
        "exempt": _marked(mine["number"], EXEMPT),
        "of_single": _marked(mine["number"], OF_SINGLE),
    }


def _marked(numbers: pa.ChunkedArray, mark: int) -> pa.ChunkedArray:
    return pc.not_equal(pc.bit_wise_and(pc.fill_null(numbers, ZERO), _scalar(mark, NUMBER)), ZERO)


def _table(entity: Entity, columns: Mapping[str, Any], book: Rulebook) -> pa.Table:
    wanted = {member.key: NUMBER for member in entity.lineage}
    if entity is HOUSEHOLD:
        wanted["scope"] = WORD
    items = {item.name: item for item in book.inputs.values() if item.entity is entity}
    wanted |= {name: column_type(item) for name, item in items.items()}
    rows = len(columns[entity.key])
    # What no record can say yet is as usual.
    known = {
        name: columns[name] if name in columns else pa.repeat(_scalar(items[name].usual, kind), rows)
        for name, kind in wanted.items()
    }
    return pa.table({name: known[name].cast(kind) for name, kind in wanted.items()})
