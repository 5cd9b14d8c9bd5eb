"""What the bank could not pay: paid again once, under the same debt, or given up by two people."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.records.audit.models import Event
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, PayrollRun, Release
from doudi.records.payments.refusals import DutyNotYours, NothingOwed
from doudi.records.payments.refusals import ReasonMissing as NoReason
from doudi.records.payments.release_refusals import NothingToRelease, ReleasedByTheSame, StillDue
from doudi.records.payments.settling.settlement import not_due_any_more, settled
from doudi.records.people.models import Account
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> factories.Office:
    """October's second credit failed."""
    found = factories.office(dt.date(2026, 10, 5))
    factories.receiving(3)
    months.month_paid(found, 202610, {2: "失败"})
    return found


def failed() -> PayLine:
    return PayLine.objects.select_related("award", "run").get(number=2, month=202610, kind="regular")


def released(office: factories.Office) -> PayrollRun:
    """The correction of October, what was held looked at by the reviewer: a new card, or the old one again."""
    run = months.correction(office, 202610)
    months.settle_held(run, office)
    return run


def new_card(line: PayLine) -> str:
    Account.objects.filter(person=line.payee_id).update(until_on=dt.date(2026, 10, 8))
    factories.card_reported(line.payee)
    card = f"6288{line.payee_id:013}"
    Account.objects.create(
        person_id=line.payee_id, bank="别的银行", number=card, last4=card[-4:], holder_name=line.payee.name,
        from_on=dt.date(2026, 10, 8), recorded_by="test",
    )  # fmt: skip
    return card


def test_a_failed_line_is_paid_once_on_the_new_card(office: factories.Office) -> None:
    line = failed()
    card = new_card(line)
    assert (months.balance("2001"), months.balance("5002")) == (-81_900, 3 * 81_900)
    run = released(office)
    assert months.told(run) == [(line.award_id, 202610, 81_900)]
    again = PayLine.objects.get(run=run)
    assert (run.batch_no, again.repays_id) == ("410482-202610-dibao_rural-C1", line.pk)
    months.paid_out(run, office)
    again.refresh_from_db()
    assert (again.state, again.account_last4) == ("paid", card[-4:])
    assert (months.balance("2001"), months.balance("5002")) == (0, 3 * 81_900)  # the debt was booked once
    with pytest.raises(NothingOwed):
        months.correction(office, 202610)
    with pytest.raises(NothingOwed):
        months.backpay(office, 202611)


def test_what_failed_is_no_back_pay(office: factories.Office) -> None:
    """The money is owed already: paying it as back-pay would book it a second time."""
    with pytest.raises(NothingOwed):
        months.backpay(office, 202611)
    assert settled(months.SCHEME, 202610) == []


def test_money_that_came_back_is_paid_out_of_where_it_waits(office: factories.Office) -> None:
    run = months.sent(months.built(office, 202611), office)
    months.answered(run, office, {1: "退票"})
    assert (months.balance("2101"), months.balance("2001")) == (-81_900, -81_900)
    months.paid_out(months.correction(office, 202611), office)
    assert (months.balance("2101"), months.balance("2001")) == (0, 0)
    assert months.balance("1001") == -6 * 81_900


def test_it_may_fail_again_and_again(office: factories.Office) -> None:
    line = failed()
    repaid = line.pk
    attempts = [(202611, "失败"), (202612, "退票"), (202701, "失败"), (202702, "成功")]
    for number, (month, word) in enumerate(attempts, 1):
        run = months.correction(office, month)  # each in another month, the number goes on
        assert (run.correction_no, PayLine.objects.get(run=run).repays_id) == (number, repaid)
        repaid = PayLine.objects.get(run=run).pk
        months.paid_out(run, office, {1: word})
        assert PayLine.objects.filter(award=line.award, month=202610, state="paid").count() == (
            word == "成功"
        )
    assert (months.balance("2101"), months.balance("2001")) == (0, 0)
    assert months.paid_to(line.award) == [(202610, 81_900)]


def test_a_raise_reaching_back_leaves_what_failed_owed(office: factories.Office) -> None:
    line = failed()
    new = months.replaced(line.award, 90_000, dt.date(2026, 10, 1), dt.date(2026, 10, 20))
    run = released(office)
    assert months.told(run) == [(line.award_id, 202610, 81_900)]
    months.paid_out(run, office)
    assert months.told(months.backpay(office, 202611)) == [(new.pk, 202610, 90_000 - 81_900)]


