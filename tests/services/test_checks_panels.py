"""Panels and hearings: who may vote, who stands aside, what a vote can and cannot do to a family."""

import datetime as dt
from typing import Any

import pytest

from doudi.demo.deliberations import make_panels
from doudi.law.panels import PanelTerms, Votes, approved, meetings_due, quorum_fault
from doudi.records.areas.models import Area
from doudi.records.cases import services as cases
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import Blocked, MustRecuse, NotYourDuty, WrongStation
from doudi.records.checks import services as checks
from doudi.records.checks.meetings import Meeting, Panel, PanelMember, PanelRecusal
from doudi.records.checks.models import FindingDealing, Recheck
from doudi.records.checks.queries import facts
from doudi.records.checks.village import members_at, must_recuse, panels_of
from doudi.records.people.models import Fact
from doudi.records.people.services import file_relative
from doudi.records.policies import queries as policies
from doudi.records.staff.models import User
from tests.services import golden_family as golden
from tests.services.test_road import accept, day, filed, staff

__all__ = ["filed", "staff"]
pytestmark = pytest.mark.django_db
NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@pytest.fixture
def surveyed(filed: Case, staff: dict[str, User]) -> Case:
    case = accept(filed, staff)
    checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=day("09-16"), draft=golden.seen()
    )
    return Case.objects.get(pk=case.pk)


def form(staff: dict[str, User], names: tuple[str, ...] = NAMES, numbers: dict[str, str] | None = None,
         on: dt.date = dt.date(2026, 9, 1)) -> Panel:  # fmt: skip
    drafts = [
        checks.MemberDraft(name=name, standing="delegate", id_number=(numbers or {}).get(name, ""))
        for name in names
    ]
    village = Area.objects.get(code=golden.VILLAGE)
    return checks.form_panel(village=village, by=staff["jingban"], members=drafts, on=on)


def meet(panel: Panel, staff: dict[str, User], came: int, on: dt.date = dt.date(2026, 9, 17)) -> Meeting:
    present = list(members_at(panel, on))[:came]
    return checks.hold_meeting(
        panel=panel, by=staff["jingban"], on=on, place="村部", chair=present[0], present=present
    )


def vote(case: Case, meeting: Meeting, by: User, votes: tuple[int, int, int], **more: Any) -> Any:
    return checks.hold_panel(
        case=case, meeting=meeting, by=by, votes=Votes(*votes), summary="家里困难属实",
        on=more.pop("on", meeting.on), **more,
    )  # fmt: skip


