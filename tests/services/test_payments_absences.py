"""Whoever is registered as away moves no money: not one step of the road, nor a recovery, nor a voucher."""

import datetime as dt
from collections.abc import Callable

import pytest

from doudi.records.ledger.services import register_receipt
from doudi.records.payments import duties, services
from doudi.records.payments.in_person.refusals import WitnessIsHanding
from doudi.records.payments.models import Interception, PayLine, PayrollRun
from doudi.records.people.models import Account
from doudi.records.staff.models import Absence, User
from doudi.records.staff.presence import AwayNow
from tests.services import factories
from tests.services import golden_family as golden
from tests.services.bank_answers import answer

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    made = factories.office(DAY)
    factories.receiving(2)
    return made


def away(user: User) -> User:
    """The user as his next request finds him, an absence of today registered."""
    deputy = factories.staff(f"{user.role}9")
    safety = factories.staff("anquan")
    Absence.objects.create(
        user=user, deputy=deputy, from_on=DAY, until_on=DAY, reason="年休假", set_by=safety
    )
    return User.objects.get(pk=user.pk)


def back(user: User) -> User:
    Absence.objects.filter(user=user).update(back_on=DAY)
    return User.objects.get(pk=user.pk)


def refused_while_away(act: Callable[[User], object], user: User) -> None:
    """Refused to the absent, done by the same person once he is back: it is the absence that was in the way."""
    with pytest.raises(AwayNow, match="登记了不在岗"):
        act(away(user))
    act(back(user))
    Absence.objects.filter(user=user).update(back_on=DAY)


def test_no_step_of_the_road_is_made_by_somebody_away(office: factories.Office) -> None:
    def run() -> PayrollRun:
        return PayrollRun.objects.get()

    refused_while_away(lambda by: services.build(scheme="dibao_rural", month=202611, by=by), office.caiwu)
    assert PayrollRun.objects.count() == 1
    refused_while_away(lambda by: services.lock(run(), by), office.caiwu)
    refused_while_away(lambda by: services.approve(run(), 1, by), office.fuhe)
    refused_while_away(lambda by: services.reopen(run(), "重做", by), office.fuhe)
    services.lock(run(), office.caiwu)
    services.approve(run(), 1, office.fuhe)
    refused_while_away(lambda by: services.approve(run(), 2, by), office.pizhun)
    refused_while_away(lambda by: services.export(run(), "csv", by), office.pizhun)
    refused_while_away(lambda by: services.hand_over(run(), by), office.pizhun)
    data = answer(run(), on=DAY)
    refused_while_away(lambda by: services.stage_return(run(), data, "回盘.csv", by), office.caiwu)
    refused_while_away(lambda by: services.apply_return(run().drafts.get(), by), office.fuhe)
    refused_while_away(lambda by: services.close(run(), by), office.caiwu)
    assert run().state == "closed"


def test_no_duty_of_money_is_done_by_somebody_away(office: factories.Office) -> None:
    for act, roles in duties.DUTIES.items():
        for role in roles:
            duties.require(act, factories.staff(str(role)))
            by = away(factories.staff(str(role)))
            with pytest.raises(AwayNow):
                duties.require(act, by)
            Absence.objects.all().update(back_on=DAY)


def test_no_money_is_registered_by_somebody_away(office: factories.Office) -> None:
    def receipt(by: User) -> object:
        return register_receipt(
            kind="grant", level="county", scheme="", document_no="1号", on=DAY, fen=100, by=by
        )

    refused_while_away(receipt, office.caiwu)


def test_nobody_witnesses_from_away(office: factories.Office) -> None:
    poor = Account.objects.order_by("pk")[0].person
    Account.objects.filter(person=poor).update(until_on=DAY)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    for one in Interception.objects.filter(line__run=run):
        services.resolve(one, "by_hand", "没有账户", office.fuhe)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "csv", office.pizhun)
    services.hand_over(run, office.pizhun)
    line = PayLine.objects.get(run=run, payee=poor)
    with pytest.raises(WitnessIsHanding):
        services.pay_by_hand(
            line, signed_on=DAY, signed_by=poor.name, is_agent=False, proof=golden.photo(),
            witness=away(office.fuhe), by=office.caiwu,
        )  # fmt: skip
