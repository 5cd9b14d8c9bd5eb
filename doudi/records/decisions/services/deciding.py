"""Sign at the township; intend, confirm, refuse or send back at the county."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.records.decisions.models import Decision
from doudi.records.decisions.queries import facts
from doudi.records.decisions.services.granting import open_award
from doudi.records.policies.queries import reason
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal

BASIS = "《社会救助暂行办法》第十二条"


class ReasonMissing(Refusal):
    """没有写明理由。"""


@transaction.atomic
def sign(*, case: Case, by: User, on: dt.date, note: str = "") -> Case:
    """乡镇负责人签批, 报县级确认。"""
    case = cases.locked(case)
    cases.require_station(case, "sign")
    cases.require_clear(case, replace(facts(case), signed=True), on)
    cases.do(case=case, by=by, duty="sign", title="签批, 报县级确认", on=on, note=note)
    return cases.onward(case, on, refusing=_advised_against(case))


def _advised_against(case: Case) -> bool:
    return not Opinion.objects.filter(case=case).latest("pk").recommends


@transaction.atomic
def intend(*, case: Case, by: User, on: dt.date, note: str = "") -> Case:
    """县级审核: 拟确认, 转确认公示。依据: 民发〔2012〕220号 第五章"""
    case = cases.locked(case)
    cases.require_station(case, "intend")
    cases.require_clear(case, replace(facts(case), intended=True), on)
    cases.do(case=case, by=by, duty="confirm", title="县级审核, 拟确认", on=on, note=note)
    return cases.onward(case, on)


@transaction.atomic
def send_back(*, case: Case, by: User, text: str, on: dt.date) -> Case:
    """退回补正: 签批或确认时发现问题, 退回调查, 写明理由; 原公示撤下, 之后要重新公示。Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing("请写明退回的理由, 好让经办人知道补什么")
    case = cases.locked(case)
    cases.require_station(case, "sign", "intend", "confirm")
    duty = "sign" if case.station == "sign" else "confirm"
    cases.do(case=case, by=by, duty=duty, title="退回补正", on=on, note=text)
    # What was posted is what is being looked at again: the next opinion hangs its own seven days.
    again = Posting.objects.filter(case=case, withdrawn_on=None).exclude(station=Posting.Round.INTAKE)
    again.update(withdrawn_on=on)
    return cases.move(case, "survey", on, returned=text)


@transaction.atomic
def confirm(*, case: Case, by: User, on: dt.date) -> Decision:
    """确认: 开出待遇, 自决定次月一日起; 排定下次复核。

    Raises cases.Blocked (causes listed), AlreadyReceives. 依据: 民发〔2021〕57号 第二十、二十一条
    """
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    _require_walked(case, on)
    cases.do(case=case, by=by, duty="confirm", title="确认", on=on)
    opinion = Opinion.objects.filter(case=case).latest("pk")
    decision = _decide(
        case, by, on, opinion, Decision.Kind.GRANT, opinion.amount_fen, "", "符合条件, 予以确认"
    )
    award = open_award(case, opinion, decision, on)
    cases.close(case, Case.Outcome.GRANTED, on)
    record(
        by=by, action="decision.grant", subject=f"case:{case.pk}", no=decision.no, amount_fen=award.amount_fen
    )
    return decision


def _require_walked(case: Case, on: dt.date) -> None:
    """Every station of its road is clear, not the last alone: a case put here by other means has not been there."""
    known = facts(case)
    cases.require_clear(case, known, on)
    for station in cases.procedure_of(case).before("confirm"):
        cases.require_clear(case, replace(known, station=station), on)


@transaction.atomic
def refuse(*, case: Case, by: User, reason_code: str, text: str, on: dt.date) -> Decision:
    """不予确认: 写明理由代码和说明, 三个工作日内告知。依据: 民发〔2021〕57号 第二十一条"""
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    cited = reason(case.scheme, "refuse", reason_code)
    opinion = Opinion.objects.filter(case=case).latest("pk")
    cases.do(case=case, by=by, duty="confirm", title="不予确认", on=on, note=text)
    decision = _decide(case, by, on, opinion, Decision.Kind.REFUSE, 0, reason_code, text or cited.label)
    cases.close(case, Case.Outcome.REFUSED, on)
    record(by=by, action="decision.refuse", subject=f"case:{case.pk}", no=decision.no, reason=reason_code)
    return decision


@transaction.atomic
def county_visit(*, case: Case, by: User, note: str, on: dt.date) -> Case:
    """县级入户核查: 近亲属备案和有投诉的, 确认前必须去。Raises ReasonMissing. 依据: 民发〔2021〕57号 第二十条"""
    if not note.strip():
        raise ReasonMissing("请写明入户核查看到的情况")
    case = cases.locked(case)
    cases.require_station(case, "confirm")
    cases.do(case=case, by=by, duty="sample", title="县级入户核查", on=on, note=note)
    return case


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
