"""Money that was not due: found to the 分, ordered by two, paid in instalments, given up by two; 1201 agrees always."""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.audit.models import Event
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case, Hand
from doudi.records.ledger.models import Txn
from doudi.records.payments import services
from doudi.records.payments.models import (
    Instalment,
    PayLine,
    Recovery,
    RecoveryMonth,
    RecoveryReceipt,
    WriteOff,
)
from doudi.records.payments.recovery import recoveries
from doudi.records.payments.recovery import refusals as refused
from doudi.records.payments.refusals import CaseWorkerOfTheirs, DutyNotYours, NothingOwed
from doudi.records.people.models import Relative
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services import factories
from tests.services.payroll_months import answered, balance, built, month_paid, sent

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
SEED, CASES = 20261120, 300


@pytest.fixture
def office() -> factories.Office:
    return factories.office(dt.date(2026, 10, 5))


@pytest.fixture
def stopped(office: factories.Office) -> Award:
    """Paid for October and November, then stopped as from October: 1,638.00 too much."""
    (award,) = factories.receiving()
    for month in (202610, 202611):
        month_paid(office, month)
    factories.stop(award, dt.date(2026, 10, 1))
    move_to(DAY)
    return award


def ordered(award: Award, office: factories.Office, **changes: Any) -> Recovery:
    given = {"cause": "stopped", "reason": "停发决定下达前已发两个月", "basis": "测试依据"} | changes
    return services.order_recovery(household=award.household, scheme=award.scheme, by=office.fuhe, **given)


def confirmed(award: Award, office: factories.Office, **changes: Any) -> Recovery:
    return services.confirm_recovery(ordered(award, office, **changes), office.pizhun)


def receive(recovery: Recovery, office: factories.Office, fen: int, no: str = "SJ-1") -> RecoveryReceipt:
    return services.receive_recovery(recovery, document_no=no, on=DAY, fen=fen, how="cash", by=office.caiwu)


def test_what_was_paid_after_the_stop_is_found_month_by_month(stopped: Award) -> None:
    (found,) = recoveries.overpaid()
    assert (found.household_id, found.cause, found.fen, found.in_transit_fen) == (
        stopped.household_id, "stopped", 163_800, 0,
    )  # fmt: skip
    assert [(one.month, one.fen) for one in found.payable] == [(202610, 81_900), (202611, 81_900)]


def test_what_the_bank_has_not_answered_for_is_on_its_way(office: factories.Office) -> None:
    (award,) = factories.receiving()
    month_paid(office, 202610)
    sent(built(office, 202611), office)
    factories.stop(award, dt.date(2026, 10, 1))
    (found,) = recoveries.overpaid()
    assert (found.fen, found.in_transit_fen) == (81_900, 81_900)
    assert ordered(award, office).amount_fen == 81_900


def test_a_death_is_named_as_the_cause_and_one_without_a_decision_waits_for_it(
    office: factories.Office,
) -> None:
    (award,) = factories.receiving()
    for month in (202610, 202611):
        month_paid(office, month)
    award.payee.died_on = dt.date(2026, 9, 20)
    award.payee.save()
    (waiting,) = recoveries.paid_after_death()
    assert (waiting.award, waiting.months, waiting.fen) == (award, (202610, 202611), 163_800)
    assert recoveries.overpaid() == []
    factories.stop(award, dt.date(2026, 10, 1))
    assert recoveries.paid_after_death() == []
    assert [one.cause for one in recoveries.overpaid()] == ["death"]


def test_two_people_order_it_and_only_then_the_ledger_knows(office: factories.Office, stopped: Award) -> None:
    before = balance("5002")
    proposed = ordered(stopped, office)
    assert (proposed.state, proposed.no, balance("1201")) == ("proposed", "ZJ202611-0001", 0)
    made = services.confirm_recovery(proposed, office.pizhun)
    assert (made.state, balance("1201"), balance("5002")) == ("ordered", 163_800, before - 163_800)
    services.confirm_recovery(proposed, office.pizhun)
    assert balance("1201") == 163_800
    assert recoveries.overpaid() == []
    assert set(Event.objects.filter(subject=f"recovery:{made.pk}").values_list("action", flat=True)) == {
        "recovery.propose", "recovery.confirm",
    }  # fmt: skip


