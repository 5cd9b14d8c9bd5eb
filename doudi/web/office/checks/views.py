"""The survey: the declaration corrected, the visit, findings, the sum with every why, the first opinion."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.law.procedure import STATIONS
from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.assessing import explain
from doudi.records.checks.models import Assessment
from doudi.records.checks.queries import latest_assessment, latest_opinion
from doudi.records.desk import case_page
from doudi.records.intake import entries
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of, members_on
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.models import StaleVersion
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.assessing import sum_grade
from doudi.web.office.checks.figures import Sheet, sheet_of
from doudi.web.office.checks.forms import OpinionForm
from doudi.web.office.checks.saving import saved, who_saved
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.entry import Entry, Problem
from doudi.web.office.intake.views import tell

ENTERED_AT = ("accept", "survey", "review")


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
        "sides": told.sides(facts, told.names_of(user, members)),
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
    context["conflict"] = told.differences(theirs, mine, told.names_of(user, members)) or [
        told.Difference("家庭情况", "与您填的相同", "与别人保存的相同")
    ]
    context["conflict_who"] = who_saved(case, user)
    context["version"] = stale.current.version  # type: ignore[attr-defined]


# ---- the opinion ----------------------------------------------------------------------------------------


def case_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """初审意见: 拦住的原因在上面, 意见从句库里选。"""
    return _opinion_page(request, opened(request, pk), None, "")


def _opinion_page(
    request: HttpRequest,
    case: Case,
    form: OpinionForm | None,
    refused: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    view = case_page.view_of(case, the_user(request), today())
    latest = latest_assessment(case)
    sheet = _sheet(latest)
    may = may_open(the_user(request), "case_opinion_give") and case.station == "review" and not case.closed_on
    context = {
        **frame(request, case, "case_opinion"),
        "assessment": latest,
        "sheet": sheet,
        "form": form or OpinionForm(phrases=phrases(latest, sheet), version=case.version),
        "blocks": [b for b in view.blocks if b.code != "no_opinion"] if may else [],
        "opinion": latest_opinion(case),
        "may": may,
        "refused": refused,
        "station": "" if case.closed_on else STATIONS[case.station].label,
        **(more or {}),
    }
    return render(request, "office/checks/opinion.html", context, status=409 if refused or more else 200)


def _sheet(latest: Assessment | None) -> Sheet | None:
    return sheet_of(explain(latest), {}, sum_grade(latest), latest.is_eligible) if latest else None


def phrases(latest: Assessment | None, sheet: Sheet | None) -> list[str]:
    """句库: 由测算结论写成的几句话, 数字不用再抄。"""
    if latest is None or sheet is None:
        return []
    results, scheme = latest.results, scheme_name(latest.case.scheme)
    basis = f"经入户调查和测算, 该户保障人口 {results['members']} 人, 家庭年收入 {yuan(results['household_income'])} 元"
    if not latest.is_eligible:
        why = "、".join(f"“{label}”一项不符合" for label, flag, _ in sheet.tests if flag.tone == "over")
        return [f"{basis}, {why or '没有应当保障的人口'}, 建议不予确认。", "该户不符合条件, 建议不予确认。"]
    money = f"建议确认, 保障金 {sheet.total.text}。"
    gives = money if latest.amount_fen else f"建议认定, 有效期 {sheet.total.text}。"
    return [f"{basis}, 财产状况符合规定, 符合{scheme}条件, {gives}", f"该户符合条件, {gives}"]


def case_opinion_give(request: HttpRequest, pk: int) -> HttpResponse:
    """提出初审意见: 与测算一致; 建议确认的转公示, 不予确认的报签批。"""
    case = opened(request, pk)
    latest = latest_assessment(case)
    sheet = _sheet(latest)
    form = OpinionForm(request.POST, phrases=phrases(latest, sheet), version=case.version)
    if latest is None or not form.is_valid():
        return _opinion_page(request, case, form, "" if latest else "还没有测算, 测算之后才能提出意见")
    recommends = latest.is_eligible

    def effect() -> None:
        services.give_opinion(
            case=case, by=the_user(request), recommends=recommends, text=form.text, on=today(),
            expected=form.expected,
        )  # fmt: skip

    text = "初审意见已提出, 转公示" if recommends else "初审意见已提出, 报乡镇签批"
    try:
        answer = saved(request, case, form, effect, text, "case")
    except StaleVersion as stale:
        return _opinion_page(
            request, opened(request, pk), form, "", _both_opinions(request, case, form, stale)
        )
    return answer if isinstance(answer, HttpResponse) else _opinion_page(request, case, form, answer)


def _both_opinions(
    request: HttpRequest, case: Case, form: OpinionForm, stale: StaleVersion
) -> dict[str, Any]:
    """Where the other's opinion sent the case on there is nothing left to save; else the form may be sent again."""
    form.renew(stale.current.version)  # type: ignore[attr-defined]
    given = latest_opinion(case)
    gone = stale.current.station != "review"  # type: ignore[attr-defined]
    then = "案件已经往下走, 您写的没有登记。认为那份意见不对的, 请与他核对, 由签批时退回。"
    return {
        "conflict": [told.Difference("初审意见", given.text if given else "", form.text)],
        "conflict_who": who_saved(case, the_user(request)),
        "conflict_text": then if gone else "",
    }
