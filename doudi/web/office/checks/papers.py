"""The papers of survey, panel and hearing, printed from what is known; what is not yet known stays blank."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from doudi.law.money import yuan
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks.meetings import Hearing, Meeting, Panel, PanelReview
from doudi.records.checks.models import VisitItem, VisitMethod, VisitRecord
from doudi.records.checks.queries import latest_visit, talks_of
from doudi.records.checks.village import members_at, panel_terms
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of, members_on
from doudi.records.policies.queries import scheme_name
from doudi.store.kept import content
from doudi.store.today import today
from doudi.web.office.cases.page import opened, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.facts import NAMED, grouped
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print import survey_sheets as sheets
from doudi.web.ui.print.sheets import Sheet


def survey_sheet(request: HttpRequest, pk: int, sheet: str) -> HttpResponse:
    """一件案子的调查表、邻里访问记录或听证笔录 (PDF)。"""
    case = opened(request, pk)
    made = SHEETS.get(sheet)
    if made is None:
        raise Http404
    return pdf(made(request, case), f"{sheet}-{case.no}.pdf")


def pdf(sheet: Sheet, name: str) -> HttpResponse:
    """印成 PDF。"""
    response = HttpResponse(printing.render(sheet, demo=settings.DEMO), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _about(case: Case) -> dict[str, Any]:
    return {
        "unit": offices.township_office(case.village),
        "no": case.no,
        "name": case.household.head.name,
        "village": offices.village_name(case.village),
        "scheme": scheme_name(case.scheme),
        "on": today(),
    }


def _survey(request: HttpRequest, case: Case) -> sheets.SurveySheet:
    visit = latest_visit(case)
    noted = {method.method: method.note for method in visit.methods.all()} if visit else {}
    refusal = f"{visit.refused_because}（见证人 {visit.witness}）" if visit and visit.refused_because else ""
    return sheets.SurveySheet(
        **_about(case),
        way=visit.get_way_display() if visit else "",
        methods=[(str(label), noted.get(code, "")) for code, label in VisitMethod.Method.choices],
        lines=_lines(request, case, visit),
        observed=visit.observed if visit else "",
        member_present=visit.member_present if visit else "",
        refusal=refusal,
        signatories=_signatories(request, visit, procedure_of(case).investigators),
        least=procedure_of(case).investigators,
        visited_on=visit.visited_on if visit else None,
    )


def _signatories(request: HttpRequest, visit: VisitRecord | None, least: int) -> list[sheets.Signatory]:
    """The investigators and the family, each with what was drawn; a look at the sheet is a look at every signature."""
    if visit is None:
        return [*[sheets.Signatory("调查人")] * least, sheets.Signatory("家庭成员")]
    kept = [(f"调查人 {one.user.name}", one.signature) for one in visit.investigators.all()]
    kept.append((f"家庭成员 {visit.member_present}", visit.member_signature))
    for _, file in kept:
        if file:
            look(by=the_user(request), action="view", subject=f"file:{file.pk}")
    return [sheets.Signatory(who, content(file) if file else b"") for who, file in kept]


def _lines(request: HttpRequest, case: Case, visit: VisitRecord | None) -> list[sheets.SurveyLine]:
    members = list(members_on(case.household, today()))
    who = told.names_of(the_user(request), members)
    kept = {(i.person_id, i.kind, i.code): i for i in visit.items.all()} if visit else {}
    declared = grouped(fact for fact in facts_of(case.household) if fact.source == Fact.Source.DECLARED)
    rows = [
        _line(f"{who[m.person_id]} 共同生活", m.get_relation_display(), kept.get((m.person_id, "member", "")))
        for m in members
    ]
    return rows + [
        _line(
            told.label_of(topic, who),
            told.text_of(facts),
            kept.get((topic.person_id, topic.kind, topic.code)),
        )
        for topic, facts in declared.items()
        if topic.kind in NAMED
    ]


def _line(label: str, declared: str, item: VisitItem | None) -> sheets.SurveyLine:
    if item is None:
        return sheets.SurveyLine(label, declared)
    seen = f"{yuan(item.seen_fen)}元" if item.seen_fen is not None else ""
    words = "，".join(text for text in (seen, item.note or "") if text)
    return sheets.SurveyLine(label, declared, "相符" if item.agrees else "不符", words)


def _talks(request: HttpRequest, case: Case) -> sheets.TalkSheet:
    rows = [
        sheets.TalkRow(talk.on, talk.neighbour, talk.relation, talk.said, talk.asked_by.name)
        for talk in reversed(talks_of(case))
    ]
    return sheets.TalkSheet(**_about(case), talks=rows)


def _hearing(request: HttpRequest, case: Case) -> sheets.HearingSheet:
    hearing = Hearing.objects.filter(case=case).order_by("-pk").first()
    if hearing is None:
        raise Http404
    notice, record = getattr(hearing, "notice", None), getattr(hearing, "record", None)
    return sheets.HearingSheet(
        **_about(case),
        asker=hearing.get_asker_display(),
        reason=hearing.reason,
        asked_on=hearing.asked_on,
        notice_on=notice.notice_on if notice else None,
        held_on=record.held_on if record else None,
        place=notice.place if notice else "",
        host=record.host.name if record else "",
        attendees=record.attendees if record else "",
        statements=record.statements if record else "",
        conclusion=record.conclusion if record else "",
    )


SHEETS: Mapping[str, Callable[[HttpRequest, Case], Sheet]] = {
    "ruhu": _survey,
    "linli": _talks,
    "tingzheng": _hearing,
}


def roster_sheet(panel: Panel) -> sheets.PanelRoster:
    """评议小组名册。"""
    on = today()
    return sheets.PanelRoster(
        unit=offices.township_office(panel.village),
        village=offices.village_name(panel.village),
        from_on=panel.from_on,
        members=[(m.name, m.get_standing_display(), m.from_on) for m in members_at(panel, on)],
        least=panel_terms(panel.village_id, on).least_members,
        on=on,
    )


def minutes_sheet(meeting: Meeting) -> sheets.PanelMinutes:
    """一次评议会的记录。"""
    members = {member.pk: member for member in members_at(meeting.panel, meeting.on)}
    came = set(meeting.attendances.values_list("member", flat=True))
    return sheets.PanelMinutes(
        unit=offices.township_office(meeting.village),
        village=offices.village_name(meeting.village),
        held_on=meeting.on,
        place=meeting.place,
        chair=meeting.chair.name,
        entitled=len(members),
        present=[(m.name, m.get_standing_display()) for pk, m in members.items() if pk in came],
        absent=[m.name for pk, m in members.items() if pk not in came],
        cases=[_voted(review) for review in _reviews(meeting)],
        notes=meeting.notes or "",
        on=today(),
    )


def _reviews(meeting: Meeting) -> list[PanelReview]:
    found = meeting.reviews.select_related("case__household__head").prefetch_related("recusals__member")
    return list(found.order_by("pk"))


def _voted(review: PanelReview) -> sheets.VotedCase:
    return sheets.VotedCase(
        no=review.case.no,
        name=review.case.household.head.name,
        scheme=scheme_name(review.case.scheme),
        entitled=review.entitled,
        present=review.present,
        votes_for=review.votes_for,
        votes_against=review.votes_against,
        abstained=review.abstained,
        verdict="通过" if review.passed else "没有通过",
        summary=review.summary,
        recusals=[(one.member.name, one.reason) for one in review.recusals.all()],
    )