def test_nothing_is_ordered_twice(office: factories.Office, stopped: Award) -> None:
    ordered(stopped, office)
    with pytest.raises(refused.NothingOverpaid):
        ordered(stopped, office)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"cause": "mistake"}, refused.CauseUnreadable),
        ({"reason": "  "}, refused.GroundMissing),
        ({"plan": [(DAY, 100)]}, refused.PlanDisagrees),
        ({"plan": [(dt.date(2026, 12, 1), 100_000), (dt.date(2026, 12, 1), 63_800)]}, refused.PlanUnordered),
        ({"plan": [(dt.date(2026, 11, 1), 163_800)]}, refused.PlanUnordered),
    ],
)
def test_an_order_that_says_too_little_is_refused(
    changes: dict[str, Any], wanted: type[Exception], office: factories.Office, stopped: Award
) -> None:
    with pytest.raises(wanted):
        ordered(stopped, office, **changes)
    assert not Recovery.objects.exists()


def test_each_step_has_its_own_person(office: factories.Office, stopped: Award) -> None:
    with pytest.raises(DutyNotYours):
        services.order_recovery(
            household=stopped.household, scheme=stopped.scheme, cause="stopped", reason="x", basis="y",
            by=factories.staff("shenpi"),
        )  # fmt: skip
    made = ordered(stopped, office)
    for act in (services.confirm_recovery, lambda one, by: services.cancel_recovery(one, "不对", by)):
        with pytest.raises(DutyNotYours):
            act(made, office.fuhe)
    User.objects.filter(pk=office.fuhe.pk).update(role="pizhun")
    office.fuhe.refresh_from_db()
    for act in (services.confirm_recovery, lambda one, by: services.cancel_recovery(one, "不对", by)):
        with pytest.raises(refused.SameHandsOnRecovery):
            act(made, office.fuhe)


def test_nobody_who_worked_on_the_case_or_is_kin_has_a_hand_in_it(
    office: factories.Office, stopped: Award
) -> None:
    case = Case.objects.create(
        no="410482-2026-000001", household=stopped.household, scheme="dibao_rural", village=stopped.village,
        station="archive", kind="new", road="full", accepted_on=DAY, due_on=DAY, station_from_on=DAY,
    )  # fmt: skip
    kin = Relative.objects.create(user=office.fuhe, person=stopped.payee, relation="兄弟", filed_on=DAY)
    with pytest.raises(refused.RelativeOfTheirs):
        ordered(stopped, office)
    kin.revoked_on, kin.revoked_reason = DAY, "登错了人"
    kin.save()
    Hand.objects.create(case=case, user=office.fuhe, group="confirm")
    with pytest.raises(CaseWorkerOfTheirs):
        ordered(stopped, office)


def test_instalments_receipts_and_the_end_to_the_fen(office: factories.Office, stopped: Award) -> None:
    plan = [(dt.date(2026, 12, 1), 63_800), (dt.date(2027, 1, 1), 100_000)]
    made = confirmed(stopped, office, plan=plan)
    receive(made, office, 3_800)
    (standing,) = recoveries.standings([made], dt.date(2026, 12, 2))
    assert (standing.received_fen, standing.outstanding_fen, standing.overdue_fen) == (3_800, 160_000, 60_000)
    assert [one.number for one in (standing.next_due,) if one] == [1]
    services.agree_instalments(made, [(dt.date(2027, 3, 1), 160_000)], office.fuhe)
    (standing,) = recoveries.standings([made], dt.date(2026, 12, 2))
    assert (standing.overdue_fen, standing.next_due and standing.next_due.due_on) == (0, dt.date(2027, 3, 1))
    receive(made, office, 160_000, "SJ-2")
    made.refresh_from_db()
    assert (made.state, made.ended_on, balance("1201")) == ("settled", DAY, 0)


