"""The database itself refuses to change audit and ledger rows, whatever program asks."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.services import anchor, look, record
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.services import post
from doudi.store import triggers

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
TABLES = [model._meta.db_table for model in (Event, Look, Anchor, Txn, Entry)]


@pytest.fixture(autouse=True)
def rows() -> None:
    """One row in each table."""
    record(by="jingban", action="case.open", subject="case:1")
    look(by="jingban", action="view", subject="case:1")
    post(key="k", kind="lock", on=DAY, memo="锁定", entries=[("5002", "D", 5, None), ("2001", "C", 5, 1)])
    anchor(by="shenjiyuan", on=DAY)


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


CHANGES = {
    "audit_event": "actor = 'x'",
    "audit_look": "actor = 'x'",
    "audit_anchor": "head = 'x'",
    "ledger_txn": "memo = 'x'",
    "ledger_entry": "fen = 999",
}


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed(table: str) -> None:
    refused(f"UPDATE {table} SET {CHANGES[table]}")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_deleted(table: str) -> None:
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_replaced_or_truncated(table: str) -> None:
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        refused(f"TRUNCATE {table} CASCADE")


def test_a_sealed_transaction_takes_no_further_entry() -> None:
    txn = Txn.objects.get()
    with pytest.raises(IntegrityError, match="封存"), transaction.atomic():
        Entry.objects.create(txn=txn, line=3, account="1001", side="D", fen=1)


@pytest.mark.parametrize("fens", [(5, 4), ()])
def test_the_database_seals_only_what_balances(fens: tuple[int, ...]) -> None:
    txn = Txn.objects.create(key="other", kind="lock", on=DAY, memo="锁定")
    for line, (side, fen) in enumerate(zip("DC", fens, strict=False), 1):
        Entry.objects.create(txn=txn, line=line, account="1001", side=side, fen=fen)
    with pytest.raises(IntegrityError, match="借贷不平"), transaction.atomic():
        Txn.objects.filter(pk=txn.pk).update(sealed=True)


def test_no_transaction_is_born_sealed() -> None:
    with pytest.raises(IntegrityError, match="封存"), transaction.atomic():
        Txn.objects.create(key="other", kind="lock", on=DAY, memo="锁定", sealed=True)


@pytest.mark.parametrize("fen", ["0", "-1", "'abc'", "1.5"])
def test_the_database_takes_whole_fen_above_zero_only(fen: str) -> None:
    txn = Txn.objects.create(key="other", kind="lock", on=DAY, memo="锁定")
    statement = f"INSERT INTO ledger_entry (txn_id, line, account, side, fen) VALUES ({txn.pk}, 1, '1001', 'D', {fen})"
    if (
        connection.vendor == "postgresql" and fen == "1.5"
    ):  # a bigint column rounds a literal, it cannot hold a part
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert Entry.objects.get(txn=txn).fen == 2
    else:
        refused(statement)


def test_the_guards_of_these_tables_are_in_place() -> None:
    assert {guard.table for guard in triggers.expected()} >= set(TABLES)
    assert [guard.name for guard in triggers.missing() if guard.table in TABLES] == []
