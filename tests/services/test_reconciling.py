"""The roll and the payments of a month: agreeing to the 分, and every difference with its reason."""

import datetime as dt

import pytest
from django.db import connection

from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.comparing.reconciling import Reconciled, months_paid, reconciled
from doudi.records.payments.models import PayLine
from doudi.store.today import move_to
from tests.services import factories
from tests.services.payroll_months import (
    answered,
    built,
    correction,
    month_paid,
    paid_out,
    replaced,
    sent,
    settle_held,
)  # fmt: skip

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = 202610, 202611


@pytest.fixture
def office() -> factories.Office:
    return factories.office(dt.date(2026, 10, 5))


def told(month: int = OCTOBER) -> Reconciled:
    (one,) = reconciled(month)
    return one


def reasons(month: int = OCTOBER) -> list[str]:
    return [gap.why for gap in told(month).gaps]


def test_a_month_paid_in_full_agrees_everywhere(office: factories.Office) -> None:
    factories.receiving(3, fen=10_000, step=100)
    month_paid(office, OCTOBER)
    one = told()
    assert (one.units, one.due_fen, one.listed_fen, one.paid_fen, one.booked_fen, one.gaps) == (
        3, 30_300, 30_300, 30_300, 0, (),
    )  # fmt: skip
    assert months_paid() == [OCTOBER]


def test_a_month_not_locked_yet_has_nothing_to_agree(office: factories.Office) -> None:
    factories.receiving()
    built(office, OCTOBER)
    assert (told().is_locked, told().gaps) == (False, ())
    assert reconciled(NOVEMBER) == []


def test_what_failed_is_owed_in_the_books_until_a_correction_pays_it(office: factories.Office) -> None:
    factories.receiving(2, fen=10_000, step=100)
    month_paid(office, OCTOBER, {1: "失败"})
    one = told()
    assert (one.paid_fen, one.booked_fen) == (10_100, 10_000)
    assert reasons() == ["银行失败100.00 元 (账户已销户); 由更正发放重发"]
    again = correction(office, OCTOBER)
    settle_held(again, office)
    paid_out(again, office)
    assert (told().gaps, told().booked_fen) == ((), 0)


def test_what_the_bank_has_not_answered_for_is_named(office: factories.Office) -> None:
    factories.receiving()
    run = sent(built(office, OCTOBER), office)
    assert reasons() == ["819.00 元银行还没有答复"]
    answered(run, office)
    assert told().gaps == ()


def test_a_line_held_back_by_a_person_says_why(office: factories.Office) -> None:
    first, _ = factories.receiving(2)
    first.payee.died_on = dt.date(2026, 10, 2)
    first.payee.save()
    run = built(office, OCTOBER)
    settle_held(run, office, "dropped")
    paid_out(run, office)
    assert reasons() == ["有死亡报告, 决定本月不发 (电话核实)"]


def test_paid_too_much_agrees_once_it_is_ordered_back(office: factories.Office) -> None:
    (award,) = factories.receiving()
    month_paid(office, OCTOBER)
    factories.stop(award, dt.date(2026, 10, 1))
    assert reasons() == ["多发 819.00 元, 还没有列入追缴"]
    services.order_recovery(
        household=award.household, scheme=award.scheme, cause="stopped", reason="停发", basis="测试",
        by=office.fuhe,
    )  # fmt: skip
    assert (told().gaps, told().recovered_fen) == ((), 81_900)


def test_a_raise_decided_late_is_one_household_with_one_difference(office: factories.Office) -> None:
    (award,) = factories.receiving()
    month_paid(office, OCTOBER)
    replaced(award, 90_000, dt.date(2026, 10, 1), dt.date(2026, 10, 20))
    (gap,) = told().gaps
    assert (gap.due_fen, gap.paid_fen, gap.why) == (90_000, 81_900, "少发 81.00 元, 由补发补上")


def test_granted_after_the_lock_is_missing_from_the_list(office: factories.Office) -> None:
    factories.receiving()
    month_paid(office, OCTOBER)
    factories.receiving(from_on=dt.date(2026, 10, 1))
    move_to(dt.date(2026, 11, 20))
    assert reasons() == ["应发 819.00 元没有列入清册, 由补发补上"]


def test_books_that_do_not_know_of_a_payment_are_found(office: factories.Office) -> None:
    """One state altered past every service and gate: the books still say what they said."""
    factories.receiving(2, fen=10_000, step=100)
    month_paid(office, OCTOBER, {1: "失败"})
    line = PayLine.objects.get(state="failed")
    with connection.cursor() as cursor:
        for (name,) in _triggers(cursor):
            on_table = "" if connection.vendor == "sqlite" else " ON payments_payline"
            cursor.execute(f'DROP TRIGGER "{name}"{on_table}')
        cursor.execute("UPDATE payments_payline SET state = 'paid', reason = '' WHERE id = %s", [line.pk])
    assert reasons() == ["账上还欠 100.00 元, 清册还欠 0.00 元, 请报告审计管理员"]
    assert Award.objects.count() == 2


def _triggers(cursor: object) -> list[tuple[str]]:
    where = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'payments_payline'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'payments_payline'::regclass AND NOT tgisinternal"
    )
    cursor.execute(where)  # type: ignore[attr-defined]
    found: list[tuple[str]] = cursor.fetchall()  # type: ignore[attr-defined]
    return found
