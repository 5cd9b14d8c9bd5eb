"""The village deliberates: its panel, its meetings, the vote on one case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from doudi.law import panels as law
from doudi.law.duties import ROLES
from doudi.records.areas.models import Area
from doudi.records.audit.services import hold_chain, record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.meetings import (
    Attendance,
    Meeting,
    Panel,
    PanelMember,
    PanelRecusal,
    PanelReview,
    Renewal,
)
from doudi.records.checks.pictures import kept_picture
from doudi.records.checks.queries import facts, latest_opinion, latest_visit
from doudi.records.checks.village import members_at, must_recuse, panel_on, panel_terms
from doudi.records.people.services import known_person
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.store.areas import code_range
from doudi.store.refusal import Refusal

DUTY = "review"
STATIONS = ("panel", "survey", "review")


class NotYourPanel(Refusal):
    """不管这个村的评议。"""


class TooFewPanelMembers(Refusal):
    """评议小组人数不够。"""


class NobodyPresides(Refusal):
    """主持人没有到会, 或不在小组里。"""


class NoQuorum(Refusal):
    """到会的人不够, 不能评议。"""


class VotesDoNotAddUp(Refusal):
    """票数与到会人数不一致。"""


class AlreadyVoted(Refusal):
    """这次会上已经评过这件申请。"""


@dataclass(frozen=True, kw_only=True)
class MemberDraft:
    """一名评议员: 姓名、身份; 填了证件号的连到本县登记的人, 好看出回避。"""

    name: str
    standing: str
    id_number: str = ""


def _check_village(by: User, village_id: str) -> None:
    """Panels belong to a village, not to a case: duty, presence and area are asked here."""
    if DUTY not in ROLES[by.role].duties:
        raise NotYourPanel(f"{by.get_role_display()}不组织民主评议")
    require_present(by)
    reaches = [code_range(code) for code in by.areas]
    if not any(low <= village_id <= high for low, high in reaches):
        raise NotYourPanel("这个村不在您的辖区")


@transaction.atomic
def form_panel(*, village: Area, by: User, members: Sequence[MemberDraft], on: dt.date) -> Panel:
    """成立评议小组: 新的一届接替旧的。Raises NotYourPanel, TooFewPanelMembers. 依据: 民发〔2012〕220号 第四章"""
    _check_village(by, village.code)
    least = panel_terms(village.code, on).least_members
    if len(members) < least:
        raise TooFewPanelMembers(f"评议小组至少 {least} 人, 现在只有 {len(members)} 人, 请补上")
    hold_chain()  # one new term at a time: the second of two then finds the first
    before = panel_on(village.code, on)
    if before:
        before.until_on = max(on, before.from_on)
        before.save(update_fields=["until_on"])
    panel = Panel.objects.create(village=village, from_on=on, recorded_by=by.username)
    for draft in members:
        person = known_person(draft.id_number) if draft.id_number else None
        PanelMember.objects.create(
            panel=panel, name=draft.name, standing=draft.standing, person=person, from_on=on
        )
    record(
        by=by, action="panel.form", subject=f"panel:{panel.pk}", village=village.code, members=len(members)
    )
    return panel


@transaction.atomic
def hold_meeting(
    *,
    panel: Panel,
    by: User,
    on: dt.date,
    place: str,
    chair: PanelMember,
    present: Sequence[PanelMember],
    notes: str = "",
) -> Meeting:
    """记一次评议会: 到会的人和主持人。Raises NotYourPanel, NobodyPresides. 依据: 民发〔2012〕220号 第四章"""
    _check_village(by, panel.village_id)
    serving = {member.pk for member in members_at(panel, on)}
    if chair.pk not in {member.pk for member in present} or not {m.pk for m in present} <= serving:
        raise NobodyPresides("主持人和到会的人都要是本届评议小组的成员, 主持人要到会")
    meeting = Meeting.objects.create(
        panel=panel, village_id=panel.village_id, on=on, place=place, chair=chair, notes=notes or None,
        recorded_by=by.username,
    )  # fmt: skip
    for member in present:
        Attendance.objects.create(meeting=meeting, member=member)
    record(by=by, action="panel.meeting", subject=f"meeting:{meeting.pk}", on=on, present=len(present))
    return meeting


@transaction.atomic
def keep_minutes(*, meeting: Meeting, by: User, picture: bytes) -> Meeting:
    """传上签好字的评议记录。Raises NotYourPanel, PictureRefused."""
    _check_village(by, meeting.village_id)
    meeting.minutes = kept_picture(picture, title="民主评议记录", by=by)
    meeting.save(update_fields=["minutes"])
    record(by=by, action="panel.minutes", subject=f"meeting:{meeting.pk}", sha256=meeting.minutes.sha256)
    return meeting


@transaction.atomic
def hold_panel(
    *,
    case: Case,
    meeting: Meeting,
    by: User,
    votes: law.Votes,
    summary: str,
    on: dt.date,
    recused: Mapping[PanelMember, str] | None = None,
) -> PanelReview:
    """一件申请的民主评议: 申请家庭的人和亲属自动回避, 不计入应到; 在评议环节的往下走。

    A vote against sends the case back to the survey once; after a new visit the vote stands beside the sum and the
    case goes on: what the law asks of a family is not decided by votes.
    Raises NoQuorum, VotesDoNotAddUp, AlreadyVoted, NotYourPanel. 依据: 民发〔2012〕220号 第四章
    """
    case = cases.locked(case)
    cases.require_station(case, *STATIONS)
    if meeting.village_id != case.village_id:
        raise NotYourPanel("这次评议会不是申请人所在村的")
    if PanelReview.objects.filter(case=case, meeting=meeting).exists():
        raise AlreadyVoted(f"{meeting.on} 的评议会已经评过这件申请")
    aside = {**(recused or {}), **must_recuse(case, meeting.panel)}
    entitled, present = _counted(meeting, aside)
    terms = panel_terms(case.village_id, case.accepted_on)
    fault = law.quorum_fault(entitled, present, terms)
    if fault:
        raise NoQuorum(f"{fault}, 这次不能评议, 请改期再开")
    if votes.total != present:
        raise VotesDoNotAddUp(f"除去回避的到会 {present} 人, 票数合计 {votes.total}, 请核对")
    passed = law.approved(votes, terms)
    told = f"赞成 {votes.in_favour} 反对 {votes.against} 弃权 {votes.abstained}"
    cases.do(
        case=case, by=by, duty=DUTY, title=f"民主评议: {'通过' if passed else '没有通过'}", on=on, note=told
    )
    review = PanelReview.objects.create(
        case=case, meeting=meeting, opinion=latest_opinion(case), visit=latest_visit(case),
        entitled=entitled, present=present,
        votes_for=votes.in_favour, votes_against=votes.against, abstained=votes.abstained, passed=passed,
        summary=summary, on=on, recorded_by=by.username,
    )  # fmt: skip
    for member, reason in aside.items():
        PanelRecusal.objects.create(review=review, member=member, reason=reason)
    if case.station == "panel":
        _leave(case, by, review, on)
    return review


def _counted(meeting: Meeting, aside: Mapping[PanelMember, str]) -> tuple[int, int]:
    """How many were entitled and how many of them came, those who stood aside left out."""
    out = {member.pk for member in aside}
    serving = [member.pk for member in members_at(meeting.panel, meeting.on) if member.pk not in out]
    came = Attendance.objects.filter(meeting=meeting, member__in=serving).count()
    return len(serving), came


def _leave(case: Case, by: User, review: PanelReview, on: dt.date) -> None:
    refused_before = PanelReview.objects.filter(case=case, passed=False).exclude(pk=review.pk).exists()
    if review.passed or refused_before:
        cases.require_clear(case, facts(case), on)
        cases.onward(case, on)
    else:
        ask_again(case=case, by=by, remedy=Renewal.Remedy.SURVEY, on=on)
        cases.go_back(case, on, returned="民主评议没有通过, 请重新入户调查核实")


@transaction.atomic
def ask_again(*, case: Case, by: User, remedy: str, on: dt.date) -> Renewal:
    """欠下一次重新核实: 再入户一次, 或民主评议一次, 没有办不能往下走。依据: 民发〔2021〕57号 第十九条"""
    renewal = Renewal.objects.create(
        case=case,
        remedy=remedy,
        opinion=latest_opinion(case),
        visit=latest_visit(case),
        on=on,
        recorded_by=by.username,
    )
    record(by=by, action="case.renewal", subject=f"case:{case.pk}", remedy=remedy)
    return renewal