def test_a_document_counts_once_and_nothing_beyond_what_is_outstanding(
    office: factories.Office, stopped: Award
) -> None:
    made = confirmed(stopped, office)
    assert receive(made, office, 100) == receive(made, office, 100)
    with pytest.raises(refused.DocumentUsed):
        receive(made, office, 101)
    with pytest.raises(refused.TooMuchReceived):
        receive(made, office, 163_701, "SJ-2")
    for wrong in ({"fen": 0}, {"on": dt.date(2026, 12, 1)}, {"how": "benefit"}, {"document_no": " "}):
        given: dict[str, Any] = {"document_no": "SJ-3", "on": DAY, "fen": 5, "how": "cash"} | wrong
        with pytest.raises(refused.ReceiptUnreadable):
            services.receive_recovery(made, **given, by=office.caiwu)
    assert (balance("1201"), RecoveryReceipt.objects.count()) == (163_700, 1)


def test_what_is_given_up_needs_a_second_person_and_goes_back_to_the_scheme(
    office: factories.Office, stopped: Award
) -> None:
    spent = balance("5002")
    made = confirmed(stopped, office)
    receive(made, office, 63_800)
    services.propose_write_off(made, "户主死亡, 没有遗产", office.fuhe)
    with pytest.raises(refused.WriteOffOpen):
        services.propose_write_off(made, "再提一次", office.fuhe)
    with pytest.raises(DutyNotYours):
        services.approve_write_off(made, office.fuhe)
    receive(made, office, 10_000, "SJ-2")
    with pytest.raises(refused.WriteOffOutdated):
        services.approve_write_off(made, office.pizhun)
    services.decline_write_off(made, "还能追", office.pizhun)
    services.propose_write_off(made, "确实追不回", office.fuhe)
    services.approve_write_off(made, office.pizhun)
    made.refresh_from_db()
    assert (made.state, balance("1201"), balance("5002")) == ("written_off", 0, spent - 73_800)
    with pytest.raises(refused.RecoveryNotAt):
        receive(made, office, 1, "SJ-3")


def test_an_open_write_off_ends_when_everything_came_in(office: factories.Office, stopped: Award) -> None:
    made = confirmed(stopped, office)
    services.propose_write_off(made, "追不回", office.fuhe)
    receive(made, office, 163_800)
    assert (WriteOff.objects.get().declined_reason, recoveries.open_write_off(made)) == ("已经缴清", None)


def test_a_death_that_was_none_reverses_the_order_exactly(office: factories.Office, stopped: Award) -> None:
    spent = balance("5002")
    made = confirmed(stopped, office)
    factories.grant(stopped.household, from_on=dt.date(2026, 10, 1))
    assert services.unfounded_months(made) == [202610, 202611]
    with pytest.raises(
        NothingOwed
    ):  # the family has the money still: nothing is paid before the order is cancelled
        services.build_backpay(scheme="dibao_rural", month=202612, by=office.caiwu)
    services.cancel_recovery(made, "死亡信息有误", office.pizhun)
    assert (balance("1201"), balance("5002"), services.unfounded_months(made)) == (0, spent, [])
    assert recoveries.overpaid() == []


def test_what_had_come_in_is_owed_again_once_the_order_is_cancelled(
    office: factories.Office, stopped: Award
) -> None:
    spent = balance("5002")
    made = confirmed(stopped, office)
    receive(made, office, 100_000)
    factories.grant(stopped.household, from_on=dt.date(2026, 10, 1))
    services.cancel_recovery(made, "死亡信息有误", office.pizhun)
    assert list(made.months.order_by("month").values_list("stands_fen", flat=True)) == [81_900, 18_100]
    assert (balance("1201"), balance("5002")) == (0, spent - 100_000)
    run = services.build_backpay(scheme="dibao_rural", month=202612, by=office.caiwu)
    assert sorted(run.lines.values_list("month", "amount_fen")) == [(202610, 81_900), (202611, 18_100)]


