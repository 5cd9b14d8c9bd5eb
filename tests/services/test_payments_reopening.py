"""A locked run sent back to be done again, and what becomes known between the lock and the bank's file."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from doudi.records.audit.models import Event
from doudi.records.ledger.models import Entry
from doudi.records.payments import queries, services
from doudi.records.payments.models import Approval, BankFile, Interception, Paid, PayLine, PayrollRun
from doudi.records.payments.refusals import (
    DutyNotYours,
    NotDueSinceLock,
    ReasonMissing,
    RunNotAt,
    SamePersonTwice,
)
from doudi.records.people import services as people
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
REACHED = ("locked", "reviewed", "approved")


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def reached(office: factories.Office, state: str) -> PayrollRun:
    """November's run at one of the three states after the lock."""
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    return further(run, office, state)


def further(run: PayrollRun, office: factories.Office, state: str) -> PayrollRun:
    if state != "locked":
        services.approve(run, 1, office.fuhe)
    if state == "approved":
        services.approve(run, 2, office.pizhun)
    run.refresh_from_db()
    return run


def balance(account: str) -> int:
    rows = Entry.objects.filter(account=account).values_list("side", "fen")
    return sum(fen if side == "D" else -fen for side, fen in rows)


def die(award: Any) -> None:
    people.report_death(by=factories.staff("jingban"), person=award.payee, died_on=DAY, on=DAY)


@pytest.mark.parametrize("state", REACHED)
def test_a_run_sent_back_gives_up_the_month_and_books_back(office: factories.Office, state: str) -> None:
    factories.receiving(3, fen=10_000, step=100)
    run = services.reopen(reached(office, state), "发现张家的卡号登记错了", office.fuhe)
    assert (run.state, run.round, run.content_hash, run.locked_on) == ("draft", 1, "", None)
    assert (run.lines_count, run.total_fen) == (3, 30_300)
    assert (balance("5002"), balance("2001"), Paid.objects.count()) == (0, 0, 0)
    assert set(PayLine.objects.values_list("number", "account_last4", "account_bi")) == {(None, "", None)}
    event = Event.objects.get(action="payroll.reopen")
    assert "发现张家的卡号登记错了" in event.body
    done = Approval.objects.filter(run=run).count()
    assert done == REACHED.index(state), "the approvals of the first round stay"


def test_the_second_round_is_locked_approved_and_paid_once(office: factories.Office) -> None:
    factories.receiving(2, fen=10_000)
    run = services.reopen(reached(office, "approved"), "重做", office.pizhun)
    assert [step.by for step in queries.stepper(run)[2:4]] == ["", ""]
    services.lock(run, office.caiwu)
    further(run, office, "approved")
    assert sorted(Approval.objects.values_list("round", "step")) == [(0, 1), (0, 2), (1, 1), (1, 2)]
    services.export(run, "csv", office.pizhun)
    bank_answers.taken_in(run, answer(run))
    assert (balance("5002"), balance("2001"), balance("1001")) == (20_000, 0, -20_000)
    assert Paid.objects.values("person", "month", "pair").distinct().count() == Paid.objects.count()


def test_sending_back_twice_books_each_round_with_its_own_key(office: factories.Office) -> None:
    factories.receiving(1, fen=10_000)
    run = services.reopen(reached(office, "locked"), "一", office.fuhe)
    services.lock(run, office.caiwu)
    run = services.reopen(run, "二", office.fuhe)
    assert (run.round, balance("5002"), balance("2001")) == (2, 0, 0)
    assert services.lock(run, office.caiwu).state == "locked"
    assert balance("2001") == -10_000


def test_who_may_send_back_and_when(office: factories.Office) -> None:
    factories.receiving(1)
    run = reached(office, "locked")
    with pytest.raises(DutyNotYours):
        services.reopen(run, "重做", office.caiwu)
    with pytest.raises(ReasonMissing, match="退回重做"):
        services.reopen(run, "  ", office.fuhe)
    further(run, office, "approved")
    services.export(run, "csv", office.pizhun)
    with pytest.raises(RunNotAt):
        services.reopen(run, "重做", office.pizhun)
    services.hand_over(run, office.pizhun)
    with pytest.raises(RunNotAt):
        services.reopen(run, "重做", office.pizhun)


