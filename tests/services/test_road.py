"""The golden household walks the whole road, to the fen and to the day."""

import datetime as dt

import pytest

from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Case
from doudi.records.cases.services import (
    BatchOutcome,
    Blocked,
    MustRecuse,
    NotYourDuty,
    OtherSideAlready,
    WrongStation,
    each,
)
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper
from doudi.records.people.services import AlreadyInHousehold, file_relative
from doudi.records.postings import services as postings
from doudi.records.staff.models import User
from tests.services import golden_family as golden
from tests.services.concluding import concluded

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


@pytest.fixture
def filed(staff: dict[str, User]) -> Case:
    """Filed by the village on Monday 2026-09-14."""
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))


def accept(case: Case, staff: dict[str, User]) -> Case:
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=staff["jingban"], have=list(asked), on=day("09-14"))
    return intake.accept(case=case, by=staff["jingban"], on=day("09-14"))


def survey(case: Case, staff: dict[str, User]) -> Case:
    checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=golden.seen()
    )
    checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="符合条件", on=day("09-18"))
    return Case.objects.get(pk=case.pk)


def post(case: Case, staff: dict[str, User]) -> Case:
    postings.publish(case=case, by=staff["jingban"], on=day("09-18"))
    postings.send_up(case=case, by=staff["jingban"], on=day("09-28"))
    return Case.objects.get(pk=case.pk)


def signed(case: Case, staff: dict[str, User]) -> Case:
    post(survey(accept(case, staff), staff), staff)
    return decisions.sign(case=case, by=staff["fuze"], on=day("09-28"))


def test_golden_household_to_the_fen_and_the_day(filed: Case, staff: dict[str, User]) -> None:
    assert (filed.station, filed.due_on) == ("accept", day("10-30"))
    accepted = accept(filed, staff)
    assert (accepted.station, accepted.station_due_on) == ("survey", day("09-17"))
    surveyed = survey(accepted, staff)
    assert surveyed.station == "post"
    assessment = surveyed.assessments.get()
    assert (assessment.amount_fen, assessment.results["household_income"]) == (81_900, 1_076_000)
    assert [part["amount_fen"] for part in assessment.results["pays"]] == [57_400, 14_700, 9_800]
    posting = postings.publish(case=surveyed, by=staff["jingban"], on=day("09-18"))
    assert (posting.until_on, posting.row) == (
        day("09-25"),
        {"name": "赵甲", "members": 3, "amount_fen": 81_900},
    )
    with pytest.raises(Blocked, match="公示期未满"):
        postings.send_up(case=surveyed, by=staff["jingban"], on=day("09-25"))
    postings.send_up(case=surveyed, by=staff["jingban"], on=day("09-28"))
    sent = decisions.sign(case=surveyed, by=staff["fuze"], on=day("09-28"))
    assert (sent.station, sent.station_due_on) == ("confirm", day("10-16"))
    decision = decisions.confirm(case=sent, by=staff["shenpi"], on=day("10-12"))
    award = Award.objects.get()
    assert (award.amount_fen, award.persons, award.from_on) == (81_900, 3, day("11-01"))
    assert decision.next_review_on == dt.date(2027, 4, 12)
    assert Holding.objects.filter(award=award, pair="dibao×tekun", released_on=None).count() == 3


def test_gaps_are_told_at_once_and_a_second_notice_needs_a_reason(
    filed: Case, staff: dict[str, User]
) -> None:
    with pytest.raises(Blocked, match="材料不齐"):
        intake.accept(case=filed, by=staff["jingban"], on=day("09-14"))
    notice = intake.tell_gaps(case=filed, by=staff["jingban"], on=day("09-14"))
    assert set(notice.kinds) == {"application", "authorisation", "declaration", "relatives", "agent_mandate"}
    with pytest.raises(intake.AlreadyTold):
        intake.tell_gaps(case=filed, by=staff["jingban"], on=day("09-15"))


def test_one_investigator_is_not_enough(filed: Case, staff: dict[str, User]) -> None:
    case = accept(filed, staff)
    with pytest.raises(checks.OneInvestigator):
        checks.visit(
            case=case, by=staff["jingban"], others=[staff["jingban"]], on=day("09-16"), draft=golden.seen()
        )
    with pytest.raises(Blocked, match="入户调查"):
        checks.assess(case=case, by=staff["jingban"], on=day("09-17"))