def test_an_order_no_longer_founded_is_not_confirmed(office: factories.Office, stopped: Award) -> None:
    made = ordered(stopped, office)
    factories.grant(stopped.household, from_on=dt.date(2026, 10, 1))
    with pytest.raises(refused.OverpaymentChanged):
        services.confirm_recovery(made, office.pizhun)
    services.cancel_recovery(made, "决定更正了", office.pizhun)
    assert not Txn.objects.filter(kind__startswith="recovery").exists()


def test_later_benefits_are_paid_in_full_whatever_is_still_to_be_paid_back(office: factories.Office) -> None:
    """M-06: nothing is netted. A household that owes 819.00 is sent its new month whole."""
    (award,) = factories.receiving()
    month_paid(office, 202610)
    factories.stop(award, dt.date(2026, 10, 1))
    confirmed(award, office)
    factories.grant(award.household, 60_000, from_on=dt.date(2026, 11, 1))
    run = answered(sent(built(office, 202611), office), office)
    assert list(run.lines.values_list("amount_fen", "state")) == [(60_000, "paid")]
    assert (balance("1201"), balance("1001")) == (81_900, -141_900)


def raw(statement: str, *values: Any) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def refuses(acts: Sequence[Callable[[], object]]) -> None:
    let_through = []
    for place, act in enumerate(acts):
        try:
            with transaction.atomic():
                act()
        except IntegrityError:
            continue
        let_through.append(place)
    assert not let_through


def test_the_database_refuses_what_the_services_would(office: factories.Office, stopped: Award) -> None:
    made = ordered(stopped, office, plan=[(dt.date(2026, 12, 1), 163_800)])
    month, line = made.months.order_by("pk")[0], PayLine.objects.order_by("pk")[0]
    set_state = "UPDATE payments_recovery SET state = %s, confirmed_by_id = %s WHERE id = %s"
    acts = [
        raw(set_state, "ordered", office.fuhe.pk, made.pk),
        raw(set_state, "ordered", office.caiwu.pk, made.pk),
        raw(set_state, "ordered", None, made.pk),
        raw(set_state, "settled", office.pizhun.pk, made.pk),
        raw("UPDATE payments_recovery SET amount_fen = 1 WHERE id = %s", made.pk),
        raw("UPDATE payments_recovery SET no = 'ZJ' WHERE id = %s", made.pk),
        raw("DELETE FROM payments_recovery WHERE id = %s", made.pk),
        raw("UPDATE payments_recoverymonth SET stands_fen = 1 WHERE id = %s", month.pk),
        raw("UPDATE payments_recoverymonth SET fen = 1 WHERE id = %s", month.pk),
        raw("DELETE FROM payments_instalment"),
        raw("UPDATE payments_instalment SET fen = 1"),
        lambda: _month(made, line, 1),
        lambda: _instalment(made, 163_801),
        lambda: _receipt(made, office, 1),
        lambda: _write_off(made, office, 163_800),
    ]
    refuses(acts)
    services.confirm_recovery(made, office.pizhun)
    acts = [
        raw("UPDATE payments_recovery SET state = 'proposed' WHERE id = %s", made.pk),
        raw("UPDATE payments_recovery SET state = 'settled' WHERE id = %s", made.pk),
        raw("UPDATE payments_recovery SET state = 'written_off' WHERE id = %s", made.pk),
        raw("UPDATE payments_recovery SET confirmed_by_id = %s WHERE id = %s", office.caiwu.pk, made.pk),
        lambda: _receipt(made, office, 163_801),
        lambda: _write_off(made, office, 1),
        lambda: _write_off(made, office, 163_800, approved_by=office.pizhun),
        lambda: _month(made, line, 1),
    ]
    refuses(acts)
    services.propose_write_off(made, "追不回", office.fuhe)
    for who in (office.fuhe, office.caiwu):
        with pytest.raises(IntegrityError):
            raw("UPDATE payments_writeoff SET approved_by_id = %s, approved_on = '2026-11-20'", who.pk)()
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.create(**_fields(made), no="ZJ-2", ordered_by=office.fuhe, state="ordered")


