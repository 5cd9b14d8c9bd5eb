"""A decision on paper: the notice to the family, and the approval form for the file."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from doudi.law import clocks
from doudi.law.evaluation import Outcome, Step
from doudi.law.library import BOOKS
from doudi.law.money import yuan
from doudi.law.rulebook import Rulebook
from doudi.law.telling import Proof, failed_tests, main_steps, proof
from doudi.records.checks.assessing import explain
from doudi.records.decisions.models import Decision, Opening
from doudi.records.people.models import Household
from doudi.records.policies.queries import reason, scheme_name
from doudi.records.staff.models import User
from doudi.web.office.decisions.approval import approval_form, name_of, sums_of
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.sheets import ConfirmationNotice, RefusalNotice, RefusalReason, Sheet

PARTS = {
    "base_amount": "补差",
    "supplement": "分类施保增发",
    "class_supplement": "按类别增发",
    "single_amount": "单人保",
    "border_aid": "低保边缘定期补助",
}


def decisions_of(user: User) -> QuerySet[Decision]:
    """职权范围内家庭的决定, 连同打印和送达要用的; 还没有送达的 `delivered` 为空。"""
    mine = Household.objects.visible_to(user)
    related = ("household__head", "household__village__parent", "case__village__parent", "case__application",
               "assessment", "delivery__slip")  # fmt: skip
    return Decision.objects.filter(household__in=mine).select_related(*related).order_by("-decided_on", "-pk")


def sheets_of(decision: Decision) -> list[tuple[str, str]]:
    """这份决定能打印的表: 代码和名称。"""
    if decision.case is None:
        return []
    notice = {Decision.Kind.GRANT: "确认通知书", Decision.Kind.REFUSE: "不予确认告知书"}
    told = [("gaozhi", notice[Decision.Kind(decision.kind)])] if decision.kind in notice else []
    return [*told, ("shenpi", "审批表")]


def render(decision: Decision, kind: str, on: dt.date) -> bytes:
    """打印一份决定 (PDF): gaozhi 告知书, shenpi 审批表。Raises Http404 for what this decision has not."""
    return printing.render(_sheet(decision, kind, on), demo=settings.DEMO)


def _sheet(decision: Decision, kind: str, on: dt.date) -> Sheet:
    if decision.case is None:
        raise Http404
    if kind == "shenpi":
        return approval_form(decision, on)
    if kind == "gaozhi" and decision.kind == Decision.Kind.GRANT:
        return _confirmation(decision, on)
    if kind == "gaozhi" and decision.kind == Decision.Kind.REFUSE:
        return _refusal(decision, on)
    raise Http404


def _address(decision: Decision, on: dt.date) -> dict[str, Any]:
    """What both notices say of the case and of where to turn."""
    case = decision.case
    assert case is not None
    return {
        "unit": offices.civil_affairs(),
        "government": offices.county_government(),
        "township": offices.township_office(case.village),
        "no": decision.no,
        "case_no": case.no,
        "name": decision.household.head.name,
        "village": offices.village_name(case.village),
        "scheme": scheme_name(decision.scheme),
        "applied_on": case.accepted_on,
        "decided_on": decision.decided_on,
        "on": on,
        "phone": settings.HELP_PHONE,
        "url": offices.public_address("public_progress"),
    }


def _confirmation(decision: Decision, on: dt.date) -> ConfirmationNotice:
    opened = Opening.objects.filter(decision=decision).select_related("award").first()
    award = opened.award if opened else None
    return ConfirmationNotice(
        **_address(decision, on),
        members=award.persons if award else len(_results(decision).get("persons", ())),
        amount_fen=decision.amount_fen,
        parts=_parts(decision),
        from_on=award.from_on if award else clocks.benefit_from(decision.decided_on),
        next_review_on=decision.next_review_on,
        basis=decision.basis,
        sums=_sums(decision, main_steps),
    )


def _parts(decision: Decision) -> list[tuple[str, str]]:
    """The amounts by what they are for; names of members and their circumstances stay out of the letter."""
    paid = _results(decision).get("pays", ())
    sums = {
        label: sum(part["amount_fen"] for part in paid if part["name"] == name)
        for name, label in PARTS.items()
    }
    return [(label, yuan(fen)) for label, fen in sums.items() if fen]


def _results(decision: Decision) -> dict[str, Any]:
    return decision.assessment.results if decision.assessment else {}


def _refusal(decision: Decision, on: dt.date) -> RefusalNotice:
    codes = [one.code for one in decision.reasons.order_by("pk")] or [decision.reason_code]
    cited = [reason(decision.scheme, "refuse", code) for code in codes]
    whys = [RefusalReason(one.label, one.article) for one in cited]
    if decision.reason not in ("；".join(one.label for one in cited), cited[0].label):
        whys[0] = RefusalReason(f"{whys[0].text}。{decision.reason.rstrip('。.')}", whys[0].article)
    sums = _sums(decision, failed_tests)
    return RefusalNotice(**_address(decision, on), reasons=whys, figures=_figures(decision), sums=sums)


def _sums(decision: Decision, chosen: Callable[[Rulebook, Outcome], Sequence[Step]]) -> list[Proof]:
    """The household's steps of the frozen assessment, as the sheet and the self-test print them.

    Rules rewritten or parameters added since could take other steps to the same day's sum: then none are printed.
    """
    kept = decision.assessment
    if kept is None:
        return []
    outcome = explain(kept)
    if (outcome.version, outcome.digest) != (kept.rulebook_version, kept.parameters_hash):
        return []
    return [proof(step) for step in chosen(BOOKS[kept.rulebook], outcome)]


def _figures(decision: Decision) -> list[tuple[str, str]]:
    """The facts found, so that the family can check the refusal against them."""
    sums = sums_of(decision)
    if sums is None:
        return []
    return [
        ("共同生活的家庭成员", f"{sums.members}人"),
        ("家庭年收入", f"{yuan(sums.income_fen)}元"),
        ("月人均收入", f"{yuan(sums.income_per_head_fen)}元"),
        ("当地保障标准每人每月", f"{yuan(sums.standard_fen)}元"),
        ("家庭财产状况", "符合规定" if sums.property_meets else "不符合规定"),
    ]


__all__ = ["decisions_of", "name_of", "render", "sheets_of"]
