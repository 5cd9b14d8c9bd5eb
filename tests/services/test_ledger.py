"""The ledger takes a balanced transaction once, and nothing can change it afterwards."""

import datetime as dt

import pytest
from django.db import transaction

from doudi.records.ledger import accounts
from doudi.records.ledger.models import Entry, Txn
from doudi.records.ledger.services import EntryRefused, LedgerKeyReused, LedgerNotBalanced, post

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
LOCK = {
    "key": "lock:1",
    "kind": "lock",
    "on": DAY,
    "memo": "2026年11月农村低保 锁定",
}
GOLDEN = [("5002", "D", 81_900, None), ("2001", "C", 81_900, 7)]


def test_a_balanced_transaction_is_sealed() -> None:
    txn = post(**LOCK, entries=GOLDEN)
    assert Txn.objects.get().sealed
    assert list(txn.entries.order_by("line").values_list("line", "account", "side", "fen", "subject")) == [
        (1, "5002", "D", 81_900, None),
        (2, "2001", "C", 81_900, 7),
    ]


def test_the_same_again_is_the_same_transaction() -> None:
    assert post(**LOCK, entries=GOLDEN) == post(**LOCK, entries=iter(GOLDEN))
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        [("5002", "D", 81_901, None), ("2001", "C", 81_901, 7)],
        [("5002", "D", 81_900, None), ("2001", "C", 81_900, 8)],
        [("5001", "D", 81_900, None), ("2001", "C", 81_900, 7)],
        list(reversed(GOLDEN)),
    ],
)
def test_the_same_key_with_other_content_is_refused(other: list[tuple[str, str, int, int | None]]) -> None:
    post(**LOCK, entries=GOLDEN)
    with pytest.raises(LedgerKeyReused, match="lock:1"):
        post(**LOCK, entries=other)


def test_the_same_key_on_another_day_is_refused() -> None:
    post(**LOCK, entries=GOLDEN)
    with pytest.raises(LedgerKeyReused):
        post(**(LOCK | {"on": dt.date(2026, 11, 6)}), entries=GOLDEN)


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ([("5002", "D", 100, None), ("2001", "C", 99, 7)], LedgerNotBalanced),
        ([], LedgerNotBalanced),
        ([("5999", "D", 1, None), ("2001", "C", 1, None)], EntryRefused),
        ([("5002", "X", 1, None), ("2001", "C", 1, None)], EntryRefused),
        ([("5002", "D", 0, None), ("2001", "C", 0, None)], EntryRefused),
        ([("5002", "D", -1, None), ("2001", "C", -1, None)], EntryRefused),
        ([("5002", "D", True, None), ("2001", "C", 1, None)], EntryRefused),
        ([("5002", "D", 1.0, None), ("2001", "C", 1.0, None)], EntryRefused),
    ],
)
def test_what_is_no_account_is_not_posted(
    entries: list[tuple[str, str, int, int | None]], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match="没有记账"), transaction.atomic():
        post(**LOCK, entries=entries)
    assert not Txn.objects.exists()


def test_the_chart_begins_as_the_interfaces_say() -> None:
    assert [accounts.expense_of(s) for s in ("dibao_urban", "dibao_rural", "tekun_urban", "tekun_rural")] == [
        "5001",
        "5002",
        "5003",
        "5004",
    ]
    with pytest.raises(accounts.UnknownScheme):
        accounts.expense_of("bianyuan")  # a status, not a payment
