"""Sign at the township; intend, confirm, refuse or send back at the county."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.cases.telling import tell
from doudi.records.checks.models import Opinion
from doudi.records.decisions.change_queries import is_about_awards
from doudi.records.decisions.models import Decision, DecisionReason
from doudi.records.decisions.queries import facts
from doudi.records.decisions.services import changing, correcting
from doudi.records.decisions.services.granting import open_granted
from doudi.records.policies.queries import reason
from doudi.records.postings.models import Posting
from doudi.records.staff.models import Role, User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal

BASIS = "《社会救助暂行办法》第十二条"


class ReasonMissing(Refusal):
    """没有写明理由。"""


@transaction.atomic
def sign(*, case: Case, by: User, on: dt.date, note: str = "") -> Case:
    """乡镇负责人签批, 报县级确认; 定期核查没有变化的就此办结。"""
    case = cases.locked(case)
    cases.require_station(case, "sign")
    # Asked before what stands in the way: that list may tell of an objection, which the family's kin must not read.
    cases.check_may(case=case, by=by, duty="sign")
    cases.require_clear(case, replace(facts(case), signed=True), on)
    if changing.is_short(case):
        cases.do(case=case, by=by, duty="sign", title="签批, 待遇不变", on=on, note=note)
        return changing.keep(case=case, opinion=Opinion.objects.filter(case=case).latest("pk"), by=by, on=on)
    cases.do(case=case, by=by, duty="sign", title="签批, 报县级确认", on=on, note=note)
    return cases.onward(case, on, refusing=_advised_against(case))


def _advised_against(case: Case) -> bool:
    return not Opinion.objects.filter(case=case).latest("pk").recommends


@transaction.atomic
def intend(*, case: Case, by: User, on: dt.date, note: str = "") -> Case:
    """县级审核: 拟确认, 转确认公示。依据: 民发〔2012〕220号 第五章"""
    case = cases.locked(case)
    cases.require_station(case, "intend")
    cases.check_may(case=case, by=by, duty="confirm")
    cases.require_clear(case, replace(facts(case), intended=True), on)
    cases.do(case=case, by=by, duty="confirm", title="县级审核, 拟确认", on=on, note=note)
    return cases.onward(case, on)


@transaction.atomic
def send_back(*, case: Case, by: User, text: str, on: dt.date, duty: str = "") -> Case:
    """退回补正: 签批、确认或县级入户时发现问题, 退回调查, 写明理由; 原公示撤下, 之后要重新公示。Raises ReasonMissing.

    `duty` is the one under which it was found: signing or confirming, or `sample` of a county visit.
    """
    if not text.strip():
        raise ReasonMissing("请写明退回的理由, 好让经办人知道补什么")
    case = cases.locked(case)
    cases.require_station(case, "sign", "intend", "confirm")
    duty = duty or ("sign" if case.station == "sign" else "confirm")
    cases.do(case=case, by=by, duty=duty, title="退回补正", on=on, note=text)
    # What was posted is what is being looked at again: the next opinion hangs its own seven days.
    again = Posting.objects.filter(case=case, withdrawn_on=None).exclude(station=Posting.Round.INTAKE)
    again.update(withdrawn_on=on)
    tell(case, to_role=Role.CLERK, kind="returned", what=f"退回补正, {text}", on=on)
    return cases.go_back(case, on, returned=text)


@transaction.atomic
def confirm(*, case: Case, by: User, on: dt.date) -> Decision:
    """确认: 开出待遇, 自决定次月一日起; 排定下次复核。

    Raises cases.Blocked (causes listed), AlreadyReceives. 依据: 民发〔2021〕57号 第二十、二十一条
    """
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    correcting.require_another(case, by)
    cases.check_may(case=case, by=by, duty="confirm")
    _require_walked(case, on)
    cases.do(case=case, by=by, duty="confirm", title="确认", on=on)
    opinion = Opinion.objects.filter(case=case).latest("pk")
    if is_about_awards(case):
        return changing.settle(case=case, opinion=opinion, by=by, on=on)
    decision = _decide(
        case, by, on, opinion, Decision.Kind.GRANT, opinion.amount_fen, "", "符合条件, 予以确认"
    )
    correcting.close_corrected(case, decision, on)
    open_granted(case, opinion, decision, on)
    cases.close(case, Case.Outcome.GRANTED, on)
    record(
        by=by,
        action="decision.grant",
        subject=f"case:{case.pk}",
        no=decision.no,
        amount_fen=decision.amount_fen,
    )
    tell(case, to_role=by.role, kind="letter", what="已确认, 请告知申请人", on=on)
    return decision


@transaction.atomic
def leave_out(*, case: Case, by: User, text: str, on: dt.date) -> Case:
    """批量确认时排除一户: 写明为什么, 留在待确认里单独办。Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing("请写明这一户为什么不在这次确认")
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    cases.do(case=case, by=by, duty="confirm", title="批量确认时排除", on=on, note=text)
    return case


def _require_walked(case: Case, on: dt.date) -> None:
    """Every station of its road is clear, not the last alone: a case put here by other means has not been there."""
    known = facts(case)
    cases.require_clear(case, known, on)
    for station in cases.procedure_of(case).before("confirm"):
        if station == Posting.Round.INTAKE and case.kind == Case.Kind.CORRECT:
            continue  # the application was posted when it was taken in; it is what is decided again
        cases.require_clear(case, replace(known, station=station), on)


@transaction.atomic
def refuse(
    *, case: Case, by: User, reason_code: str, text: str, on: dt.date, also: Sequence[str] = ()
) -> Decision:
    """不予确认: 写明理由代码 (可以几条) 和说明, 三个工作日内告知。依据: 民发〔2021〕57号 第二十一条"""
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    changing.refuse_only_applications(case)
    correcting.require_another(case, by)
    codes = tuple(dict.fromkeys((reason_code, *also)))
    cited = [reason(case.scheme, "refuse", code) for code in codes]
    opinion = Opinion.objects.filter(case=case).latest("pk")
    cases.do(case=case, by=by, duty="confirm", title="不予确认", on=on, note=text)
    said = text or "；".join(one.label for one in cited)
    decision = _decide(case, by, on, opinion, Decision.Kind.REFUSE, 0, reason_code, said)
    DecisionReason.objects.bulk_create(DecisionReason(decision=decision, code=code) for code in codes)
    correcting.close_corrected(case, decision, on)
    cases.close(case, Case.Outcome.REFUSED, on)
    record(by=by, action="decision.refuse", subject=f"case:{case.pk}", no=decision.no, reason=reason_code)
    tell(case, to_role=by.role, kind="letter", what="已决定不予确认, 三个工作日内书面告知", on=on)
    return decision


def _decide(
    case: Case, by: User, on: dt.date, opinion: Opinion, kind: str, amount_fen: int, code: str, text: str
) -> Decision:
    return Decision.objects.create(
        no=f"{case.village_id[:6]}-{on:%Y}-D{next_number(f'decision-{on:%Y}'):06}",
        kind=kind,
        scheme=case.scheme,
        household=case.household,
        case=case,
        assessment=opinion.assessment,
        decided_on=on,
        amount_fen=amount_fen,
        reason_code=code,
        reason=text,
        basis=BASIS,
        next_review_on=_next_review(opinion, on) if kind == Decision.Kind.GRANT else None,
        by=by.username,
    )


def _next_review(opinion: Opinion, on: dt.date) -> dt.date:
    """The rulebook says how often a family like this one is reviewed. 依据: 民发〔2021〕57号 第三十一条"""
    return clocks.review_due(on, opinion.assessment.results["review_months"])
