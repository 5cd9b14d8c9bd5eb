"""A recognition without money after it was given: it stands, counts other people, or ends with its reason."""

import datetime as dt

import pytest

from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision, Recognition
from doudi.records.people.models import Household
from doudi.records.people.services import FactDraft, Member
from doudi.records.policies.queries import UnknownReason
from doudi.records.reports.queries import statistics
from doudi.records.reviews import services as reviews
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services import changed_family as changed
from tests.services import golden_family as golden
from tests.services.test_grading_road import YOUNG, assessed, confirmed, income, surveyed

pytestmark = pytest.mark.django_db
WIFE = Member(name="吴己", id_number=golden.number("19820505", 24), relation="spouse")
NOVEMBER = changed.TODAY


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def given(staff: dict[str, User]) -> Recognition:
    """Two people, 14,000 a year: a border family since 2026-10-12."""
    able = (1, FactDraft(kind="able_to_work", number=1))
    case = surveyed(staff, YOUNG, WIFE, facts=[income(0, 1_400_000), able])
    assessed(case, staff)
    confirmed(case, staff)
    move_to(NOVEMBER)
    return Recognition.objects.get()


def changing(staff: dict[str, User], pension: int) -> Case:
    """A change reported and verified; the pension declared anew."""
    event = changed.verified(staff, "means", text="养老金有变")
    assert event.case is not None
    changed.declared(staff, Household.objects.get(), NOVEMBER, pension=pension)
    return event.case


def test_a_recognition_ends_when_the_sum_no_longer_carries_it(
    given: Recognition, staff: dict[str, User]
) -> None:
    case = changing(staff, 9_000_000)
    assert (case.scheme, case.kind, case.road) == ("bianyuan", "change", "change")
    decision = changed.decided(case, staff)
    assert (decision.kind, decision.scheme, decision.amount_fen) == ("stop", "bianyuan", 0)
    assert changed.amounts(decision) == [("S02", 0)]
    assert decision.reason == "收入或者财产不再符合规定"
    given.refresh_from_db()
    assert (given.ended_on, given.until_on) == (NOVEMBER, dt.date(2027, 10, 12))
    assert Case.objects.get(pk=case.pk).outcome == "granted"
    left = [row for row in statistics(202611, golden.COUNTY).schemes if row.id == "bianyuan"]
    assert [(row.households, row.left.households) for row in left] == [(0, 1)]


def test_a_recognition_that_still_holds_stays_to_its_day(given: Recognition, staff: dict[str, User]) -> None:
    decision = changed.decided(changing(staff, 1_450_000), staff)
    assert (decision.kind, decision.amount_fen, decision.next_review_on) == ("unchanged", 0, None)
    given.refresh_from_db()
    assert given.ended_on is None


def test_somebody_who_leaves_is_no_longer_counted(given: Recognition, staff: dict[str, User]) -> None:
    event = changed.verified(staff, "remove", changed.member("吴己"), why="moved")
    assert event.case is not None
    changed.declared(staff, Household.objects.get(), NOVEMBER, pension=700_000)
    decision = changed.decided(event.case, staff)
    assert (decision.kind, decision.reason) == ("adjust", "认定的人数由 2 人改为 1 人, 有效期不变")
    before, now = Recognition.objects.order_by("pk")
    assert (before.ended_on, now.from_on, now.until_on, now.persons) == (
        NOVEMBER,
        NOVEMBER,
        before.until_on,
        1,
    )


@pytest.mark.parametrize(("kind", "details", "code"), [
    ("withdraw", {"text": "不要了"}, "S05"), ("move_out", {"to": "湖北省枣阳市"}, "S04"),
])  # fmt: skip
def test_the_county_ends_it_when_the_family_goes_or_gives_it_up(
    given: Recognition, staff: dict[str, User], kind: str, details: dict[str, str], code: str
) -> None:
    event = changed.verified(staff, kind, **details)
    decision = reviews.decide(event=event, by=staff["shenpi"], on=NOVEMBER)[0]
    assert (decision.kind, changed.amounts(decision)) == ("stop", [(code, 0)])
    given.refresh_from_db()
    assert given.ended_on == NOVEMBER


def test_nothing_ends_twice_or_for_an_unknown_reason(given: Recognition, staff: dict[str, User]) -> None:
    with pytest.raises(UnknownReason):
        decisions.end_recognition(recognition=given, by=staff["shenpi"], reason_code="R01", on=NOVEMBER)
    assert Recognition.objects.get().ended_on is None
    decisions.end_recognition(recognition=given, by=staff["shenpi"], reason_code="S05", on=NOVEMBER)
    with pytest.raises(decisions.RecognitionOver, match="已于 2026-11-05 终止"):
        decisions.end_recognition(recognition=given, by=staff["shenpi"], reason_code="S05", on=NOVEMBER)
    assert Decision.objects.filter(kind="stop").count() == 1


def test_what_is_over_opens_no_case_of_change(given: Recognition, staff: dict[str, User]) -> None:
    late = given.until_on
    with pytest.raises(decisions.NothingPaid):
        decisions.open_change(
            by=staff["jingban"], household=given.household, scheme_id="bianyuan", kind="change", on=late
        )
    decisions.open_change(
        by=staff["jingban"], household=given.household, scheme_id="bianyuan", kind="review", on=NOVEMBER
    )
    assert Case.objects.open().get().kind == "review"
