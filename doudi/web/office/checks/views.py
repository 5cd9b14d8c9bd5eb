"""The survey: the declaration corrected, the visit, findings, the sum with every why, the first opinion."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.procedure import STATIONS
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.assessing import explain
from doudi.records.checks.models import Assessment, Finding
from doudi.records.checks.queries import is_current, latest_assessment, latest_opinion, latest_visit
from doudi.records.desk import case_page
from doudi.records.intake import entries
from doudi.records.people.models import Fact, Membership
from doudi.records.people.queries import facts_of, members_on
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import Role, User
from doudi.store.models import StaleVersion
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, shown_name, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.figures import Sheet, sheet_of
from doudi.web.office.checks.forms import FindingForm, OpinionForm, VisitForm
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.entry import Entry, Problem
from doudi.web.office.intake.views import problems_of, tell
from doudi.web.office.policies.links import rules_url
from doudi.web.ui.components import BlockLine

ENTERED_AT = ("accept", "survey", "review")


def names_of(user: User, members: list[Membership]) -> dict[int, str]:
    """成员主键 → 姓名。"""
    return {member.person_id: shown_name(user, member.person.name) for member in members}


# ---- the declaration ------------------------------------------------------------------------------------


def case_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """家庭、收入、财产录入; 别人先保存的, 两个版本都摆出来。"""
    case = opened(request, pk)
    user = the_user(request)
    members = list(members_on(case.household, today()))
    facts = list(facts_of(case.household))
    editable = user.role in (Role.CLERK, Role.VILLAGE) and case.station in ENTERED_AT and not case.closed_on
    declared = [fact for fact in facts if fact.source == Fact.Source.DECLARED]
    posted = request.POST if request.method == "POST" and editable else None
    entry = Entry(posted, known=members, facts=declared)
    context: dict[str, Any] = {"conflict": [], "conflict_who": "", "version": case.version, "problems": []}
    if posted is not None:
        answer = _correct(request, case, entry, context)
        if answer is not None:
            return answer
    context |= {
        **frame(request, case, "case_entry"),
        "entry": entry,
        "editable": editable,
        "key": KeyedForm(),
        "sides": told.sides(facts, names_of(user, members)),
        "live": reverse("entry_live", args=[case.household_id]) if editable else "",
    }
    return render(request, "office/checks/entry.html", context, status=409 if context["conflict"] else 200)


def _correct(request: HttpRequest, case: Case, entry: Entry, context: dict[str, Any]) -> HttpResponse | None:
    """Save, or fill the context with what stands in the way."""
    form = KeyedForm(request.POST)
    version = request.POST.get("version", "")
    if not entry.is_valid() or not form.is_valid() or not version.isdecimal():
        context["problems"] = entry.problems or [Problem("content", "页面已过期, 请刷新后再录入")]
        context["version"] = version
        return None
    user, note = the_user(request), request.POST.get("note", "")[:200]

    def effect() -> None:
        entries.correct(
            case=case, by=user, expected=int(version), facts=entry.filled.facts, on=today(), note=note
        )

    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except StaleVersion as stale:
        _both_versions(case, stale, entry, user, context)
        return None
    except Refusal as refusal:
        context["problems"] = [Problem("content", refusal.text)]
        return None
    tell(request, "家庭情况已更正")
    return redirect("case_entry", case.pk)


def _both_versions(
    case: Case, stale: StaleVersion, entry: Entry, user: User, context: dict[str, Any]
) -> None:
    members = list(entry.known)
    mine = [
        draft if place is None else replace(draft, person_id=members[place].person_id)
        for place, draft in entry.filled.facts
    ]
    theirs = [fact for fact in facts_of(case.household) if fact.source == Fact.Source.DECLARED]
    last = case_page.acts_of(case).first()
    context["conflict"] = told.differences(theirs, mine, names_of(user, members)) or [
        told.Difference("家庭情况", "与您填的相同", "与别人保存的相同")
    ]
    context["conflict_who"] = f"{last.user.name} ({last.title})" if last else ""
    context["version"] = stale.current.version  # type: ignore[attr-defined]


# ---- findings -------------------------------------------------------------------------------------------


def case_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """信息核对: 部门查到什么; 没有接入的写明未接入。"""
    case = opened(request, pk)
    form = FindingForm(request.POST or None)
    refused = ""
    if request.method == "POST" and _may_find(request, case) and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("source", "outcome", "note")}

        def effect() -> None:
            services.note_finding(case=case, by=the_user(request), on=today(), **said)

        answer = _saved(request, case, form, effect, "核对结果已登记", "case_findings")
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    rules = parameters(case.village_id, today())
    context = {
        **frame(request, case, "case_findings"),
        "findings": Finding.objects.filter(case=case).order_by("-pk"),
        "form": form,
        "plain": KeyedForm(),
        "editable": _may_find(request, case),
        "connected": rules.value("procedure.verify_connected"),
        "refused": refused,
    }
    return render(request, "office/checks/findings.html", context, status=409 if refused else 200)


def _may_find(request: HttpRequest, case: Case) -> bool:
    role = the_user(request).role
    return role in (Role.CLERK, Role.VERIFIER) and case.station == "survey" and not case.closed_on


def _saved(
    request: HttpRequest, case: Case, form: KeyedForm, effect: Callable[[], None], text: str, to: str
) -> HttpResponse | str:
    """办成了去下一页, 没办成给出原因。"""
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except Refusal as refusal:
        return refusal.text
    tell(request, text)
    return redirect(to, case.pk)


# ---- the visit ------------------------------------------------------------------------------------------


def case_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """入户调查表: 申报旁边写所见, 两名调查人, 三方签字。"""
    case = opened(request, pk)
    user = the_user(request)
    members = list(members_on(case.household, today()))
    who = names_of(user, members)
    facts = list(facts_of(case.household))
    declared = [fact for fact in facts if fact.source == Fact.Source.DECLARED]
    form = VisitForm(request.POST or None, user=user, members=list(who.values()), declared=declared, who=who)
    editable = (
        user.role in (Role.CLERK, Role.SOCIAL_WORKER) and case.station == "survey" and not case.closed_on
    )
    refused = ""
    if request.method == "POST" and editable and form.is_valid():
        answer = _visited(request, case, form)
        if isinstance(answer, HttpResponse):
            return answer
        refused = answer
    context = {
        **frame(request, case, "case_visit"),
        "form": form,
        "fields": form.plain(),
        "beside": form.beside(),
        "problems": problems_of(form) if form.is_bound else [],
        "editable": editable,
        "visit": latest_visit(case),
        "sides": told.sides(facts, who),
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
    }
    return render(request, "office/checks/visit.html", context, status=409 if refused else 200)


def _visited(request: HttpRequest, case: Case, form: VisitForm) -> HttpResponse | str:
    said = form.cleaned_data

    def effect() -> None:
        services.visit(
            case=case,
            by=the_user(request),
            second=User.objects.get(pk=said["second"]),
            on=today(),
            member_present=said["member_present"],
            observed=said["observed"],
            is_consistent=said["is_consistent"] == "1",
            signed=said["investigators_signed"] and said["member_signed"],
            seen=list(form.seen()),
        )

    return _saved(request, case, form, effect, "入户调查已登记", "case")


# ---- the sum --------------------------------------------------------------------------------------------


def case_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """测算单: 每个数都能点开看录入、参数、依据和算式。"""
    return _assessment_page(request, opened(request, pk), "")


def _assessment_page(request: HttpRequest, case: Case, refused: str) -> HttpResponse:
    user = the_user(request)
    who = names_of(user, list(members_on(case.household, today())))
    latest = latest_assessment(case)
    view = case_page.view_of(case, today())
    may = may_open(user, "case_assess") and case.station in ("survey", "review") and not case.closed_on
    context = {
        **frame(request, case, "case_assessment"),
        "assessment": latest,
        "sheet": sheet_of(explain(latest), who) if latest else None,
        "rules_url": rules_url(latest) if latest else "",
        "current": latest is not None and is_current(latest),
        "sides": told.sides(list(facts_of(case.household)), who),
        "blocks": _blocks(view, case) if may and case.station == "survey" else [],
        "may": may,
        "may_opine": may_open(user, "case_opinion_give") and case.station == "review",
        "form": KeyedForm(),
        "refused": refused,
    }
    return render(request, "office/checks/assessment.html", context, status=409 if refused else 200)


def _blocks(view: case_page.CaseView, case: Case) -> list[BlockLine]:
    where = {
        "too_few_investigators": "case_visit",
        "survey_unsigned": "case_visit",
        "findings_open": "case_findings",
    }
    return [
        BlockLine(b.text, b.cite, reverse(where[b.code], args=[case.pk]) if b.code in where else "")
        for b in view.blocks
    ]


def case_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """测算: 冻结录入, 算出月金额。"""
    case = opened(request, pk)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        return _assessment_page(request, case, "页面已过期, 请刷新后再测算")

    def effect() -> None:
        services.assess(case=case, by=the_user(request), on=today())

    answer = _saved(request, case, form, effect, "已测算", "case_assessment")
    return answer if isinstance(answer, HttpResponse) else _assessment_page(request, case, answer)


# ---- the opinion ----------------------------------------------------------------------------------------


def case_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """初审意见: 拦住的原因在上面, 意见从句库里选。"""
    return _opinion_page(request, opened(request, pk), None, "")


def _opinion_page(request: HttpRequest, case: Case, form: OpinionForm | None, refused: str) -> HttpResponse:
    view = case_page.view_of(case, today())
    latest = latest_assessment(case)
    sheet = sheet_of(explain(latest), {}) if latest else None
    may = may_open(the_user(request), "case_opinion_give") and case.station == "review" and not case.closed_on
    context = {
        **frame(request, case, "case_opinion"),
        "assessment": latest,
        "sheet": sheet,
        "form": form or OpinionForm(phrases=phrases(latest, sheet, view.persons)),
        "blocks": [b for b in view.blocks if b.code != "no_opinion"] if may else [],
        "opinion": latest_opinion(case),
        "may": may,
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
    }
    return render(request, "office/checks/opinion.html", context, status=409 if refused else 200)


def phrases(latest: Assessment | None, sheet: Sheet | None, persons: int) -> list[str]:
    """句库: 由测算结论写成的几句话, 数字不用再抄。"""
    if latest is None or sheet is None:
        return []
    by: Mapping[str, str] = {figure.label: figure.text for figure in sheet.figures}
    income = next(text for label, text in by.items() if label == "家庭年收入")
    basis = f"经入户调查和测算, 该户保障人口 {latest.results['members']} 人, 家庭年收入 {income}, "
    if latest.is_eligible:
        short = f"该户符合条件, 建议确认, 保障金 {sheet.total.text}。"
        return [f"{basis}低于当地标准, 财产状况符合规定, 建议确认, 保障金 {sheet.total.text}。", short]
    why = "、".join(f"“{label}”一项不符合" for label, flag, _ in sheet.tests if flag.tone == "over")
    return [f"{basis}{why or '没有应当保障的人口'}, 建议不予确认。", "该户不符合条件, 建议不予确认。"]


def case_opinion_give(request: HttpRequest, pk: int) -> HttpResponse:
    """提出初审意见: 与测算一致; 建议确认的转公示, 不予确认的报签批。"""
    case = opened(request, pk)
    latest = latest_assessment(case)
    sheet = sheet_of(explain(latest), {}) if latest else None
    form = OpinionForm(request.POST, phrases=phrases(latest, sheet, 0))
    if latest is None or not form.is_valid():
        return _opinion_page(request, case, form, "" if latest else "还没有测算, 测算之后才能提出意见")
    recommends = latest.is_eligible

    def effect() -> None:
        services.give_opinion(
            case=case, by=the_user(request), recommends=recommends, text=form.text, on=today()
        )

    text = "初审意见已提出, 转公示" if recommends else "初审意见已提出, 报乡镇签批"
    answer = _saved(request, case, form, effect, text, "case")
    return answer if isinstance(answer, HttpResponse) else _opinion_page(request, case, form, answer)
