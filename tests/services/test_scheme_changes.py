"""A scheme is put on an account in use, or taken off it, by two and from the day after."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.ledger import services as ledger
from doudi.records.ledger import special_accounts
from doudi.records.ledger.fund_refusals import (
    AccountSettled,
    AccountStillMoving,
    FundDutyNotYours,
    SameHandsOnVoucher,
    SchemeChangeUnreadable,
    SchemePaidElsewhere,
)
from doudi.records.ledger.models import AccountScheme, SchemeChange, SpecialAccount
from doudi.records.payments import services
from doudi.records.reports import audit_accounts
from doudi.store import triggers
from doudi.store.today import move_to
from tests.services import factories
from tests.services.test_special_accounts import DAY, opened, registered

pytestmark = pytest.mark.django_db
NEXT = DAY + dt.timedelta(days=1)
Two = tuple[SpecialAccount, SpecialAccount]


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


@pytest.fixture
def two(office: factories.Office) -> Two:
    first = opened(office, schemes=["dibao_rural", "orphan"])
    return first, opened(office, number="41048200000000002", schemes=["tekun_rural"])


def changed(office: factories.Office, account: SpecialAccount, scheme: str, *, adds: bool) -> SchemeChange:
    made = ledger.register_scheme_change(account=account, scheme=scheme, adds=adds, by=office.caiwu)
    return ledger.check_scheme_change(made, office.fuhe)


def payer(scheme: str, on: dt.date) -> SpecialAccount | None:
    return special_accounts.paying_account(scheme, on)


def test_a_scheme_goes_to_another_account_from_the_day_after(office: factories.Office, two: Two) -> None:
    first, second = two
    given = {"account": first, "scheme": "orphan", "adds": False}
    made = ledger.register_scheme_change(**given, by=office.caiwu)
    assert ledger.register_scheme_change(**given, by=office.caiwu) == made
    assert payer("orphan", NEXT) == first  # not before it is checked
    with pytest.raises(FundDutyNotYours):
        ledger.check_scheme_change(made, office.caiwu)
    office.caiwu.role = "fuhe"
    with pytest.raises(SameHandsOnVoucher):
        ledger.check_scheme_change(made, office.caiwu)
    office.caiwu.role = "caiwu"
    ledger.check_scheme_change(made, office.fuhe)
    assert ledger.check_scheme_change(made, office.fuhe).from_on == NEXT
    changed(office, second, "orphan", adds=True)
    assert (payer("orphan", DAY), payer("orphan", NEXT)) == (first, second)
    with pytest.raises(AccountStillMoving, match="明天才生效"):
        services.close_account(first, office.fuhe)
    move_to(NEXT)
    assert not list(audit_accounts.special_accounts())
    services.close_account(first, office.fuhe)
    assert list(first.schemes.order_by("scheme").values_list("scheme", "until_on")) == [
        ("dibao_rural", NEXT),
        ("orphan", NEXT),
    ]
    assert not list(audit_accounts.special_accounts())


def test_what_cannot_be_is_refused(office: factories.Office, two: Two) -> None:
    first, second = two
    waiting = registered(office, number="41048200000000003", schemes=["temporary"])
    for account, scheme, adds, refusal in (
        (second, "orphan", True, SchemePaidElsewhere),
        (second, "orphan", False, SchemeChangeUnreadable),
        (waiting, "temporary", False, AccountSettled),
    ):
        with pytest.raises(refusal):
            ledger.register_scheme_change(account=account, scheme=scheme, adds=adds, by=office.caiwu)
    with pytest.raises(FundDutyNotYours):
        ledger.register_scheme_change(account=first, scheme="orphan", adds=False, by=office.fuhe)
    made = ledger.register_scheme_change(account=first, scheme="orphan", adds=False, by=office.caiwu)
    with pytest.raises(SchemeChangeUnreadable, match="等着核对"):
        ledger.register_scheme_change(account=first, scheme="dibao_rural", adds=False, by=office.caiwu)
    with pytest.raises(AccountStillMoving, match="增减项目"):
        services.close_account(first, office.fuhe)
    with pytest.raises(SchemeChangeUnreadable, match="理由"):
        ledger.decline_scheme_change(made, " ", office.fuhe)
    ledger.decline_scheme_change(made, "不用移", office.fuhe)
    with pytest.raises(SchemeChangeUnreadable, match="已退回"):
        ledger.check_scheme_change(made, office.fuhe)
    assert payer("orphan", NEXT) == first


def test_the_database_takes_it_from_two_only(office: factories.Office, two: Two) -> None:
    first, _ = two
    with pytest.raises(IntegrityError, match="增加项目要两个人办"), transaction.atomic():
        AccountScheme.objects.create(account=first, scheme="temporary", from_on=NEXT)
    with pytest.raises(IntegrityError, match="移出项目要两个人办"), transaction.atomic():
        AccountScheme.objects.filter(scheme="orphan").update(until_on=NEXT)
    made = ledger.register_scheme_change(account=first, scheme="orphan", adds=False, by=office.caiwu)
    alone = {"state": "applied", "checked_by": office.caiwu, "checked_on": DAY, "from_on": NEXT}
    for wrong in (alone, {**alone, "checked_by": office.fuhe, "from_on": DAY}, {"scheme": "dibao_rural"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SchemeChange.objects.filter(pk=made.pk).update(**wrong)


@pytest.mark.parametrize("adds", [True, False])
def test_the_auditor_finds_a_change_undone(office: factories.Office, two: Two, adds: bool) -> None:
    made = changed(office, two[0], "temporary" if adds else "orphan", adds=adds)
    assert not list(audit_accounts.special_accounts())
    triggers.remove()
    column, value = ("from_on", "2026-01-05") if adds else ("until_on", "2026-12-31")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_accountscheme SET {column} = %s WHERE scheme = %s", [value, made.scheme]
        )
    assert f"专户增减项目 {made.pk}" in [found[0] for found in audit_accounts.special_accounts()]
