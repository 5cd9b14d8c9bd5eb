"""The sum on screen: what the family is found to be, every line with its numbers, every figure with its why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.checks import services
from doudi.records.checks.assessing import (
    GRADED_BY,
    explain,
    grade_of,
    graded_then,
    rulebook_of,
)
from doudi.records.checks.models import Assessment
from doudi.records.checks.queries import is_current, latest_assessment
from doudi.records.desk import case_page
from doudi.records.people.queries import facts_of, members_on, obligors_of
from doudi.records.policies.queries import scheme_name
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.checks import facts as told
from doudi.web.office.checks.figures import lines_of, sheet_of
from doudi.web.office.checks.forms import AssessForm
from doudi.web.office.forms import take_effect
from doudi.web.office.intake.views import tell
from doudi.web.office.policies.links import rules_url
from doudi.web.ui.components import BlockLine

WHERE = {
    "too_few_investigators": "case_visit",
    "survey_unsigned": "case_visit",
    "findings_open": "case_findings",
    "ability_open": "case_ability",
}


def case_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """测算单: 每个数都能点开看录入、参数、依据和算式; 各类的线并列。"""
    case = opened(request, pk)
    return _page(request, case, AssessForm(case=case), "")


def _page(request: HttpRequest, case: Case, form: AssessForm, refused: str) -> HttpResponse:
    user = the_user(request)
    who = told.names_of(user, list(members_on(case.household, today())))
    latest = latest_assessment(case)
    view = case_page.view_of(case, user, today())
    may = may_open(user, "case_assess") and case.station in ("survey", "review") and not case.closed_on
    context = {
        **frame(request, case, "case_assessment"),
        **(_told(latest, who) if latest else {"assessment": None, "sheet": None}),
        "scheme": scheme_name(case.scheme),
        "obligors": obligors_of(case.household).count(),
        "sides": told.sides(list(facts_of(case.household)), who),
        "blocks": _blocks(view, case) if may and case.station == "survey" else [],
        "may": may,
        "may_opine": may_open(user, "case_opinion_give") and case.station == "review",
        "form": form,
        "refused": refused,
    }
    return render(request, "office/checks/assessment.html", context, status=409 if refused else 200)


def _told(latest: Assessment, who: dict[int, str]) -> dict[str, Any]:
    """The newest sum, and what the family was then found to be."""
    grading = graded_then(latest) if rulebook_of(latest.case.scheme).id in GRADED_BY else None
    return {
        "assessment": latest,
        "sheet": sheet_of(explain(latest), who, sum_grade(latest), latest.is_eligible),
        "lines": lines_of(grading, who) if grading else (),
        "grade": grading.label if grading else "",
        "apart": "、".join(who.get(person, "") for person in grading.apart) if grading else "",
        "rules_url": rules_url(latest),
        "current": is_current(latest),
    }


def sum_grade(latest: Assessment) -> str:
    """一次测算按哪一类说: 案子后来改按另一类的, 按当时用的规则书。"""
    grade = grade_of(latest.case.scheme)
    return grade if (grade == "tekun") == (latest.rulebook == "tekun") else latest.rulebook


def _blocks(view: case_page.CaseView, case: Case) -> list[BlockLine]:
    return [
        BlockLine(b.text, b.cite, reverse(WHERE[b.code], args=[case.pk]) if b.code in WHERE else "")
        for b in view.blocks
    ]


def case_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """测算: 认定属于哪一类, 冻结录入, 算出月金额。"""
    case = opened(request, pk)
    form = AssessForm(request.POST, case=case)
    if not form.is_valid():
        return _page(request, case, form, "" if form.is_stayed else "页面已过期, 请刷新后再测算")
    said, before = form.cleaned_data, case.scheme

    def effect() -> None:
        services.assess(
            case=case, by=the_user(request), on=today(), keep=said["keep"], keep_as=said["keep_as"]
        )

    try:
        take_effect(request, said["key"], effect)
    except Refusal as refusal:
        return _page(request, case, form, refusal.text)
    case.refresh_from_db()
    turned = "" if case.scheme == before else f", 按条件认定为{scheme_name(case.scheme)}"
    if case.station == "survey":
        tell(request, f"还不能测算{turned}, 请先作自理能力评估")
        return redirect("case_ability", case.pk)
    tell(request, f"已测算{turned}")
    return redirect("case_assessment", case.pk)