def test_whoever_took_a_step_in_the_first_round_takes_no_other_in_the_second(
    office: factories.Office,
) -> None:
    factories.receiving(1)
    run = services.reopen(reached(office, "reviewed"), "重做", office.pizhun)
    services.lock(run, office.caiwu)
    services.approve(run, 1, factories.staff("fuhe2"))
    office.fuhe.role = "pizhun"
    office.fuhe.save()
    with pytest.raises(SamePersonTwice):
        services.approve(run, 2, office.fuhe)


def test_the_database_sends_nothing_back_that_the_bank_may_have(office: factories.Office) -> None:
    factories.receiving(1)
    run = reached(office, "approved")
    row = PayrollRun.objects.filter(pk=run.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="draft")  # no other round
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="draft", round=2)  # a round left out
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(round=1)  # another round without going back
    with pytest.raises(IntegrityError), transaction.atomic():
        Paid.objects.all().delete()  # the month is not given up while locked
    BankFile.objects.create(
        run=run, format="csv", sha256="0" * 64, count=run.lines_count, total_fen=run.total_fen, by="x", on=DAY
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="draft", round=1)


def test_an_old_approval_does_not_carry_the_new_round(office: factories.Office) -> None:
    factories.receiving(1)
    run = services.reopen(reached(office, "approved"), "重做", office.fuhe)
    services.lock(run, office.caiwu)
    row = PayrollRun.objects.filter(pk=run.pk)
    for state in ("reviewed", "approved"):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(state=state)


@pytest.mark.parametrize("state", REACHED)
def test_a_death_after_the_lock_stops_the_next_step_and_names_who(
    office: factories.Office, state: str
) -> None:
    awards = factories.receiving(3, fen=10_000)
    run = reached(office, state)
    die(awards[1])
    with pytest.raises(NotDueSinceLock, match=f"{awards[1].payee.name}.*退回重做"):
        next_step(run, office, state)
    run = services.reopen(run, "有人死亡", office.fuhe)
    found = Interception.objects.get()
    assert (found.cause, found.line.award) == ("deceased", awards[1])
    services.resolve(found, "dropped", "家属已确认", office.fuhe)
    services.lock(run, office.caiwu)
    further(run, office, "approved")
    _, content = services.export(run, "csv", office.pizhun)
    assert (awards[1].payee.name.encode() in content, run.lines_count) == (False, 2)


def next_step(run: PayrollRun, office: factories.Office, state: str) -> None:
    steps = {
        "locked": lambda: services.approve(run, 1, office.fuhe),
        "reviewed": lambda: services.approve(run, 2, office.pizhun),
        "approved": lambda: services.export(run, "csv", office.pizhun),
    }
    steps[state]()


@pytest.mark.parametrize("state", REACHED)
def test_a_stop_after_the_lock_stops_the_next_step(office: factories.Office, state: str) -> None:
    awards = factories.receiving(2, fen=10_000)
    run = reached(office, state)
    factories.stop(awards[0], dt.date(2026, 11, 1))
    with pytest.raises(NotDueSinceLock, match="待遇已停"):
        next_step(run, office, state)


def test_a_stop_from_next_month_stands_in_nobodys_way(office: factories.Office) -> None:
    awards = factories.receiving(2, fen=10_000)
    run = reached(office, "approved")
    factories.stop(awards[0], dt.date(2026, 12, 1))
    services.export(run, "csv", office.pizhun)
    run.refresh_from_db()
    assert run.state == "exported"


def test_a_death_decided_upon_before_the_lock_is_not_asked_again(office: factories.Office) -> None:
    awards = factories.receiving(2, fen=10_000)
    die(awards[0])
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.resolve(Interception.objects.get(), "released", "本月仍应发", office.fuhe)
    services.lock(run, office.caiwu)
    assert further(run, office, "approved").state == "approved"


def test_after_the_first_file_a_download_is_not_refused(office: factories.Office) -> None:
    awards = factories.receiving(2, fen=10_000)
    run = reached(office, "approved")
    _, content = services.export(run, "csv", office.pizhun)
    die(awards[0])
    assert services.export(run, "csv", office.pizhun)[1] == content
