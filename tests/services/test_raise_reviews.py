"""What a raise may not decide by itself becomes a case: once, by the township, when the standard is in force."""

import datetime as dt

import pytest

from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.people.models import Membership, Relative
from doudi.records.reviews import services
from doudi.records.reviews.queries import raised_to_review
from doudi.records.reviews.services import reviewing
from doudi.records.staff.models import User
from doudi.store.today import today
from tests.services import factories
from tests.services import golden_family as golden
from tests.services import test_raising as raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    factories.office(raised.DAY)
    return {login: factories.staff(login) for login in ("shenpi", "juzhang")}


@pytest.fixture
def clerk(people: dict[str, User]) -> User:
    return factories.staff("jingban", area=golden.TOWNSHIP)


def drafted(people: dict[str, User]) -> StandardRaise:
    """One family up, one no longer entitled, one paid more than the new standard gives, one that has grown."""
    _, rich, down, grown = raised.receiving(4)
    raised.fact(rich.household, kind="income", code="crops", person=rich.payee, amount_fen=9_000_000)
    factories.stop(down, raised.DAY)
    factories.grant(down.household, 99_900)
    (child,) = factories.persons(1)
    Membership.objects.create(
        household=grown.household, person=child, relation="child", from_on=factories.OPENED
    )
    return raised.opened(people)


@pytest.fixture
def lines(people: dict[str, User]) -> dict[str, RaiseLine]:
    made = raised.signed(drafted(people), people)
    return {line.effect: line for line in made.lines.all()}


def opened(line: RaiseLine, by: User, on: dt.date | None = None) -> Case:
    return services.open_for_raise(line=line, by=by, on=on or today())


def test_each_effect_has_its_case_and_leaves_the_list(lines: dict[str, RaiseLine], clerk: User) -> None:
    assert {line.effect for line in raised_to_review(clerk)} == {"down", "lost", "changed"}
    made = {effect: opened(lines[effect], clerk) for effect in ("down", "lost", "changed")}
    assert {effect: case.kind for effect, case in made.items()} == {
        "down": "review", "lost": "review", "changed": "change",
    }  # fmt: skip
    assert "不再符合" in made["lost"].award_change.text
    assert made["changed"].award_change.cause == "members"
    assert not raised_to_review(clerk).exists()


def test_a_second_case_for_the_same_raise_is_refused(lines: dict[str, RaiseLine], clerk: User) -> None:
    case = opened(lines["down"], clerk)
    with pytest.raises(reviewing.ReviewedSince, match=case.no):
        opened(lines["down"], clerk)
    assert Case.objects.filter(household=case.household).count() == 1


def test_only_what_a_signed_raise_left_to_a_case(people: dict[str, User], clerk: User) -> None:
    made = drafted(people)
    down = made.lines.get(effect="down")
    assert not raised_to_review(clerk).exists()
    with pytest.raises(reviewing.NotForReview):
        opened(down, clerk)
    raised.signed(made, people)
    with pytest.raises(reviewing.NotForReview):
        opened(made.lines.get(effect="up"), clerk)
    assert opened(down, clerk).kind == "review"


def test_not_before_the_standard_is_in_force(lines: dict[str, RaiseLine], clerk: User) -> None:
    with pytest.raises(reviewing.StandardNotYet, match="2026-11-01"):
        opened(lines["down"], clerk, dt.date(2026, 10, 31))


def test_whoever_may_not_open_a_review_opens_none(
    lines: dict[str, RaiseLine], people: dict[str, User], clerk: User
) -> None:
    line = lines["lost"]
    with pytest.raises(cases.NotYourDuty):
        opened(line, people["shenpi"])
    far = factories.staff("jingban3", area=factories.elsewhere().parent_id or "")
    assert not raised_to_review(far).exists()
    with pytest.raises(cases.OutsideYourArea):
        opened(line, far)
    Relative.objects.create(
        user=clerk, person=line.household.head, relation="父母", filed_on=today(), filed_by="test"
    )
    with pytest.raises(cases.MustRecuse):
        opened(line, clerk)


def test_what_ended_meanwhile_waits_for_nobody(lines: dict[str, RaiseLine], clerk: User) -> None:
    factories.stop(lines["lost"].household.awards.get(closing=None), today())
    assert {line.effect for line in raised_to_review(clerk)} == {"down", "changed"}
