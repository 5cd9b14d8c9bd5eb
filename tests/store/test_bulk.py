"""Rows changed by the many: each as its own update would, whatever the chunk, and nothing where one cannot be."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from doudi.records.payments import services
from doudi.records.payments.models import PayLine
from doudi.store import arrow
from doudi.store.arrow import bulk_change
from tests.services import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 10)


@pytest.fixture
def lines() -> list[PayLine]:
    office = factories.office()
    factories.receiving(5, fen=10_000, step=100)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    return list(run.lines.order_by("pk"))


def reasons() -> list[str]:
    return list(PayLine.objects.order_by("pk").values_list("reason", flat=True))


def test_each_row_gets_its_own_values_and_no_other_is_touched(
    lines: list[PayLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "CHUNK", dict.fromkeys(arrow.CHUNK, 2))
    told = ["销户", '户名不符, "引号" 和 {括号}', "", "反斜杠 \\ 换行\n"]
    days = [None, DAY, DAY, None]
    rows = [(text, day, line.pk) for text, day, line in zip(told, days, lines[:4], strict=True)]
    bulk_change(PayLine, ("reason", "paid_on"), rows)
    assert reasons() == [*told, ""]
    assert list(PayLine.objects.order_by("pk").values_list("paid_on", flat=True)) == [*days, None]


def test_no_rows_is_no_change(lines: list[PayLine]) -> None:
    bulk_change(PayLine, ("reason",), [])
    assert reasons() == [""] * len(lines)


def test_one_row_the_guards_refuse_and_none_is_changed(lines: list[PayLine]) -> None:
    rows = [("原因", one.amount_fen, one.pk) for one in lines[:-1]]
    other = ("原因", lines[-1].amount_fen + 1, lines[-1].pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk_change(PayLine, ("reason", "amount_fen"), [*rows, other])
    assert reasons() == [""] * len(lines)


def test_a_text_too_long_is_refused_and_never_cut(lines: list[PayLine]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite 的文字没有长度")
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk_change(PayLine, ("reason",), [("长" * 121, lines[0].pk)])
