"""The visit on screen: the form, what was kept of it, its pictures, and what the neighbours said."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.law.masking import mask_name
from doudi.law.procedure import STATIONS
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.models import NeighbourTalk, VisitRecord
from doudi.records.checks.queries import files_of, latest_visit, survey_gaps, talks_of
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of, members_on
from doudi.records.staff.models import Role
from doudi.store.kept import content
from doudi.store.models import StaleVersion
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.saving import saved, who_saved
from doudi.web.office.checks.visit_form import TalkForm, VisitForm
from doudi.web.office.intake.views import problems_of


def case_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """入户调查表: 申报旁边写所见, 几名调查人, 照片, 签字。"""
    case = opened(request, pk)
    form = _form(request, case, bound=request.method == "POST")
    refused, context = "", {}
    if request.method == "POST" and _editable(request, case) and form.is_valid():
        try:
            answer = _visited(request, case, form)
        except StaleVersion as stale:
            context = _both_visits(request, case, form, stale)
        else:
            if isinstance(answer, HttpResponse):
                return answer
            refused = answer
    return _page(request, case, form, TalkForm(), refused, context)


def _both_visits(request: HttpRequest, case: Case, form: VisitForm, stale: StaleVersion) -> dict[str, Any]:
    form.renew(stale.current.version)  # type: ignore[attr-defined]
    same = told.Difference("入户调查", "与您填的相同", "与别人登记的相同")
    return {
        "conflict": form.against(latest_visit(case)) or [same],
        "conflict_who": who_saved(case, the_user(request)),
        "conflict_text": "您填的还在下面, 没有丢; 照片要重新选。逐项对照之后, 还要登记的再登记一次, 两次都留着。",
    }


def case_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一次邻里访问。"""
    case = opened(request, pk)
    form = TalkForm(request.POST)
    refused = ""
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("neighbour", "relation", "said")}

        def effect() -> object:
            return services.talk(case=case, by=the_user(request), on=today(), **said)

        answer = saved(request, case, form, effect, "邻里访问已登记", "case_visit")
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    return _page(request, case, _form(request, case, bound=False), form, refused, {})


def _form(request: HttpRequest, case: Case, *, bound: bool) -> VisitForm:
    user, members = the_user(request), list(members_on(case.household, today()))
    declared = [fact for fact in facts_of(case.household) if fact.source == Fact.Source.DECLARED]
    return VisitForm(
        request.POST if bound else None, request.FILES if bound else None,
        case=case, user=user, members=members, declared=declared, who=told.names_of(user, members),
    )  # fmt: skip


def _editable(request: HttpRequest, case: Case) -> bool:
    return may_open(the_user(request), "case_talk") and case.station == "survey" and not case.closed_on


def _page(
    request: HttpRequest, case: Case, form: VisitForm, talk: TalkForm, refused: str, more: dict[str, Any]
) -> HttpResponse:
    user = the_user(request)
    members = list(members_on(case.household, today()))
    who = told.names_of(user, members)
    context = {
        **frame(request, case, "case_visit"),
        "form": form,
        "talk": talk,
        "talks": _talks(request, case),
        "problems": problems_of(form) if form.is_bound else [],
        "editable": _editable(request, case),
        "gaps": survey_gaps(case, latest_visit(case)) if not case.closed_on else (),
        "visit": _visit(request, case),
        "may_see": may_open(user, "case_file"),
        "sides": told.sides(list(facts_of(case.household)), who),
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
        **more,
    }
    return render(request, "office/checks/visit.html", context, status=409 if refused or more else 200)


def _visit(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    visit = latest_visit(case)
    if visit is None:
        return None
    user = the_user(request)
    persons = [item.person for item in visit.items.all() if item.person]
    names = {person.pk: shown_name(user, person.name) for person in persons}
    return {
        "record": visit,
        "member_present": shown_name(user, visit.member_present),
        "signed": _signed(visit),
        "different": [
            (told.item_label(item, names), item.seen_fen, item.note or "")
            for item in visit.items.all()
            if not item.agrees
        ],
        "agreeing": sum(item.agrees for item in visit.items.all()),
    }


def _signed(visit: VisitRecord) -> str:
    if visit.refused_because:
        return f"调查人已签字; 家庭成员没有签: {visit.refused_because} (见证人 {visit.witness})"
    if visit.way != VisitRecord.Way.HOME:
        return "调查人已签字 (非接触调查)"
    return "调查人和家庭成员均已签字"


def _talks(request: HttpRequest, case: Case) -> list[NeighbourTalk]:
    """Whoever lives in the village never reads what a neighbour said; who inspects reads it without the name."""
    user = the_user(request)
    if user.role in (Role.VILLAGE, Role.DIRECTOR):
        return []
    found = list(talks_of(case))
    if user.role == Role.AUDITOR:
        for talk in found:
            talk.neighbour = mask_name(talk.neighbour)
    return found


def _visited(request: HttpRequest, case: Case, form: VisitForm) -> HttpResponse | str:
    def effect() -> object:
        return services.visit(
            case=case, by=the_user(request), others=form.companions(), on=today(), draft=form.draft(),
            expected=form.expected,
        )  # fmt: skip

    return saved(request, case, form, effect, "入户调查已登记", "case")


def case_file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """一张照片或一个签名: 只给办理这件案子的人看, 每次查看留痕。"""
    case = opened(request, pk)
    kept = files_of(case).filter(pk=file).first()
    if kept is None:
        raise Http404
    look(by=the_user(request), action="view", subject=f"file:{kept.pk}")
    response = HttpResponse(content(kept), content_type=kept.media_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response
