"""P06: the same submission from many hands at once has one effect, and everybody gets the same answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from doudi.records.audit.models import Event
from doudi.records.jobs.models import Job
from doudi.records.ledger.models import Txn
from doudi.records.payments import services
from doudi.records.payments.models import Approval, BankFile, PayLine, PayrollRun, ReturnFile
from tests.services import bank_answers, factories
from tests.services.bank_answers import answer

SUBMISSIONS = 50
HANDS = 10  # at once; the test server takes 60 connections and two workers share it

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def together(verb: Callable[[], Any]) -> list[Any]:
    """The answers of 50 submissions, ten starting at the same instant."""
    gate = Barrier(HANDS)

    def submit(place: int) -> Any:
        if place < HANDS:
            gate.wait(30)
        try:
            return verb()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(submit, range(SUBMISSIONS)))


def events(action: str) -> int:
    return Event.objects.filter(action=action).count()


def test_fifty_submissions_of_each_step_have_one_effect(capsys: pytest.CaptureFixture[str]) -> None:
    office = factories.office()
    factories.receiving(30, step=10)
    answers = together(lambda: services.build(scheme="dibao_rural", month=202611, by=office.caiwu).pk)
    assert len(set(answers)) == 1
    run = PayrollRun.objects.get()
    assert (PayLine.objects.count(), Job.objects.count()) == (30, 1)
    assert (run.state, events("payroll.open"), events("payroll.build")) == ("draft", 1, 1)

    answers = together(lambda: services.lock(PayrollRun.objects.get(), office.caiwu).content_hash)
    assert len(set(answers)) == 1
    assert (events("payroll.lock"), Txn.objects.count()) == (1, 1)

    for step, by in ((1, office.fuhe), (2, office.pizhun)):
        answers = together(lambda step=step, by=by: services.approve(PayrollRun.objects.get(), step, by).pk)  # type: ignore[misc]
        assert len(set(answers)) == 1
    assert (Approval.objects.count(), events("payroll.approve")) == (2, 2)

    answers = together(lambda: services.export(PayrollRun.objects.get(), "csv", office.pizhun)[1])
    assert len(set(answers)) == 1
    assert (BankFile.objects.count(), events("payroll.export")) == (1, 1)

    data = answer(run)
    answers = together(lambda: bank_answers.taken_in(PayrollRun.objects.get(), data))
    assert len({file.pk for file in answers}) == 1
    assert events("payroll.return_staged") == 1
    assert (ReturnFile.objects.count(), Txn.objects.count(), events("payroll.return")) == (1, 2, 1)
    assert not PayLine.objects.exclude(state="paid").exists()
    with capsys.disabled():
        print(f"\nP06 {connection.vendor}: 六步各 {SUBMISSIONS} 次同样的提交, 各生效 1 次, 回答全同")
