"""A decision on paper: the notice to the family, and the approval form for the file."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
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
from doudi.records.areas.models import Area
from doudi.records.awards.models import Award
from doudi.records.cases.services import procedure_of
from doudi.records.checks.assessing import explain
from doudi.records.decisions.models import Decision, Opening, Recognition
from doudi.records.decisions.verifying import document_no, token_of
from doudi.records.people.models import Household
from doudi.records.policies.queries import reason, scheme, scheme_name
from doudi.records.staff.models import User
from doudi.web.office.changes.letters import OF_CHANGES, notice
from doudi.web.office.decisions.approval import approval_form, name_of, sums_of
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.change_sheets import ChangeBook, ChangeNotice
from doudi.web.ui.print.decision_sheets import (
    ConfirmationNotice,
    DeliverySlip,
    RefusalNotice,
    RefusalReason,
)
from doudi.web.ui.print.ending_sheets import RecognitionEndNotice
from doudi.web.ui.print.sheets import Sheet

PARTS = {
    "base_amount": "补差",
    "supplement": "分类施保增发",
    "class_supplement": "按类别增发",
    "single_amount": "单人保",
    "border_aid": "低保边缘定期补助",
    "basic_amount": "基本生活供养金",
    "care_amount": "照料护理补贴",
}


def decisions_of(user: User) -> QuerySet[Decision]:
    """职权范围内家庭的决定, 连同打印和送达要用的; 还没有送达的 `delivered` 为空。"""
    mine = Household.objects.visible_to(user)
    related = ("household__head", "household__village__parent", "case__village__parent", "case__application",
               "assessment", "delivery__slip")  # fmt: skip
    return Decision.objects.filter(household__in=mine).select_related(*related).order_by("-decided_on", "-pk")


NOTICES = {
    Decision.Kind.GRANT: "确认通知书",
    Decision.Kind.REFUSE: "不予确认通知书",
    **dict.fromkeys(OF_CHANGES, "变更告知书"),
}


def sheets_of(decision: Decision) -> list[tuple[str, str]]:
    """这份决定能打印的表: 代码和名称。"""
    kind = Decision.Kind(decision.kind)
    if kind not in NOTICES:
        return []
    form = [("shenpi", "审批表")] if decision.case else []
    return [("gaozhi", NOTICES[kind]), ("huizheng", "送达回证"), *form]


def render(decision: Decision, kind: str, on: dt.date) -> bytes:
    """打印一份决定 (PDF): gaozhi 告知书, huizheng 送达回证, shenpi 审批表。Raises Http404 for what it has not."""
    return printing.render(_sheet(decision, kind, on), demo=settings.DEMO)


def book(decisions: Sequence[Decision], title: str, on: dt.date) -> bytes:
    """许多份变更告知书印成一份 (PDF), 次序照给的。"""
    told = [sheet for one in decisions if isinstance(sheet := _changed(one, on), ChangeNotice)]
    return printing.render(ChangeBook(title, told, on), demo=settings.DEMO)


def _sheet(decision: Decision, kind: str, on: dt.date) -> Sheet:
    if kind not in dict(sheets_of(decision)):
        raise Http404
    if kind == "shenpi":
        return replace(approval_form(decision, on), url=verify_address(decision))
    if kind == "huizheng":
        return _slip(decision, on)
    if decision.kind == Decision.Kind.GRANT or _recognises_still(decision):
        return _confirmation(decision, on)
    return _refusal(decision, on) if decision.kind == Decision.Kind.REFUSE else _changed(decision, on)


def verify_address(decision: Decision) -> str:
    """二维码里的网址: 扫了看这份文书与系统一致不一致。"""
    return offices.public_address("public_verify", token_of(decision))


def _village(decision: Decision) -> Area:
    return (decision.case or decision.household).village


def _unit(decision: Decision) -> str:
    """Who decided signs: the county's office, or the township where the county has delegated it."""
    case = decision.case
    if case and procedure_of(case).confirm_by == "township":
        return offices.township_office(case.village)
    return offices.civil_affairs()


def _address(decision: Decision, on: dt.date) -> dict[str, Any]:
    """What every notice says of the case and of where to turn."""
    village = _village(decision)
    return {
        "unit": _unit(decision),
        "government": offices.county_government(),
        "township": offices.township_office(village),
        "no": decision.no,
        "document_no": document_no(decision),
        "case_no": decision.case.no if decision.case else "",
        "name": decision.household.head.name,
        "village": offices.village_name(village),
        "scheme": scheme_name(decision.scheme),
        "decided_on": decision.decided_on,
        "on": on,
        "phone": settings.HELP_PHONE,
        "url": verify_address(decision),
    }


