"""Sign at the township, confirm or refuse at the county, deliver; open and close awards."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from doudi.law import clocks
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.records.decisions.models import Closing, Decision, Delivery, Opening
from doudi.records.decisions.queries import facts, members_of
from doudi.records.people.models import Household
from doudi.records.policies.queries import pairs_of, reason
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal

BASIS = "《社会救助暂行办法》第十二条"


class AlreadyReceives(Refusal):
    """有人正在享受互斥的待遇。"""


class ReasonMissing(Refusal):
    """没有写明理由。"""


class AlreadyClosed(Refusal):
    """这份待遇已经停了。"""


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
    award = _open_award(case, opinion, decision, on)
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


def _open_award(case: Case, opinion: Opinion, decision: Decision, on: dt.date) -> Award:
    household: Household = case.household
    persons = members_of(opinion.assessment)
    award = Award.objects.create(
        no=f"{decision.no}-A",
        scheme=case.scheme,
        household=household,
        payee_id=household.head_id,
        village_id=case.village_id,
        persons=len(persons),
        amount_fen=opinion.amount_fen,
        klass=opinion.assessment.results.get("klass", ""),
        from_on=clocks.benefit_from(on),
    )
    AwardPart.objects.bulk_create(
        AwardPart(award=award, name=part["name"], person_id=part["person_id"], amount_fen=part["amount_fen"])
        for part in opinion.assessment.results["pays"]
    )
    _hold(award, persons)
    Opening.objects.create(decision=decision, award=award)
    return award


def _hold(award: Award, persons: Sequence[int]) -> None:
    """Occupy every exclusive pair of the scheme for every person; the unique index has the last word."""
    try:
        with transaction.atomic():
            Holding.objects.bulk_create(
                Holding(award=award, person_id=person, pair=pair)
                for person in persons
                for pair in pairs_of(award.scheme)
            )
    except IntegrityError:
        raise AlreadyReceives("家庭成员中有人正在享受不能同时享受的待遇, 请先核实并办理停发或择一") from None


@transaction.atomic
def stop(*, award: Award, by: User, reason_code: str, text: str, on: dt.date) -> Decision:
    """停发: 自下月起停, 写明理由代码; 已发的不追。Raises AlreadyClosed. 依据: 民发〔2021〕57号 第三十二条"""
    hold_chain()  # one stop at a time: the second of two then finds the first
    if Closing.objects.filter(award=award).exists():
        raise AlreadyClosed(f"待遇 {award.no} 已经停发")
    cited = reason(award.scheme, "stop", reason_code)
    decision = Decision.objects.create(
        no=f"{award.village_id[:6]}-{on:%Y}-D{next_number(f'decision-{on:%Y}'):06}",
        kind=Decision.Kind.STOP,
        scheme=award.scheme,
        household=award.household,
        decided_on=on,
        reason_code=reason_code,
        reason=text or cited.label,
        basis=cited.article,
        by=by.username,
    )
    Closing.objects.create(decision=decision, award=award, ends_on=clocks.benefit_from(on))
    Holding.objects.filter(award=award, released_on=None).update(released_on=on)
    record(by=by, action="decision.stop", subject=f"award:{award.pk}", no=decision.no, reason=reason_code)
    return decision


@transaction.atomic
def deliver(*, decision: Decision, by: User, received_by: str, on: dt.date) -> Delivery:
    """登记告知书送达; 同一决定只登记一次。"""
    delivery, _ = Delivery.objects.get_or_create(
        decision=decision, defaults={"delivered_on": on, "received_by": received_by, "by": by.username}
    )
    record(by=by, action="decision.deliver", subject=f"decision:{decision.pk}", received_by=received_by)
    return delivery
