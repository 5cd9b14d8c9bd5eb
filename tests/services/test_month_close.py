"""A closed month is written in no more: by two, level, sealed, and adding up the same again."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.ledger import queries
from doudi.records.ledger.fund_refusals import (
    FundDutyNotYours,
    LaterMonthClosed,
    MonthClosed,
    MonthNotOver,
    MonthUneven,
    MonthUnsealed,
    SameHandsOnVoucher,
    TrialMoved,
    VouchersWaiting,
)
from doudi.records.ledger.models import Entry, MonthClose, Txn
from doudi.records.ledger.services import (
    check,
    confirm_close,
    decline,
    post,
    prepare_close,
    register_receipt,
    register_work,
)
from doudi.records.ledger.services.closing import last_day, trial_hash
from doudi.store import triggers
from doudi.store.today import move_to
from tests.services import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
OCTOBER = dt.date(2026, 10, 9)


@pytest.fixture
def office() -> factories.Office:
    made = factories.office(DAY)
    book("a", OCTOBER, 700)
    return made


def book(key: str, on: dt.date, fen: int) -> Txn:
    entries: Any = [("1001", "D", fen, None), ("3004", "C", fen, None)]
    return post(key=key, kind="grant", on=on, memo=key, entries=entries)


def refused(sql: str, says: str) -> None:
    with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_month_is_closed_by_two(office: factories.Office) -> None:
    close = prepare_close(202610, office.caiwu)
    assert close.trial == [["1001", 700, 0], ["3004", 0, 700]]
    assert (close.txns, close.sha256) == (1, trial_hash(dt.date(2026, 10, 31), close.trial))
    book("b", OCTOBER, 1)
    with pytest.raises(TrialMoved):
        confirm_close(close, office.fuhe)
    close = prepare_close(202610, office.caiwu)
    assert close.trial[0] == ["1001", 701, 0]
    done = confirm_close(close, office.fuhe)
    assert (done.confirmed_by, confirm_close(close, office.fuhe)) == (office.fuhe, done)
    assert prepare_close(202610, office.caiwu) == done


def test_nothing_is_booked_into_a_closed_month(office: factories.Office) -> None:
    first = book("b", dt.date(2026, 10, 31), 1)
    confirm_close(prepare_close(202610, office.caiwu), office.fuhe)
    assert book("b", dt.date(2026, 10, 31), 1) == first, "the same again is still the same"
    for on in (dt.date(2026, 10, 31), dt.date(2026, 3, 1)):
        with pytest.raises(MonthClosed, match="2026年10月"):
            book(f"late {on}", on, 1)
    book("next", dt.date(2026, 11, 1), 1)
    refused("INSERT INTO ledger_txn (key, kind, \"on\", memo, sealed) VALUES ('x', 'x', '2026-10-31', '', FALSE)",
            "已经月结")  # fmt: skip


def test_money_that_arrived_in_a_closed_month_is_not_booked_there(office: factories.Office) -> None:
    made = register_receipt(
        kind="grant", level="city", scheme="", document_no="1", on=OCTOBER, fen=5, by=office.caiwu
    )
    with pytest.raises(VouchersWaiting, match="1 张"):
        prepare_close(202610, office.caiwu)
    check(made, office.fuhe)
    close = prepare_close(202610, office.caiwu)
    late = register_receipt(
        kind="grant", level="city", scheme="", document_no="2", on=OCTOBER, fen=5, by=office.caiwu
    )
    with pytest.raises(VouchersWaiting, match="1 张"):
        confirm_close(close, office.fuhe)
    decline(late, "十一月才到账", office.fuhe)
    confirm_close(close, office.fuhe)
    with pytest.raises(MonthClosed) as refusal:
        register_receipt(
            kind="grant", level="city", scheme="", document_no="3", on=OCTOBER, fen=5, by=office.caiwu
        )
    assert refusal.value.field == "on"
    with pytest.raises(MonthClosed):
        register_work(kind="out", purpose="印表", document_no="4", on=OCTOBER, fen=5, by=office.caiwu)
    assert queries.received_by_source() == {("city", ""): 5}


def test_who_and_when(office: factories.Office) -> None:
    with pytest.raises(FundDutyNotYours):
        prepare_close(202610, office.fuhe)
    with pytest.raises(MonthNotOver):
        prepare_close(202611, office.caiwu)
    close = prepare_close(202610, office.caiwu)
    with pytest.raises(FundDutyNotYours):
        confirm_close(close, office.pizhun)
    office.caiwu.role = "fuhe"
    with pytest.raises(SameHandsOnVoucher):
        confirm_close(close, office.caiwu)
    office.caiwu.role = "caiwu"
    confirm_close(close, office.fuhe)
    with pytest.raises(LaterMonthClosed, match="2026年10月"):
        prepare_close(202609, office.caiwu)
    move_to(dt.date(2027, 1, 4))
    confirm_close(prepare_close(202612, office.caiwu), office.fuhe)


def test_what_is_not_sealed_or_not_level_is_not_closed(office: factories.Office) -> None:
    half = Txn.objects.create(key="half", kind="x", on=OCTOBER, memo="半笔")
    Entry.objects.create(txn=half, line=1, account="1001", side="D", fen=1)
    with pytest.raises(MonthUnsealed, match="1 笔"):
        prepare_close(202610, office.caiwu)
    triggers.remove()
    Txn.objects.filter(pk=half.pk).update(sealed=True)
    with pytest.raises(MonthUneven, match=r"7.01 元"):
        prepare_close(202610, office.caiwu)


def test_the_database_keeps_a_close(office: factories.Office) -> None:
    close = prepare_close(202610, office.caiwu)
    refused("UPDATE ledger_monthclose SET month = 202611", "月份不能改动")
    refused(f"UPDATE ledger_monthclose SET confirmed_by_id = {office.pizhun.pk}", "发放复核确认")
    confirm_close(close, office.fuhe)
    for sql in (
        "UPDATE ledger_monthclose SET txns = 9",
        "UPDATE ledger_monthclose SET confirmed_by_id = NULL",
    ):
        refused(sql, "不能改动")
    refused("DELETE FROM ledger_monthclose", "不能撤销")
    with pytest.raises(IntegrityError, match="先由发放经办结账"), transaction.atomic():
        MonthClose.objects.create(
            month=202611, last_on=dt.date(2026, 11, 30), trial=[], txns=0, sha256="", prepared_by=office.fuhe,
            prepared_on=DAY,
        )  # fmt: skip


@pytest.mark.parametrize(("month", "day"), [(202602, 28), (202402, 29), (202612, 31), (202611, 30)])
def test_the_last_day(month: int, day: int) -> None:
    assert last_day(month).day == day