def _applied(decision: Decision) -> dt.date:
    assert decision.case is not None  # sheets_of: only what has a case is granted or refused
    return decision.case.accepted_on


def _slip(decision: Decision, on: dt.date) -> DeliverySlip:
    told = decision.delivered
    village = _village(decision)
    return DeliverySlip(
        unit=_unit(decision),
        title=f"{scheme_name(decision.scheme)}{NOTICES[Decision.Kind(decision.kind)]}",
        no=decision.no,
        document_no=document_no(decision),
        name=decision.household.head.name,
        village=offices.village_name(village),
        decided_on=decision.decided_on,
        on=on,
        how=str(told.get_how_display()) if told else "",
        received_by=told.received_by if told else "",
        delivered_on=told.delivered_on if told else None,
        delivered_by=name_of(told.by) if told else "",
    )


def _changed(decision: Decision, on: dt.date) -> Sheet:
    if decision.kind == Decision.Kind.STOP and scheme(decision.scheme).shape == "status":
        return _unrecognised(decision, on)
    sums = _sums(decision, main_steps) if decision.amount_fen else []
    told = notice(decision, on, sums)
    return replace(
        told, unit=_unit(decision), document_no=document_no(decision), url=verify_address(decision)
    )


def _unrecognised(decision: Decision, on: dt.date) -> RecognitionEndNotice:
    """What was recognised without money has no sum to tell: from when it no longer stands, and why."""
    held = Recognition.objects.filter(household=decision.household, scheme=decision.scheme)
    ended = held.filter(ended_on__isnull=False).order_by("-ended_on", "-pk").first()
    cited = next((one for one in scheme(decision.scheme).reasons if one.code == decision.reason_code), None)
    return RecognitionEndNotice(
        **_address(decision, on),
        ended_on=ended.ended_on if ended and ended.ended_on else decision.decided_on,
        reason=decision.reason.rstrip("。."),
        article=cited.article if cited else "",
        basis=decision.basis,
    )


def _recognises_still(decision: Decision) -> bool:
    """A change or a review after which a recognition stands: its notice says who is recognised and until when."""
    stays = decision.kind in (Decision.Kind.ADJUST, Decision.Kind.UNCHANGED)
    return stays and scheme(decision.scheme).shape == "status"


def _confirmation(decision: Decision, on: dt.date) -> ConfirmationNotice:
    opened = Opening.objects.filter(decision=decision).select_related("award").order_by("pk").first()
    award = opened.award if opened else None
    recognised = None if award else _recognition(decision)
    return ConfirmationNotice(
        **_address(decision, on),
        applied_on=_applied(decision),
        members=len(_results(decision).get("persons", ())) or (award.persons if award else 0),
        amount_fen=decision.amount_fen,
        parts=_parts(decision),
        from_on=_from_on(decision, award, recognised),
        next_review_on=decision.next_review_on,
        basis=decision.basis,
        sums=_sums(decision, main_steps),
        paid_to=_paid_to(decision),
        valid_until=recognised.until_on if recognised else None,
    )


def _recognition(decision: Decision) -> Recognition | None:
    """What the decision recognised; one that changed nothing is about what stood on its day."""
    own: Recognition | None = getattr(decision, "recognition", None)
    begun = Recognition.objects.filter(
        household=decision.household, scheme=decision.scheme, from_on__lte=decision.decided_on
    )
    return own or begun.order_by("pk").last()


def _from_on(decision: Decision, award: Award | None, recognised: Recognition | None) -> dt.date:
    started = award or recognised
    return started.from_on if started else clocks.benefit_from(decision.decided_on)


def _paid_to(decision: Decision) -> str:
    """Destitute support goes to each person, or to the home that cares for them. 依据: 649号令 第十九条"""
    own = scheme(decision.scheme).unit == "person"
    return "本人或者供养服务机构的银行账户" if own else "户主的银行账户"


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
    return RefusalNotice(
        **_address(decision, on),
        applied_on=_applied(decision),
        reasons=whys,
        figures=_figures(decision),
        sums=sums,
    )


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


__all__ = ["decisions_of", "name_of", "render", "sheets_of", "verify_address"]
