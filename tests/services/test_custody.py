"""A card kept by somebody else: agreement, a second person at the county, an end; whoever keeps many is listed."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.records.awards.models import Award, Holding
from doudi.records.payments import services
from doudi.records.payments.in_person import custody
from doudi.records.payments.in_person import refusals as refused
from doudi.records.payments.models import Custody, Interception
from doudi.records.payments.recovery.refusals import GroundMissing, RelativeOfTheirs
from doudi.records.payments.refusals import DutyNotYours
from doudi.records.people.models import Household, Relative
from doudi.records.staff.models import User
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)
KEEPER = golden.number("19700101", 77)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


@pytest.fixture
def clerk(office: factories.Office) -> User:
    return factories.staff("jingban", area=golden.TOWNSHIP)


@pytest.fixture
def award(office: factories.Office) -> Award:
    return factories.receiving()[0]


def kept(award: Award, clerk: User, **changes: Any) -> Custody:
    given: dict[str, Any] = {
        "household": award.household, "person": award.payee, "custodian": "李村医", "custodian_id": KEEPER,
        "relation": "邻居", "from_on": DAY, "agreement": golden.photo(), "by": clerk,
    } | changes  # fmt: skip
    return services.record_custody(**given)


def test_recorded_filed_by_the_county_and_ended(award: Award, clerk: User) -> None:
    made = kept(award, clerk)
    county = factories.staff("shenpi")
    services.file_custody(made, award.household, county)
    services.file_custody(made, award.household, county)
    services.end_custody(made, award.household, "存折交还本人", clerk)
    made.refresh_from_db()
    assert (made.filed_by, made.filed_on, made.until_on) == (county, DAY, DAY)
    assert kept(award, clerk).pk != made.pk


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"custodian": " "}, refused.CustodianUnreadable),
        ({"custodian_id": "410482197001010000"}, refused.CustodianUnreadable),
        ({"relation": ""}, refused.CustodianUnreadable),
        ({"from_on": dt.date(2026, 12, 1)}, refused.CustodianUnreadable),
        ({"agreement": b""}, refused.AgreementMissing),
        ({"agreement": b"not a picture"}, refused.CustodianUnreadable),
    ],
)
def test_without_an_agreement_or_a_known_custodian_nothing_is_recorded(
    changes: dict[str, Any], wanted: type[Exception], award: Award, clerk: User
) -> None:
    with pytest.raises(wanted):
        kept(award, clerk, **changes)
    assert not Custody.objects.exists()


def test_each_step_has_its_own_person_and_place(award: Award, clerk: User) -> None:
    for who in (factories.staff("caiwu"), factories.staff("shenpi")):
        with pytest.raises(DutyNotYours):
            kept(award, who)
    with pytest.raises(refused.NotHouseholdsPerson):
        kept(award, factories.staff("jingban3", "jingban", factories.elsewhere().parent_id or ""))
    with pytest.raises(refused.NotHouseholdsPerson):
        kept(award, clerk, person=factories.persons(1)[0])
    with pytest.raises(refused.CustodianUnreadable):
        kept(award, clerk, custodian_id=award.payee.id_number)
    Relative.objects.create(user=clerk, person=award.payee, relation="兄弟", filed_on=DAY)
    with pytest.raises(RelativeOfTheirs):
        kept(award, clerk)


def test_one_at_a_time_and_an_end_is_an_end(award: Award, clerk: User) -> None:
    made = kept(award, clerk)
    with pytest.raises(refused.CustodyRunning):
        kept(award, clerk)
    with pytest.raises(GroundMissing):
        services.end_custody(made, award.household, " ", clerk)
    services.end_custody(made, award.household, "本人取回", clerk)
    with pytest.raises(refused.CustodyEnded):
        services.file_custody(made, award.household, factories.staff("shenpi"))


def test_the_database_refuses_what_the_services_would(award: Award, clerk: User) -> None:
    made = kept(award, clerk)
    acts = [
        ("UPDATE payments_custody SET filed_by_id = %s, filed_on = '2026-11-05'", clerk.pk),
        ("UPDATE payments_custody SET filed_by_id = %s", factories.staff("fuhe").pk),
        ("UPDATE payments_custody SET custodian = %s", "别人"),
        ("DELETE FROM payments_custody WHERE id = %s", made.pk),
    ]
    for statement, value in acts:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [value])


def test_whoever_keeps_the_cards_of_many_households_is_listed(clerk: User) -> None:
    awards = factories.receiving(4)
    for award in awards[:2]:
        kept(award, clerk)
    assert custody.custodians_of_many(clerk) == []
    kept(awards[2], clerk)
    kept(awards[3], clerk, custodian="王五", custodian_id=golden.number("19710101", 78))
    (found,) = custody.custodians_of_many(clerk)
    assert (found.name, found.households, KEEPER in found.number) == ("李村医", 3, False)


def test_a_household_not_paid_to_its_head_is_listed(award: Award, clerk: User) -> None:
    assert not custody.paid_on_anothers_card(clerk).exists()
    other = factories.persons(1)[0]
    Household.objects.filter(pk=award.household_id).update(head=other)
    assert list(custody.paid_on_anothers_card(clerk)) == [award]


def test_a_person_paid_on_anothers_card_is_listed(office: factories.Office, clerk: User) -> None:
    (own,) = factories.receiving(scheme="tekun_rural")
    assert not custody.paid_on_anothers_card(clerk).exists()
    (other,) = factories.receiving()
    wrong = Award.objects.create(
        no="A-X", scheme="tekun_rural", household=other.household, payee=own.payee, village=own.village,
        persons=1, amount_fen=100, from_on=DAY,
    )  # fmt: skip
    Holding.objects.create(award=wrong, person=other.payee, pair="tekun")
    assert list(custody.paid_on_anothers_card(clerk)) == [wrong]


def test_a_line_on_anothers_card_is_held_until_somebody_looks(office: factories.Office) -> None:
    """Paid to the household's old head: the money would go to a card that is not the household's."""
    wrong, _ = factories.receiving(2)
    Household.objects.filter(pk=wrong.household_id).update(head=factories.persons(1, "新户主")[0])
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    found = Interception.objects.get()
    assert (found.cause, found.line.award) == ("others_card", wrong)
    assert "新户主" in found.detail
    services.resolve(found, "released", "监护人代领, 有委托书", office.fuhe)
    assert services.lock(run, office.caiwu).lines_count == 2


def test_a_person_paid_on_his_own_card_or_through_a_guardian_is_not_held(office: factories.Office) -> None:
    factories.receiving(scheme="tekun_rural")
    services.build(scheme="tekun_rural", month=202611, by=office.caiwu)
    (child,) = factories.receiving(scheme="orphan")
    Household.objects.filter(pk=child.household_id).update(head=factories.persons(1)[0])
    services.build(scheme="orphan", month=202611, by=office.caiwu)
    assert not Interception.objects.filter(cause="others_card").exists()


def test_whose_cards_of_a_run_somebody_else_keeps(
    office: factories.Office, award: Award, clerk: User
) -> None:
    factories.receiving()
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    assert not custody.kept_by_others(run).exists()
    made = kept(award, clerk)
    assert list(custody.kept_by_others(run)) == [made]
    services.end_custody(made, award.household, "本人取回", clerk)
    assert not custody.kept_by_others(run).exists()