def test_nobody_takes_two_sides_of_one_case(filed: Case, staff: dict[str, User]) -> None:
    staff["jingban"].role = "fuze"
    staff["jingban"].save()
    post(survey(accept(filed, {**staff, "jingban": staff["jingban2"], "jingban2": _clerk()}), {
        **staff, "jingban": staff["jingban2"], "jingban2": User.objects.get(username="third")}),
        {**staff, "jingban": staff["jingban2"]})  # fmt: skip
    staff["jingban2"].role = "fuze"
    staff["jingban2"].save()
    with pytest.raises(OtherSideAlready):
        decisions.sign(case=filed, by=staff["jingban2"], on=day("09-28"))


def _clerk() -> User:
    return User.objects.create(username="third", name="第三人", role="jingban", area_id=golden.TOWNSHIP)


def test_a_filed_relative_must_stand_aside(filed: Case, staff: dict[str, User]) -> None:
    file_relative(
        by=staff["jingban2"],
        user=staff["jingban"],
        person=filed.household.head,
        relation="叔侄",
        on=day("09-14"),
    )
    with pytest.raises(MustRecuse):
        intake.tell_gaps(case=filed, by=staff["jingban"], on=day("09-14"))


def test_finance_never_does_casework(filed: Case, staff: dict[str, User]) -> None:
    with pytest.raises(NotYourDuty):
        intake.tell_gaps(case=filed, by=staff["caiwu"], on=day("09-14"))


def test_stations_cannot_be_skipped(filed: Case, staff: dict[str, User]) -> None:
    with pytest.raises(WrongStation, match="受理"):
        decisions.confirm(case=filed, by=staff["shenpi"], on=day("09-15"))


def test_a_person_is_in_one_household_only(filed: Case, staff: dict[str, User]) -> None:
    with pytest.raises(AlreadyInHousehold) as refused:
        intake.submit(
            by=staff["jingban"], draft=golden.draft(agent_name=""), channel="window", on=day("09-15")
        )
    assert golden.number("19810301", 11) not in refused.value.text


def test_an_upheld_objection_sends_the_case_back_and_asks_for_a_new_posting(
    filed: Case, staff: dict[str, User]
) -> None:
    case = survey(accept(filed, staff), staff)
    posting = postings.publish(case=case, by=staff["jingban"], on=day("09-18"))
    objection = postings.object_to(
        posting=posting, channel="网上", text="家里有车", contact="", on=day("09-23")
    )
    with pytest.raises(Blocked, match="异议"):
        postings.send_up(case=case, by=staff["jingban"], on=day("09-28"))
    clerks = [staff["jingban"], staff["jingban2"]]
    postings.assign(objection=objection, by=staff["jingban"], users=clerks, on=day("09-23"))
    concluded(
        objection=objection,
        by=staff["jingban"],
        outcome="upheld",
        remedy="survey",
        text="查实",
        on=day("09-24"),
    )
    case = Case.objects.get(pk=case.pk)
    assert (case.station, case.returned_reason) == ("survey", "需要重新调查")


def test_refusal_needs_a_known_reason_and_opens_no_award(filed: Case, staff: dict[str, User]) -> None:
    case = signed(filed, staff)
    decision = decisions.refuse(case=case, by=staff["shenpi"], reason_code="R02", text="", on=day("10-12"))
    assert (decision.kind, decision.reason, Award.objects.count()) == ("refuse", "家庭财产状况不符合规定", 0)


def test_batch_confirms_what_it_can_and_says_why_it_skipped(filed: Case, staff: dict[str, User]) -> None:
    case = signed(filed, staff)

    def confirm_all() -> BatchOutcome:
        county = staff["shenpi"]
        return each(
            case_ids=[case.pk],
            by=county,
            act=lambda one: decisions.confirm(case=one, by=county, on=day("10-12")),
        )

    outcome, again = confirm_all(), confirm_all()
    assert (len(outcome.done), len(outcome.skipped)) == (1, 0)
    assert "已办结" in again.skipped[0][1]