def test_what_is_not_due_any_more_is_given_up_by_two(office: factories.Office) -> None:
    line = failed()
    factories.stop(line.award, dt.date(2026, 10, 1))
    with pytest.raises(NothingOwed):
        months.correction(office, 202610)
    assert not_due_any_more(months.SCHEME) == {line.pk}
    with pytest.raises(NoReason):
        services.propose_release(line, " ", office.caiwu)
    with pytest.raises(DutyNotYours):
        services.propose_release(line, "停发追溯", office.fuhe)
    release = services.propose_release(line, "停发追溯", office.caiwu)
    assert services.propose_release(line, "又提一次", office.caiwu) == release
    office.caiwu.role = "fuhe"
    office.caiwu.save()
    with pytest.raises(ReleasedByTheSame):
        services.approve_release(release, office.caiwu)
    services.approve_release(release, office.fuhe)
    assert services.approve_release(release, office.fuhe).approved_by == office.fuhe
    assert (months.balance("2001"), months.balance("5002")) == (0, 2 * 81_900)
    assert Event.objects.filter(action="payroll.release").count() == 1
    assert (not_due_any_more(months.SCHEME), settled(months.SCHEME, 202610)) == (set(), [])
    with pytest.raises(NothingToRelease):
        services.propose_release(line, "再来", factories.staff("caiwu2"))


def test_a_cut_reaching_back_is_given_up_and_paid_anew(office: factories.Office) -> None:
    line = failed()
    less = months.replaced(line.award, 50_000, dt.date(2026, 10, 1), dt.date(2026, 10, 20))
    with pytest.raises(NothingOwed):
        months.backpay(office, 202611)  # not before the old debt is given up
    services.approve_release(services.propose_release(line, "减发", office.caiwu), office.fuhe)
    months.paid_out(months.backpay(office, 202611), office)
    assert months.paid_to(less) == [(202610, 50_000)]
    assert (months.balance("2001"), months.balance("5002")) == (0, 2 * 81_900 + 50_000)


def test_what_is_still_due_or_already_on_its_way_is_not_given_up(office: factories.Office) -> None:
    line = failed()
    with pytest.raises(StillDue, match="更正批次"):
        services.propose_release(line, "不想发", office.caiwu)
    released(office)
    with pytest.raises(NothingToRelease):
        services.propose_release(line, "已重发", office.caiwu)
    paid = PayLine.objects.get(number=1, month=202610)
    with pytest.raises(NothingToRelease):
        services.propose_release(paid, "已发", office.caiwu)


def test_the_database_keeps_debts_and_corrections_apart(office: factories.Office) -> None:
    line = failed()
    factories.stop(line.award, dt.date(2026, 10, 1))
    day = dt.date(2026, 10, 21)
    with pytest.raises(IntegrityError, match="先由一人提出"), transaction.atomic():
        Release.objects.create(
            line=line, reason="x", proposed_on=day, proposed_by=office.caiwu, approved_by=office.fuhe
        )
    paid = PayLine.objects.get(number=1, month=202610)
    with pytest.raises(IntegrityError, match="没有重发"), transaction.atomic():
        Release.objects.create(line=paid, reason="x", proposed_on=day, proposed_by=office.caiwu)
    run = PayrollRun.objects.create(
        scheme=months.SCHEME,
        month=202611,
        kind="correction",
        correction_no=9,
        maker=office.caiwu,
        built_on=day,
    )
    correct = {
        "run": run, "award": line.award, "month": 202610, "kind": "correction", "correction_no": 9, "persons": 1,
        "household": line.household, "payee": line.payee, "village": line.village, "repays": line,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="金额要与"), transaction.atomic():
        PayLine.objects.create(**correct, amount_fen=81_901)
    release = services.propose_release(line, "停发追溯", office.caiwu)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(approved_by=office.caiwu)
    services.approve_release(release, office.fuhe)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(approved_on=day)
    with pytest.raises(IntegrityError, match="已经取消"), transaction.atomic():
        PayLine.objects.create(**correct, amount_fen=81_900)
