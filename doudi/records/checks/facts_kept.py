"""The county's facts, kept in the process between two questions: a fact is never edited, so only new ones are read.

Exact, or not used: the database refuses to change or delete a fact; the number of rows must fit, else all are read
again; and the audit event that stood last when they were read must stand there still, so that a database put back from
a copy is not taken for the one that was read. Inside a transaction nothing is kept: what it wrote may yet be undone.
"""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from doudi.records.audit.models import Event
from doudi.records.checks.tables import FACT, NUMBER
from doudi.records.people.models import Fact
from doudi.store.columns import read_columns

DAY = pa.date32()
ALL = {**FACT, "replaces_id": NUMBER, "void": pa.bool_(), "from_on": DAY, "until_on": DAY}
CHUNKS = 16


@dataclass(frozen=True)
class _Kept:
    rows: pa.Table
    last: int
    seq: int
    hash: str


_kept: dict[str, _Kept] = {}


def facts_on(on: dt.date) -> pa.Table:
    """全部家庭在某日有效的事实: 没有作废、没有被更正。"""
    rows = _all()
    day = pa.scalar(on, DAY)
    corrected = pc.is_in(rows["id"], value_set=rows["replaces_id"].drop_null().combine_chunks())
    begun = pc.and_not(pc.less_equal(rows["from_on"], day), pc.or_(rows["void"], corrected))
    lasting = pc.fill_null(pc.greater(rows["until_on"], day), True)
    return rows.filter(pc.and_(begun, lasting)).select(list(FACT))


def _all() -> pa.Table:
    if connection.in_atomic_block:
        return read_columns(Fact.objects.all(), ALL)
    name = str(connection.settings_dict["NAME"])
    standing = Event.objects.order_by("-seq").values_list("seq", "hash").first()
    rows, last = _with_fresh(_still_true(name))
    if standing:
        _kept[name] = _Kept(rows, last, *standing)
    return rows


def _still_true(name: str) -> _Kept | None:
    kept = _kept.get(name)
    if kept and Event.objects.filter(seq=kept.seq, hash=kept.hash).exists():
        return kept
    return None


def _with_fresh(kept: _Kept | None) -> tuple[pa.Table, int]:
    """The kept rows and those written since; all of them again where a number came late."""
    if kept is not None:
        fresh = read_columns(Fact.objects.filter(pk__gt=kept.last), ALL)
        rows = pa.concat_tables([kept.rows, fresh]) if fresh.num_rows else kept.rows
        if rows.num_rows == Fact.objects.count():
            return _gathered(rows), max(kept.last, pc.max(fresh["id"]).as_py() or 0)
    rows = read_columns(Fact.objects.all(), ALL)
    return rows, pc.max(rows["id"]).as_py() or 0


def _gathered(rows: pa.Table) -> pa.Table:
    many = rows["id"].num_chunks > CHUNKS
    return rows.unify_dictionaries().combine_chunks() if many else rows
