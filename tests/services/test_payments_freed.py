"""A month held by a payment: free once its debt is given up, never free while other money stands on it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.records.awards.models import Award
from doudi.records.payments import services
from doudi.records.payments.bank import unpaid
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import NothingOwed, RunUnfinished
from doudi.records.people import services as people
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 10, 1)


@pytest.fixture
def office() -> factories.Office:
    """October's second credit failed."""
    found = factories.office(dt.date(2026, 10, 5))
    factories.receiving(2)
    months.month_paid(found, 202610, {2: "失败"})
    return found


def failed() -> PayLine:
    return PayLine.objects.select_related("award__household", "payee", "run").get(number=2, month=202610)


def given_up(line: PayLine, office: factories.Office) -> None:
    services.approve_release(services.propose_release(line, "停发追溯", office.caiwu), office.fuhe)


def held(award: Award) -> int:
    return Paid.objects.filter(person=award.payee, month=202610).count()


def test_a_debt_given_up_lets_the_month_be_paid_by_another_scheme(office: factories.Office) -> None:
    """Nothing was paid and nothing is owed: the month is nobody's, and the scheme decided upon instead may pay it."""
    line = failed()
    factories.stop(line.award, FIRST)
    other = factories.grant(line.award.household, 120_000, scheme="tekun_rural", from_on=FIRST)
    run = services.build(scheme="tekun_rural", month=202610, by=office.caiwu)
    assert set(Interception.objects.filter(line__run=run).values_list("cause", flat=True)) == {"exclusive"}
    given_up(line, office)
    assert held(line.award) == 0
    services.resolve(Interception.objects.filter(line__run=run)[0], "released", "低保的已取消", office.fuhe)
    for one in Interception.objects.filter(line__run=run, outcome=""):
        services.resolve(one, "released", "低保的已取消", office.fuhe)
    months.paid_out(run, office)
    assert months.paid_to(other) == [(202610, 120_000)]
    assert months.balance("2001") == 0


def test_the_scheme_itself_pays_the_freed_month_anew_and_holds_it(office: factories.Office) -> None:
    line = failed()
    less = months.replaced(line.award, 50_000, FIRST, dt.date(2026, 10, 20))
    before = held(less)
    given_up(line, office)
    assert held(less) == 0
    months.paid_out(months.backpay(office, 202611), office)
    assert (months.paid_to(less), held(less)) == ([(202610, 50_000)], before)


def test_the_month_stays_held_while_back_pay_stands_on_it(office: factories.Office) -> None:
    line = failed()
    more = months.replaced(line.award, 90_000, FIRST, dt.date(2026, 10, 20))
    top = months.backpay(office, 202611)
    assert months.told(top) == [(more.pk, 202610, 8_100)]
    months.paid_out(top, office)
    before = held(more)
    months.replaced(more, 8_100, FIRST, dt.date(2026, 11, 20))  # the raise was wrong, and what it raised too
    given_up(line, office)
    assert held(more) == before > 0, "the 81 yuan that arrived still hold the month"
    with pytest.raises(IntegrityError, match="当月已发不能删除"), transaction.atomic():
        Paid.objects.filter(person=more.payee, month=202610).delete()


def test_no_month_is_freed_without_a_debt_given_up(office: factories.Office) -> None:
    line = failed()
    factories.stop(line.award, FIRST)
    services.propose_release(line, "停发追溯", office.caiwu)
    for row in Paid.objects.filter(month=202610):
        with pytest.raises(IntegrityError, match="当月已发不能删除"), transaction.atomic():
            row.delete()


def test_back_pay_waits_for_a_run_that_may_still_be_sent_back(office: factories.Office) -> None:
    """November is locked, not exported: a raise reaching back pays October alone, and November may go back."""
    move_to(dt.date(2026, 11, 5))
    november = services.lock(
        services.build(scheme=months.SCHEME, month=202611, by=office.caiwu), office.caiwu
    )
    award = PayLine.objects.get(run=november, number=1).award
    more = months.replaced(award, 90_000, FIRST, dt.date(2026, 11, 8))
    run = months.backpay(office, 202612)
    assert months.told(run) == [(more.pk, 202610, 8_100)]
    services.lock(run, office.caiwu)
    services.reopen(november, "调标", office.fuhe)
    assert not Paid.objects.filter(month=202611).exists()
    assert Paid.objects.filter(month=202610, person=more.payee).exists()