def _fields(made: Recovery) -> dict[str, Any]:
    names = (
        "scheme",
        "household",
        "payee",
        "village",
        "cause",
        "reason",
        "basis",
        "amount_fen",
        "ordered_on",
    )
    return {name: getattr(made, name) for name in names}


def _month(made: Recovery, line: PayLine, fen: int) -> None:
    other = Recovery.objects.create(**_fields(made), no="ZJ-X", ordered_by=made.ordered_by)
    RecoveryMonth.objects.create(
        recovery=other, line=line, award=line.award, month=line.month, fen=fen, stands_fen=fen
    )


def _instalment(made: Recovery, fen: int) -> None:
    Instalment.objects.create(recovery=made, plan=2, number=1, due_on=DAY, fen=fen)


def _receipt(made: Recovery, office: factories.Office, fen: int) -> None:
    RecoveryReceipt.objects.create(
        recovery=made, document_no="X", on=DAY, fen=fen, how="cash", by=office.caiwu
    )


def _write_off(made: Recovery, office: factories.Office, fen: int, **more: Any) -> None:
    WriteOff.objects.create(
        recovery=made, fen=fen, reason="x", proposed_on=DAY, proposed_by=office.fuhe, **more
    )


@pytest.mark.slow
@pytest.mark.once
def test_whatever_happens_1201_is_what_is_still_to_come(office: factories.Office) -> None:
    """300 random stops, plans, receipts, write-offs and cancellations; the balance is the sum of what is open."""
    print(f"seed {SEED}, {CASES} cases")
    chance = random.Random(SEED)
    awards = factories.receiving(CASES, fen=10_000, step=7)
    for month in (202609, 202610, 202611):
        month_paid(office, month)
    spent = balance("5002")
    model: dict[int, int] = {}
    borne = 0
    for award in awards:
        from_month = chance.choice((9, 10, 11))
        factories.stop(award, dt.date(2026, from_month, 1))
    move_to(DAY)
    expected = {one.household_id: one.fen for one in recoveries.overpaid()}
    assert sum(expected.values()) == sum(
        award.amount_fen * (12 - award.closing.ends_on.month)
        for award in Award.objects.select_related("closing")
    )
    assert len(expected) == CASES
    for award in awards:
        made = confirmed(award, office)
        model[made.pk] = made.amount_fen
        assert made.amount_fen == expected[award.household_id]
        for place in range(chance.randrange(4)):
            if model[made.pk]:
                fen = chance.choice((model[made.pk], chance.randint(1, model[made.pk])))
                receive(made, office, fen, f"SJ-{made.pk}-{place}")
                model[made.pk] -= fen
        fate = chance.choice(("open", "open", "written_off", "cancelled"))
        if model[made.pk] and fate != "open":
            if fate == "written_off":
                services.propose_write_off(made, "追不回", office.fuhe)
                services.approve_write_off(made, office.pizhun)
            else:
                services.cancel_recovery(made, "有误", office.pizhun)
            borne += model.pop(made.pk)
    open_orders = Recovery.objects.filter(state="ordered")
    assert (
        balance("1201")
        == sum(model.values())
        == sum(one.outstanding_fen for one in recoveries.standings(open_orders, DAY))
    )
    assert balance("5002") == spent - sum(expected.values()) + borne
