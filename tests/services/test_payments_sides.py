"""Making, reviewing, and approving with sending are three persons, whatever post one of them is given since."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from doudi.records.cases import services as cases
from doudi.records.payments import services
from doudi.records.payments.models import BankFile, PayrollRun
from doudi.records.payments.refusals import CaseWorkerOfTheirs, SamePersonTwice
from doudi.records.staff.models import User
from tests.services import factories
from tests.services.golden_family import TOWNSHIP

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    made = factories.office(DAY)
    factories.receiving(1)
    return made


def moved(user: User, role: str) -> User:
    """The same person in another post."""
    user.role, user.area_id = role, TOWNSHIP if role == "jingban" else user.area_id
    user.save()
    return User.objects.get(pk=user.pk)


def made(office: factories.Office) -> PayrollRun:
    return services.build(scheme="dibao_rural", month=202611, by=office.caiwu)


def approved(office: factories.Office) -> PayrollRun:
    run = services.lock(made(office), office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    return run


@pytest.mark.parametrize("login", ["caiwu", "fuhe"])
def test_whoever_made_or_reviewed_it_does_not_send_it(office: factories.Office, login: str) -> None:
    run, other = approved(office), moved(getattr(office, login), "pizhun")
    with pytest.raises(SamePersonTwice):
        services.export(run, "csv", other)
    with pytest.raises(IntegrityError, match="不能导出银行文件"), transaction.atomic():
        BankFile.objects.create(
            run=run,
            format="csv",
            sha256="0" * 64,
            count=1,
            total_fen=run.total_fen,
            by=other.username,
            on=DAY,
        )
    services.export(run, "csv", office.pizhun)
    with pytest.raises(SamePersonTwice):
        services.hand_over(run, other)
    assert services.hand_over(run, office.pizhun).state == "handed"


@pytest.mark.parametrize("login", ["fuhe", "pizhun"])
def test_whoever_approved_the_first_round_does_not_lock_the_second(
    office: factories.Office, login: str
) -> None:
    run = services.reopen(approved(office), "重做", office.fuhe)
    other = moved(getattr(office, login), "caiwu")
    with pytest.raises(SamePersonTwice):
        services.lock(run, other)
    factories.receiving(1)
    with pytest.raises(SamePersonTwice):  # nor adds to it what was decided since
        services.build(scheme="dibao_rural", month=202611, by=other)
    made(office)
    assert services.lock(run, office.caiwu).lines_count == 2


def _locks(run: PayrollRun, by: User) -> None:
    services.lock(run, moved(by, "caiwu"))


def _sends(run: PayrollRun, by: User) -> None:
    for step, login in ((1, "fuhe"), (2, "pizhun")):
        services.approve(run, step, factories.staff(login))
    services.export(run, "csv", moved(by, "pizhun"))


@pytest.mark.parametrize("step", [_locks, _sends])
def test_whoever_locked_or_sent_it_works_on_no_case_of_its_households(
    office: factories.Office, step: Callable[[PayrollRun, User], None]
) -> None:
    run, other = made(office), factories.staff("pizhun2")
    if step is _sends:
        services.lock(run, office.caiwu)
    step(run, other)
    household = run.lines.get().household
    case = cases.open_case(by=office.caiwu, household=household, scheme_id="dibao_urban", on=DAY)
    with pytest.raises(cases.ActRefused, match="办理过这一户的发放"):
        cases.do(case=case, by=moved(other, "jingban"), duty="accept", title="受理", on=DAY)


def test_whoever_worked_on_a_case_does_not_export_even_by_raw_sql(office: factories.Office) -> None:
    run, clerk = approved(office), factories.staff("jingban", area=TOWNSHIP)
    case = cases.open_case(by=clerk, household=run.lines.get().household, scheme_id="dibao_urban", on=DAY)
    cases.do(case=case, by=clerk, duty="accept", title="受理", on=DAY)
    with pytest.raises(CaseWorkerOfTheirs):
        services.export(run, "csv", moved(clerk, "pizhun"))
    with pytest.raises(IntegrityError, match="不能导出银行文件"), transaction.atomic():
        BankFile.objects.create(
            run=run, format="csv", sha256="0" * 64, count=1, total_fen=run.total_fen, by="jingban", on=DAY
        )