def test_once_it_is_with_the_bank_its_month_is_paid_back(office: factories.Office) -> None:
    move_to(dt.date(2026, 11, 5))
    november = months.sent(months.built(office, 202611), office)
    award = PayLine.objects.get(run=november, number=1).award
    more = months.replaced(award, 90_000, dt.date(2026, 11, 1), dt.date(2026, 11, 8))
    assert months.told(months.backpay(office, 202612)) == [(more.pk, 202611, 8_100)]


def test_one_back_pay_at_a_time_until_it_is_exported(office: factories.Office) -> None:
    """A second one would stand on months the first may still give up."""
    factories.receiving(1, 60_000, from_on=FIRST, decided_on=dt.date(2026, 10, 28))
    first = services.lock(months.backpay(office, 202611), office.caiwu)
    factories.receiving(1, 10_000, from_on=FIRST, decided_on=dt.date(2026, 11, 13))
    with pytest.raises(RunUnfinished, match=first.batch_no):
        months.backpay(office, 202612)
    services.approve(first, 1, office.fuhe)
    services.approve(first, 2, office.pizhun)
    services.export(first, "csv", office.pizhun)
    assert [fen for _, _, fen in months.told(months.backpay(office, 202612))] == [10_000]


def test_the_database_sends_back_nothing_that_back_pay_stands_on(office: factories.Office) -> None:
    move_to(dt.date(2026, 11, 5))
    november = services.lock(
        services.build(scheme=months.SCHEME, month=202611, by=office.caiwu), office.caiwu
    )
    line = PayLine.objects.get(run=november, number=1)
    top = PayrollRun.objects.create(
        scheme=months.SCHEME, month=202612, kind="backpay", correction_no=1, maker=office.caiwu,
        built_on=dt.date(2026, 12, 5),
    )  # fmt: skip
    more = months.replaced(line.award, 90_000, dt.date(2026, 11, 1), dt.date(2026, 11, 8))
    PayLine.objects.create(
        run=top, award=more, month=202611, kind="backpay", correction_no=1, household=line.household, persons=1,
        payee=line.payee, village=line.village, amount_fen=8_100, number=1,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="当月已发不能删除"), transaction.atomic():
        services.reopen(november, "重做", office.fuhe)


def test_what_failed_for_somebody_now_dead_waits_for_the_decision(office: factories.Office) -> None:
    line = failed()
    people.report_death(
        by=office.caiwu, person=line.payee, died_on=dt.date(2026, 10, 18), on=dt.date(2026, 10, 19)
    )
    with pytest.raises(NothingOwed, match="死亡报告"):
        months.correction(office, 202610)
    (told,) = unpaid.with_cards(unpaid.unpaid_seen_by(office.caiwu))
    assert (told.line.pk, told.waits_for) == (line.pk, f"{line.payee.name}有死亡报告, 先办变动决定")
    factories.stop(line.award, dt.date(2026, 11, 1))  # October was due: it is sent again, and looked at
    run = months.correction(office, 202611)
    assert months.told(run) == []
    assert set(Interception.objects.filter(line__run=run).values_list("cause", flat=True)) >= {"deceased"}
    (told,) = unpaid.with_cards(PayLine.objects.filter(pk=line.pk).select_related("payee", "award"))
    assert told.waits_for == ""


def test_a_member_who_died_later_holds_back_nothing_of_the_months_before(office: factories.Office) -> None:
    line = failed()
    (member,) = factories.persons(1, "家属")
    line.award.holdings.create(person=member, pair="dibao_rural")
    people.report_death(
        by=office.caiwu, person=member, died_on=dt.date(2026, 10, 18), on=dt.date(2026, 10, 19)
    )
    assert months.correction(office, 202610).pk
    (told,) = unpaid.with_cards(PayLine.objects.filter(pk=line.pk).select_related("payee", "award"))
    assert told.waits_for == ""


def test_a_member_dead_before_the_month_holds_it_back(office: factories.Office) -> None:
    line = failed()
    (member,) = factories.persons(1, "家属")
    line.award.holdings.create(person=member, pair="dibao_rural")
    people.report_death(
        by=office.caiwu, person=member, died_on=dt.date(2026, 9, 18), on=dt.date(2026, 10, 19)
    )
    with pytest.raises(NothingOwed):
        months.correction(office, 202610)
