"""Cards that cool or failed, reviews long overdue, awards never posted: held back until a person looks."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.payments.refusals import CannotRelease
from doudi.records.people.models import Account
from doudi.records.postings.models import Posting
from doudi.records.reviews.models import ChangeEvent
from doudi.store.today import move_to
from tests.services import bank_answers, factories
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.bank_answers import answer

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def office() -> factories.Office:
    return factories.office(DAY)


def build(office: factories.Office, month: int = 202611) -> PayrollRun:
    return services.build(scheme="dibao_rural", month=month, by=office.caiwu)


def causes() -> list[str]:
    return sorted(Interception.objects.values_list("cause", flat=True))


def changed_card(award: Award, on: dt.date, number: str = "6299000000000000001") -> Account:
    Account.objects.filter(person=award.payee, until_on=None).update(until_on=on)
    factories.card_reported(award.payee)
    return Account.objects.create(
        person=award.payee, bank=factories.BANK, number=number, last4=number[-4:], holder_name=award.payee.name,
        from_on=on, recorded_by="jingban",
    )  # fmt: skip


@pytest.mark.parametrize(("days_ago", "held"), [(0, True), (2, True), (3, False), (30, False)])
def test_a_new_card_cools_for_the_packs_days(office: factories.Office, days_ago: int, held: bool) -> None:
    award, _ = factories.receiving(2)
    changed_card(award, DAY - dt.timedelta(days=days_ago))
    build(office)
    assert causes() == (["cooling"] if held else [])


def test_a_cooling_card_is_not_released_before_its_day(office: factories.Office) -> None:
    award, _ = factories.receiving(2)
    changed_card(award, DAY - dt.timedelta(days=1))
    run = build(office)
    found = Interception.objects.get()
    with pytest.raises(CannotRelease, match="2026-11-07"):
        services.resolve(found, "released", "本人来电催", office.fuhe)
    move_to(dt.date(2026, 11, 7))
    services.resolve(found, "released", "满期, 本人确认是自己的卡", office.fuhe)
    assert services.lock(run, office.caiwu).lines_count == 2


def test_the_database_turns_nobodys_payment_to_another_card_for_one_alone(office: factories.Office) -> None:
    """Neither the writer's own report nor one already used up lets a card follow another while money runs to it."""
    (award,) = factories.receiving()
    card = {
        "person": award.payee,
        "bank": factories.BANK,
        "last4": "0001",
        "holder_name": "x",
        "from_on": DAY,
    }

    def another(by: str) -> Account:
        with transaction.atomic():
            Account.objects.filter(person=award.payee, until_on=None).update(until_on=DAY)
            return Account.objects.create(number=f"62{Account.objects.count():017}", recorded_by=by, **card)

    with pytest.raises(IntegrityError, match="另一人报"):
        another("jingban")
    factories.card_reported(award.payee, by="jingban")
    with pytest.raises(IntegrityError, match="另一人报"):
        another("jingban")
    ChangeEvent.objects.update(state="rejected")
    with pytest.raises(IntegrityError, match="另一人报"):
        another("cun")
    factories.card_reported(award.payee, by="cun")
    assert another("jingban").person == award.payee
    with pytest.raises(IntegrityError, match="停用的账户"), transaction.atomic():
        Account.objects.exclude(until_on=None).update(until_on=None)
    factories.stop(award, DAY)
    ChangeEvent.objects.update(state="rejected")
    assert another("jingban").person == award.payee  # nothing runs to it any more


def test_a_first_card_does_not_cool(office: factories.Office) -> None:
    (head,) = factories.persons(1)
    factories.grants(factories.households([head]), [10_000])
    Account.objects.create(
        person=head, bank=factories.BANK, number="6299000000000000001", last4="0001", holder_name=head.name,
        from_on=DAY, recorded_by="jingban",
    )  # fmt: skip
    build(office)
    assert causes() == []


def failed(office: factories.Office) -> Award:
    """November's run closed, one line of it failed."""
    award, _ = factories.receiving(2)
    run = services.lock(build(office), office.caiwu)
    services.approve(run, 1, office.fuhe)
    services.approve(run, 2, office.pizhun)
    services.export(run, "csv", office.pizhun)
    number = run.lines.get(award=award).number
    bank_answers.taken_in(run, answer(run, results={number: "失败"}))
    return award


def test_a_correction_to_the_card_that_failed_needs_a_reason(office: factories.Office) -> None:
    award = failed(office)
    run = services.build_correction(scheme="dibao_rural", month=202611, by=office.caiwu)
    found = Interception.objects.get()
    assert (found.cause, found.line.award, "账户已销户" in found.detail) == ("same_card", award, True)
    services.resolve(found, "released", "银行说是当天系统故障, 卡没有问题", office.fuhe)
    assert services.lock(run, office.caiwu).lines_count == 1


def test_a_correction_to_another_card_is_only_a_changed_card(office: factories.Office) -> None:
    award = failed(office)
    changed_card(award, DAY - dt.timedelta(days=10))
    services.build_correction(scheme="dibao_rural", month=202611, by=office.caiwu)
    assert causes() == ["account_changed"]


@pytest.mark.parametrize(
    ("decided_on", "review_on", "held"),
    [
        ("2024-10-20", "2025-10-20", True),  # a year and a year again have passed
        ("2024-11-20", "2025-11-20", False),  # late, by less than a year
        ("2025-12-01", "2026-12-01", False),
    ],
)
def test_a_review_late_by_a_whole_interval_is_held(
    office: factories.Office, decided_on: str, review_on: str, held: bool
) -> None:
    award, _ = factories.receiving(2)
    planned(award, decided_on, review_on)
    build(office)
    assert causes() == (["review_overdue"] if held else [])


def planned(award: Award, decided_on: str, review_on: str) -> Decision:
    return Decision.objects.create(
        no=f"R-{decided_on}", kind="carried_over", scheme=award.scheme, household=award.household,
        decided_on=dt.date.fromisoformat(decided_on), next_review_on=dt.date.fromisoformat(review_on),
        reason="名册带入", basis="测试名册", by="test",
    )  # fmt: skip


def test_a_later_review_counts(office: factories.Office) -> None:
    award, _ = factories.receiving(2)
    planned(award, "2024-10-20", "2025-10-20")
    planned(award, "2026-01-20", "2027-01-20")
    build(office)
    assert causes() == []


@pytest.fixture
def confirmed() -> Award:
    """The golden family, walked down the whole road and confirmed in October."""
    people = golden.county()
    filed = road.intake.submit(
        by=people["cun"], draft=golden.draft(), channel="village", on=road.day("09-14")
    )
    case = road.signed(filed, people)
    road.decisions.county_visit(
        case=case, by=people["shenpi2"], second=people["shenpi"], note="属实", photo=golden.photo(),
        on=road.day("10-09"),
    )  # fmt: skip
    road.decisions.confirm(case=case, by=people["shenpi"], on=road.day("10-12"))
    return Award.objects.get()


@pytest.mark.parametrize(("is_hung", "held"), [(True, []), (False, ["not_posted"])])
def test_an_award_that_never_hung_on_its_board_is_held(
    confirmed: Award, is_hung: bool, held: list[str]
) -> None:
    office = factories.office(DAY)
    if not is_hung:
        Posting.objects.update(withdrawn_on=DAY)
    build(office)
    assert causes() == held