@pytest.fixture
def through_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A road with the panel on it, as the 2012 procedure has."""
    plain = policies.procedure

    def with_panel(*about: Any) -> Any:
        from dataclasses import replace

        terms = plain(*about)
        at = terms.road.index("review")
        return replace(terms, road=(*terms.road[:at], "panel", *terms.road[at:]))

    monkeypatch.setattr(cases, "procedure", with_panel)


def test_quorum_and_approval_are_counted_in_whole_numbers() -> None:
    terms = PanelTerms(least_members=5, quorum=6_667, approve=5_001)
    assert quorum_fault(7, 5, terms) == ""
    assert "至少 5 人" in quorum_fault(5, 4, terms)
    assert "应到 9 人，实到 6 人" in quorum_fault(9, 6, terms)
    assert approved(Votes(4, 3, 0), terms)
    assert not approved(Votes(3, 3, 0), terms)
    assert not approved(Votes(0, 0, 0), terms)


def test_meetings_fall_due_every_so_many_days_from_the_last_one() -> None:
    since = dt.date(2026, 9, 1)
    assert meetings_due(None, since, 5, dt.date(2026, 9, 5)) == (dt.date(2026, 9, 6),)
    due = meetings_due(dt.date(2026, 9, 2), since, 5, dt.date(2026, 9, 12))
    assert due == (dt.date(2026, 9, 7), dt.date(2026, 9, 12), dt.date(2026, 9, 17))


def test_a_village_shows_the_meetings_it_missed(staff: dict[str, User]) -> None:
    form(staff)
    here = [(golden.VILLAGE, "寄料村")]
    assert panels_of(here, dt.date(2026, 9, 30))[0].missed == ()
    late = panels_of(here, dt.date(2026, 11, 5))[0]
    assert (late.missed, late.next_on) == (
        (dt.date(2026, 10, 1), dt.date(2026, 10, 31)),
        dt.date(2026, 11, 30),
    )


def test_a_panel_needs_its_least_number_and_a_clerk_of_the_place(staff: dict[str, User]) -> None:
    with pytest.raises(checks.TooFewPanelMembers, match="至少 5 人"):
        form(staff, NAMES[:4])
    village = Area.objects.get(code=golden.VILLAGE)
    for login in ("cun", "fuze", "shenpi"):
        with pytest.raises(checks.NotYourPanel):
            checks.form_panel(village=village, by=staff[login], members=[], on=day("09-01"))
    elsewhere = User.objects.create(username="x", name="外镇", role="jingban", area_id=golden.COUNTY)
    elsewhere.area = Area.objects.create(
        code="410482102000", name="温泉镇", level="township", parent_id=golden.COUNTY
    )
    elsewhere.save()
    with pytest.raises(checks.NotYourPanel, match="辖区"):
        checks.form_panel(village=village, by=User.objects.get(username="x"), members=[], on=day("09-01"))


def test_a_new_term_ends_the_old_one(staff: dict[str, User]) -> None:
    first = form(staff)
    form(staff, on=dt.date(2026, 10, 1))
    first.refresh_from_db()
    assert first.until_on == dt.date(2026, 10, 1)
    assert Panel.objects.filter(until_on=None).count() == 1


def test_the_panel_station_is_left_by_a_vote_only(
    surveyed: Case, staff: dict[str, User], through_panel: None
) -> None:
    checks.assess(case=surveyed, by=staff["jingban"], on=day("09-17"))
    assert Case.objects.get(pk=surveyed.pk).station == "panel"
    with pytest.raises(WrongStation):
        checks.give_opinion(case=surveyed, by=staff["jingban"], recommends=True, text="好", on=day("09-17"))
    meeting = meet(form(staff), staff, 6)
    with pytest.raises(checks.VotesDoNotAddUp, match="到会 6 人"):
        vote(surveyed, meeting, staff["jingban"], (7, 0, 0))
    with pytest.raises(NotYourDuty):
        vote(surveyed, meeting, staff["cun"], (6, 0, 0))
    review = vote(surveyed, meeting, staff["jingban"], (5, 0, 1))
    assert (review.passed, review.entitled, review.present) == (True, 7, 6)
    assert Case.objects.get(pk=surveyed.pk).station == "review"
    assert Act.objects.get(case=surveyed, title="民主评议: 通过").note == "赞成 5 反对 0 弃权 1"


def test_without_a_quorum_there_is_no_vote(surveyed: Case, staff: dict[str, User]) -> None:
    meeting = meet(form(staff), staff, 4)
    with pytest.raises(checks.NoQuorum, match="改期"):
        vote(surveyed, meeting, staff["jingban"], (4, 0, 0))
    assert facts(surveyed).panel_held is False


def test_the_family_and_its_kin_stand_aside_and_are_not_counted(
    surveyed: Case, staff: dict[str, User]
) -> None:
    head = surveyed.household.head
    names = (*NAMES[:5], "赵甲", "钱乙")
    panel = form(staff, names, {"赵甲": head.id_number})
    aside = {member.name: reason for member, reason in must_recuse(surveyed, panel).items()}
    assert aside == {"赵甲": "申请家庭成员", "钱乙": "与申请家庭成员同名, 视为本人"}
    meeting = meet(panel, staff, 7)
    with pytest.raises(checks.VotesDoNotAddUp, match="到会 5 人"):
        vote(surveyed, meeting, staff["jingban"], (7, 0, 0))
    review = vote(surveyed, meeting, staff["jingban"], (5, 0, 0))
    assert (review.entitled, review.present) == (5, 5)
    assert {one.member.name for one in PanelRecusal.objects.filter(review=review)} == {"赵甲", "钱乙"}


def test_whoever_is_named_aside_by_hand_is_not_counted_either(surveyed: Case, staff: dict[str, User]) -> None:
    panel = form(staff)
    meeting = meet(panel, staff, 7)
    friend = PanelMember.objects.get(panel=panel, pk=members_at(panel, meeting.on)[6].pk)
    review = vote(surveyed, meeting, staff["jingban"], (6, 0, 0), recused={friend: "有纠纷"})
    assert (review.entitled, review.present) == (6, 6)
    with pytest.raises(checks.AlreadyVoted):
        vote(surveyed, meeting, staff["jingban"], (7, 0, 0))


def test_a_relative_records_no_vote(surveyed: Case, staff: dict[str, User]) -> None:
    meeting = meet(form(staff), staff, 7)
    third = User.objects.create(username="third", name="第三人", role="jingban", area_id=golden.TOWNSHIP)
    file_relative(
        by=staff["jingban"], user=third, person=surveyed.household.head, relation="兄弟", on=day("09-16")
    )
    with pytest.raises(MustRecuse):
        vote(surveyed, meeting, third, (7, 0, 0))


def test_a_vote_against_asks_for_a_new_visit_once_and_decides_nothing(
    surveyed: Case, staff: dict[str, User], through_panel: None
) -> None:
    clerk, panel = staff["jingban"], form(staff)
    checks.assess(case=surveyed, by=clerk, on=day("09-17"))
    vote(surveyed, meet(panel, staff, 7), clerk, (2, 5, 0))
    back = Case.objects.get(pk=surveyed.pk)
    assert (back.station, facts(back).survey_gaps) == ("survey", ("重新入户调查",))
    with pytest.raises(Blocked, match="重新入户调查"):
        checks.assess(case=back, by=clerk, on=day("09-18"))
    checks.visit(case=back, by=clerk, others=[staff["jingban2"]], on=day("09-18"), draft=golden.seen())
    checks.assess(case=back, by=clerk, on=day("09-18"))
    again = vote(back, meet(panel, staff, 7, day("09-21")), clerk, (0, 7, 0))
    assert (again.passed, Case.objects.get(pk=surveyed.pk).station) == (False, "review")
    opinion = checks.give_opinion(case=back, by=clerk, recommends=True, text="符合", on=day("09-21"))
    assert opinion.amount_fen == 81_900


def test_a_panel_that_is_owed_stands_in_the_way_of_the_opinion(
    surveyed: Case, staff: dict[str, User]
) -> None:
    clerk = staff["jingban"]
    checks.ask_again(case=surveyed, by=clerk, remedy="panel", on=day("09-17"))
    checks.assess(case=surveyed, by=clerk, on=day("09-17"))
    assert facts(surveyed).panel_due is True
    with pytest.raises(Blocked, match="民主评议"):
        checks.give_opinion(case=surveyed, by=clerk, recommends=True, text="符合", on=day("09-18"))
    vote(surveyed, meet(form(staff), staff, 7), clerk, (7, 0, 0))
    checks.give_opinion(case=surveyed, by=clerk, recommends=True, text="符合", on=day("09-18"))
    assert facts(surveyed).panel_due is False


def test_a_hearing_is_announced_before_it_is_held_by_somebody_else(
    surveyed: Case, staff: dict[str, User]
) -> None:
    clerk, host = staff["jingban"], staff["shenpi2"]
    hearing = checks.ask_hearing(
        case=surveyed, by=clerk, asker="applicant", reason="不认可核对结果", on=day("09-17")
    )
    with pytest.raises(checks.HearingOpen):
        checks.ask_hearing(case=surveyed, by=clerk, asker="objector", reason="另有情况", on=day("09-17"))
    said = {"attendees": "赵甲", "statements": "存款已取出", "conclusion": "再核一次"}
    with pytest.raises(checks.NotAnnounced):
        checks.hold_hearing(hearing=hearing, by=clerk, host=host, on=day("09-18"), **said)
    with pytest.raises(checks.NotAnnounced, match="先通知"):
        checks.announce_hearing(
            hearing=hearing, by=clerk, hold_on=day("09-17"), place="镇政府", on=day("09-17")
        )
    checks.announce_hearing(hearing=hearing, by=clerk, hold_on=day("09-21"), place="镇政府", on=day("09-17"))
    with pytest.raises(checks.HostTookPart, match="测试jingban2"):
        checks.hold_hearing(hearing=hearing, by=clerk, host=staff["jingban2"], on=day("09-21"), **said)
    before = facts(surveyed)
    record = checks.hold_hearing(hearing=hearing, by=clerk, host=host, on=day("09-21"), **said)
    assert (record.conclusion, facts(surveyed)) == ("再核一次", before)
    with pytest.raises(checks.AlreadyHeard):
        checks.hold_hearing(hearing=hearing, by=clerk, host=host, on=day("09-21"), **said)


DEPOSIT = checks.FoundItem(
    kind="asset", code="deposit", person_id=None, declared_fen=1_200_000, found_fen=3_600_000
)


def test_a_difference_waits_for_its_dealing_and_the_accepted_figure_counts(
    surveyed: Case, staff: dict[str, User]
) -> None:
    clerk = staff["jingban"]
    finding = checks.note_finding(
        case=surveyed, by=clerk, source="银行存款", outcome="different", note="多一张存单", item=DEPOSIT,
        on=day("09-17"),
    )  # fmt: skip
    assert facts(surveyed).findings_open == 1
    checks.deal(finding=finding, by=clerk, verdict="proof", note="等存单", on=day("09-17"))
    with pytest.raises(Blocked, match="1 条核对结果"):
        checks.assess(case=surveyed, by=clerk, on=day("09-17"))
    checks.deal(finding=finding, by=clerk, verdict="accepted", note="本人承认", on=day("09-18"))
    assert facts(surveyed).findings_open == 0
    assert Fact.objects.get(source="verified", void=False).amount_fen == 3_600_000
    checks.assess(case=surveyed, by=clerk, on=day("09-18"))
    assert Case.objects.get(pk=surveyed.pk).scheme == "bianyuan"  # 36,000 is over 24 × 490 × 3
    assert FindingDealing.objects.count() == 2


def test_a_recheck_runs_ten_working_days_and_a_changed_result_no_longer_counts(
    surveyed: Case, staff: dict[str, User]
) -> None:
    clerk = staff["jingban"]
    finding = checks.note_finding(
        case=surveyed, by=clerk, source="银行存款", outcome="different", note="存单", item=DEPOSIT,
        on=day("09-17"),
    )  # fmt: skip
    checks.deal(finding=finding, by=clerk, verdict="accepted", note="有存单", on=day("09-17"))
    checks.assess(case=surveyed, by=clerk, on=day("09-17"))
    recheck = checks.ask_recheck(finding=finding, by=clerk, reason="已看病用掉", on=day("09-18"))
    assert recheck.due_on == day("10-09")  # 中秋 and 国庆 off, Sunday the 20th worked
    assert Case.objects.get(pk=surveyed.pk).station == "survey"
    assert facts(surveyed).findings_open == 1
    with pytest.raises(checks.AlreadyAsked):
        checks.ask_recheck(finding=finding, by=clerk, reason="再查", on=day("09-18"))
    checks.answer_recheck(recheck=recheck, by=clerk, result="changed", text="已无存单", on=day("09-21"))
    assert not Fact.objects.filter(source="verified", void=False, replaced_by=None).exists()
    assert facts(surveyed).findings_open == 0
    with pytest.raises(checks.AlreadyAnswered):
        checks.answer_recheck(
            recheck=Recheck.objects.get(), by=clerk, result="upheld", text="x", on=day("09-21")
        )


def test_a_department_that_has_not_answered_keeps_the_verification_open(
    surveyed: Case, staff: dict[str, User]
) -> None:
    clerk = staff["jingban"]
    asked = checks.note_finding(
        case=surveyed, by=clerk, source="车辆管理", outcome="pending", on=day("09-17")
    )
    assert (facts(surveyed).verification, facts(surveyed).findings_open) == ("pending", 1)
    checks.note_finding(
        case=surveyed, by=clerk, source="车辆管理", outcome="consistent", reply_to=asked, on=day("09-18")
    )
    assert (facts(surveyed).verification, facts(surveyed).findings_open) == ("done", 0)
    with pytest.raises(checks.AlreadyReplied):
        checks.note_finding(
            case=surveyed, by=clerk, source="车辆管理", outcome="consistent", reply_to=asked, on=day("09-18")
        )
    with pytest.raises(checks.NothingToDeal):
        checks.deal(finding=asked, by=clerk, verdict="accepted", note="", on=day("09-18"))


def test_the_demo_opens_with_a_panel_that_met(staff: dict[str, User]) -> None:
    assert make_panels(staff, "410482", seed=1) == 1
    meeting = Meeting.objects.get()
    assert (meeting.attendances.count(), meeting.minutes is not None) == (8, True)
    assert panels_of([(golden.VILLAGE, "寄料村")], dt.date(2026, 11, 5))[0].missed == ()
