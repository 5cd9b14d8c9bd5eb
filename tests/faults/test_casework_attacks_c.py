"""P13: a family changed behind the sum, hidden behind a child, or paid to another card: each try is refused or seen."""

import dataclasses
import datetime as dt

import pytest

from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked
from doudi.records.checks import services as checks
from doudi.records.checks.queries import is_current, latest_assessment
from doudi.records.decisions.models import Decision, Opening
from doudi.records.decisions.services import moving
from doudi.records.desk.published import published
from doudi.records.intake import entries
from doudi.records.intake import services as intake
from doudi.records.people import services as people
from doudi.records.people.models import Household, Membership, Person
from doudi.records.people.queries import account_of
from doudi.records.postings import queries as boards
from doudi.records.postings import services as postings
from doudi.records.reviews import services as reviews
from doudi.records.reviews.refusals import AppliedToFamily
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.procedure import walking
from tests.services import changed_family as cf
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
ON = walking.RECEIVED
OTHER_CARD = "6299000000000007777"


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def at_the_board(staff: dict[str, User], *told: tuple[int, people.FactDraft]) -> Case:
    """The family of three at its board; `told` is what it declares, else what the golden family does."""
    # nothing is declared of the child, so that no fact tells of a departure
    facts = tuple((place, fact) for place, fact in golden.draft().facts if place != 2)
    case = intake.submit(by=staff["cun"], draft=golden.draft(facts=told or facts), channel="village", on=ON)
    for step in (walking.accept, walking.survey, walking.review):
        step(now(case), staff, ON)
    return now(case)


def headed_by_the_child(case: Case) -> Case:
    """As an older register may have it."""
    child = cf.member("赵丙")
    case.household.memberships.filter(person=case.household.head).update(relation="parent")
    case.household.memberships.filter(person=child).update(relation="head")
    Household.objects.filter(pk=case.household_id).update(head=child)
    return now(case)


def test_a_child_heads_no_application_of_a_family_with_an_adult(staff: dict[str, User]) -> None:
    members = (
        people.Member(name="赵丙", id_number=golden.number("20140601", 31), relation="head"),
        people.Member(name="赵甲", id_number=golden.number("19810301", 11), relation="parent"),
    )
    with pytest.raises(intake.MinorHead, match="赵甲"):
        intake.submit(
            by=staff["cun"], draft=golden.draft(members=members, facts=()), channel="village", on=ON
        )
    assert not Person.objects.exists()
    alone = golden.draft(members=members[:1], facts=())
    assert intake.submit(by=staff["cun"], draft=alone, channel="village", on=ON).station == "accept"


def test_a_child_as_head_does_not_hide_the_family_from_the_board(staff: dict[str, User]) -> None:
    case = headed_by_the_child(at_the_board(staff))
    posted = postings.publish(case=case, by=staff["jingban"], on=ON)
    assert posted.row["name"].startswith("赵")
    assert boards.posted_as(case) == cf.member("赵甲")
    with pytest.raises(Blocked, match="公示期未满"):
        postings.send_up(case=now(case), by=staff["jingban"], on=ON)


def test_the_adult_on_the_board_is_one_who_counts(staff: dict[str, User]) -> None:
    prison = (0, people.FactDraft(kind="detained", code="prison"))
    wage = (1, people.FactDraft(kind="income", code="wage", amount_fen=500_000))
    able = (1, people.FactDraft(kind="able_to_work", number=1))
    case = headed_by_the_child(at_the_board(staff, prison, able, wage))
    posted = postings.publish(case=case, by=staff["jingban"], on=ON)
    assert posted.row["name"].startswith("钱")


def test_a_child_who_is_paid_does_not_hide_the_family_from_the_list(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    awards = list(Award.objects.all())
    moving.pay_to(household=home, awards=awards, by=staff["shenpi"], payee=cf.member("赵丙"), on=cf.TODAY)
    shown = published(golden.VILLAGE, cf.TODAY + dt.timedelta(days=30), "full")
    assert [one.row.name for one in shown] == ["赵甲"]
    Membership.objects.filter(household=home).exclude(person=cf.member("赵丙")).update(until_on=cf.TODAY)
    assert published(golden.VILLAGE, cf.TODAY + dt.timedelta(days=30), "full") == []


def test_a_sum_of_three_is_not_decided_for_two(staff: dict[str, User]) -> None:
    case = at_the_board(staff)
    later = walking.hang(case, staff, ON)
    walking.sign(now(case), staff, later)
    move_to(later)
    found = latest_assessment(now(case))
    assert found is not None
    assert is_current(found)
    cf.verified(staff, "remove", cf.member("赵丙"), on=later, why="moved")
    assert not is_current(found)
    with pytest.raises(Blocked, match="测算"):
        walking.confirm(now(case), staff, later)
    assert not Award.objects.exists()


def test_an_application_does_not_change_the_card_in_use(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    before = account_of(home.head)
    draft = dataclasses.replace(golden.draft(scheme_id="bianyuan", account=OTHER_CARD), facts=())
    entries.submit_again(by=staff["cun"], household=home, draft=draft, channel="village", on=cf.TODAY)
    assert account_of(home.head) == before
    Membership.objects.update(until_on=cf.TODAY)  # taken down as a new family, the same person is still known
    intake.submit(
        by=staff["cun"], draft=golden.draft(account=OTHER_CARD, phone="10000000009"), channel="village",
        on=cf.TODAY,
    )  # fmt: skip
    assert account_of(home.head) == before


def test_a_plan_of_support_does_not_turn_a_running_payment(staff: dict[str, User]) -> None:
    home = cf.receiving(staff)
    before = account_of(home.head)
    again = reviews.open_reviews(by=staff["jingban"], awards=[Award.objects.get().pk], on=cf.TODAY).cases[0]

    def plan(account: str) -> object:
        return checks.plan_support(
            case=again, by=staff["jingban"], person=home.head, form="scattered", carer="王戊",
            bank="汝州农商银行", account=account, on=cf.TODAY,
        )  # fmt: skip

    with pytest.raises(checks.AccountPaysNow, match="变更领款账户"):
        plan(OTHER_CARD)
    plan("")
    assert account_of(home.head) == before


def test_who_was_taken_out_is_brought_back_before_the_change_is_called_untrue(staff: dict[str, User]) -> None:
    home, child = cf.receiving(staff), cf.member("赵丙")
    paid = Award.objects.get()
    decided = Decision.objects.create(
        no="X-1", kind="carried_over", scheme="disability_living", household=home, decided_on=cf.DECIDED,
        amount_fen=8000, reason="接续", basis="接续", by="shenpi",
    )  # fmt: skip
    own = Award.objects.create(
        no="X-A", scheme="disability_living", household=home, payee=child, village_id=home.village_id, persons=1,
        amount_fen=8000, from_on=paid.from_on,
    )  # fmt: skip
    Opening.objects.create(decision=decided, award=own)
    own.holdings.create(person=child, pair="disability_living")
    event = cf.verified(staff, "death", child)
    assert event.state == "verified"
    with pytest.raises(AppliedToFamily, match="成员增加"):
        reviews.reject(event=event, by=staff["shenpi"], reason="人还在", on=cf.TODAY)
    cf.verified(
        staff, "add", why="return", name="赵丙", id_number=golden.number("20140601", 31), relation="child"
    )
    reviews.reject(event=event, by=staff["shenpi"], reason="人还在", on=cf.TODAY)
    child.refresh_from_db()
    assert child.died_on is None
    assert home.memberships.filter(until_on=None).count() == 3
