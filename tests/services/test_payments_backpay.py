"""Back-pay: what past months were short of, to the 分, once; and why it is that much."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from doudi.records.payments import queries, services
from doudi.records.payments.models import Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import NothingOwed, RunUnfinished
from doudi.store.refusal import Refusal
from doudi.store.today import move_to
from tests.services import factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> factories.Office:
    """September and October are paid to three households; it is November."""
    found = factories.office(dt.date(2026, 9, 5))
    factories.receiving(3)
    for month in (202609, 202610):
        months.month_paid(found, month)
    return found


def test_a_late_decision_pays_its_past_months(office: factories.Office) -> None:
    (late,) = factories.receiving(1, 60_000, from_on=dt.date(2026, 9, 1), decided_on=dt.date(2026, 10, 28))
    run = months.backpay(office, 202611)
    assert months.told(run) == [(late.pk, 202609, 60_000), (late.pk, 202610, 60_000)]
    assert (run.batch_no, run.lines_count, run.total_fen) == ("410482-202611-dibao_rural-B1", 1, 120_000)
    months.paid_out(run, office)
    assert months.paid_to(late) == [(202609, 60_000), (202610, 60_000)]
    assert months.balance("2001") == 0
    assert Paid.objects.filter(line__run=run).count() == 2
    with pytest.raises(NothingOwed):
        months.backpay(office, 202611)


def test_nothing_before_the_first_payroll_here_is_owed(office: factories.Office) -> None:
    factories.receiving(1, from_on=dt.date(2024, 1, 1))  # taken over from the old roster, paid elsewhere then
    run = months.backpay(office, 202611)
    assert [month for _, month, _ in months.told(run)] == [202609, 202610]


def test_a_late_raise_pays_only_the_difference_and_only_once(office: factories.Office) -> None:
    old = PayLine.objects.order_by("pk").first().award
    new = months.replaced(old, 90_000, dt.date(2026, 10, 1), dt.date(2026, 11, 3))
    run = months.backpay(office, 202611)
    assert months.told(run) == [(new.pk, 202610, 90_000 - 81_900)]
    months.paid_out(run, office)
    months.month_paid(office, 202611)
    assert months.paid_to(new) == [(202609, 81_900), (202610, 90_000), (202611, 90_000)]
    held = Paid.objects.filter(person=new.payee, month=202610)
    assert held.count() == len(
        set(held.values_list("pair", flat=True))
    )  # the month is held once, by the first line
    with pytest.raises(NothingOwed):
        months.backpay(office, 202612)


def test_a_dropped_line_is_paid_later_and_keeps_its_number_apart(office: factories.Office) -> None:
    award = PayLine.objects.order_by("pk").first().award
    award.payee.death_reported_on = dt.date(2026, 11, 2)
    award.payee.save()
    run = months.built(office, 202611)
    months.settle_held(run, office, "dropped")
    months.answered(months.sent(run, office), office)
    first = months.backpay(office, 202612)
    months.settle_held(first, office, "dropped")
    with pytest.raises(Refusal, match="没有一行"):
        services.lock(first, office.caiwu)
    award.payee.death_reported_on = None
    award.payee.save()
    months.month_paid(office, 202612)
    second = months.backpay(office, 202701)  # the first has nothing left to pay and does not stand in the way
    assert (first.correction_no, second.correction_no) == (1, 2)
    months.paid_out(second, office)
    assert months.paid_to(award) == [(month, 81_900) for month in (202609, 202610, 202611, 202612)]


def test_an_unlocked_back_pay_is_gone_on_with(office: factories.Office) -> None:
    factories.receiving(1, from_on=dt.date(2026, 10, 1))
    run = months.backpay(office, 202611)
    factories.receiving(1, from_on=dt.date(2026, 10, 1))
    assert months.backpay(office, 202611) == run
    assert PayLine.objects.filter(run=run).count() == 2
    with pytest.raises(RunUnfinished, match="B1"):
        months.backpay(office, 202612)


def test_a_month_whose_own_run_waits_is_no_missed_month(office: factories.Office) -> None:
    draft = months.built(office, 202611)
    (late,) = factories.receiving(1, from_on=dt.date(2026, 10, 1), decided_on=dt.date(2026, 11, 6))
    run = months.backpay(office, 202612)
    assert months.told(run) == [(late.pk, 202610, 81_900)]
    months.paid_out(run, office)
    months.paid_out(services.build(scheme=months.SCHEME, month=202611, by=office.caiwu), office)
    draft.refresh_from_db()
    assert (draft.state, draft.lines_count) == ("closed", 4)
    assert months.paid_to(late) == [(202610, 81_900), (202611, 81_900)]


def test_a_raise_after_the_build_replaces_the_line(office: factories.Office) -> None:
    old = PayLine.objects.order_by("pk").first().award
    (late,) = factories.receiving(1, 60_000, from_on=dt.date(2026, 10, 1))
    run = months.backpay(office, 202611)
    newer = months.replaced(late, 70_000, dt.date(2026, 10, 1), dt.date(2026, 11, 4))
    with pytest.raises(Refusal):
        services.lock(run, office.caiwu)
    months.backpay(office, 202611)
    months.settle_held(run, office)
    assert Interception.objects.get(line__award=late).outcome == "dropped"
    assert months.told(run) == [(newer.pk, 202610, 70_000)]
    months.paid_out(run, office)
    assert months.paid_to(old)[-1] == (202610, 81_900)


def test_the_command_takes_the_kind_and_the_number(office: factories.Office) -> None:
    factories.receiving(1, 60_000, from_on=dt.date(2026, 10, 1))
    move_to(dt.date(2026, 11, 12))

    def payroll(verb: str, **more: Any) -> dict[str, Any]:
        out = StringIO()
        given = {"scheme": months.SCHEME, "month": "2026-11", "by": "caiwu", "json": True, "stdout": out}
        call_command("payroll", verb, **given, **more)
        return json.loads(out.getvalue())

    told = payroll("build", kind="backpay")
    assert (told["batch"], told["total_fen"]) == ("410482-202611-dibao_rural-B1", 60_000)
    assert payroll("lock", kind="backpay", no=1)["state"] == "locked"
    with pytest.raises(CommandError, match="补发批次"):
        payroll("lock", kind="backpay", no=2)
    with pytest.raises(CommandError, match="没有要补发或更正的"):
        payroll("build", kind="correction")


def test_every_line_of_it_is_explained(office: factories.Office) -> None:
    factories.receiving(1, from_on=dt.date(2026, 10, 1))
    run = months.backpay(office, 202611)
    found = queries.difference(run)
    assert (found.unexplained, found.after.fen) == (0, 81_900)


def test_the_database_refuses_a_second_line_of_the_month(office: factories.Office) -> None:
    line = PayLine.objects.filter(month=202610).order_by("pk").first()
    factories.receiving(1, from_on=dt.date(2026, 10, 1))
    run = months.backpay(office, 202611)
    with pytest.raises(IntegrityError, match="已经有一行"), transaction.atomic():
        PayLine.objects.create(
            run=run, award=line.award, month=202610, kind="backpay", correction_no=1, household=line.household,
            payee=line.payee, village=line.village, persons=1, amount_fen=5,
        )  # fmt: skip


def test_suspended_months_are_owed_only_where_the_resumption_says_so(office: factories.Office) -> None:
    lines = list(PayLine.objects.filter(month=202610).select_related("award").order_by("pk"))
    first, second = lines[0].award, lines[1].award
    stood = [months.suspended(award, dt.date(2026, 11, 1)) for award in (first, second)]
    run = months.built(office, 202611)
    assert {row[0] for row in months.told(run)} == {lines[2].award_id}
    told = queries.difference(run)
    assert (told.unexplained, [row.change.value for row in told.rows]) == (0, ["stopped", "stopped"])
    assert all("暂停" in row.because[0].text for row in told.rows)
    months.paid_out(run, office)
    months.resumed(stood[0], dt.date(2026, 12, 1), pays_back=True)
    months.resumed(stood[1], dt.date(2026, 12, 1), pays_back=False)
    december = months.built(office, 202612)
    told = queries.difference(december)
    assert (told.unexplained, len(told.rows)) == (0, 2)
    assert all("恢复" in row.because[0].text for row in told.rows)
    months.paid_out(december, office)
    assert months.told(months.backpay(office, 202612)) == [(first.pk, 202611, 81_900)]
    assert PayrollRun.objects.get(pk=run.pk).state == "closed"
