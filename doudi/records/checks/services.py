"""Visit, verify, assess, give an opinion."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import evaluate_case
from doudi.records.checks.models import Assessment, Finding, Opinion, VisitRecord
from doudi.records.checks.queries import facts, latest_assessment
from doudi.records.people import services as people
from doudi.records.people.models import Fact
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class OneInvestigator(Refusal):
    """入户调查至少两人。"""


class NotSigned(Refusal):
    """调查表没有签字。"""


class OpinionAgainstAssessment(Refusal):
    """意见与测算结论不一致。"""


@transaction.atomic
def note_finding(*, case: Case, by: User, source: str, outcome: str, on: dt.date, note: str = "") -> Finding:
    """记一条核对结果。依据: 民发〔2021〕57号 第十七条"""
    case = cases.locked(case)
    cases.require_station(case, "survey")
    duty = "verify" if "verify" in ROLES[by.role].duties else "survey"
    title = f"信息核对: {Finding.Outcome(outcome).label}"
    cases.do(case=case, by=by, duty=duty, title=title, on=on, note=note)
    return Finding.objects.create(case=case, source=source, outcome=outcome, note=note, on=on, by=by.username)


@transaction.atomic
def visit(
    *,
    case: Case,
    by: User,
    second: User,
    on: dt.date,
    member_present: str,
    observed: str,
    is_consistent: bool,
    signed: bool,
    seen: Sequence[people.FactDraft] = (),
) -> VisitRecord:
    """入户调查: 两名调查人、一名家庭成员签字; 所见记在申报旁边。

    Raises OneInvestigator, NotSigned. 依据: 民发〔2021〕57号 第十六条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey")
    if by.pk == second.pk:
        raise OneInvestigator("入户调查至少两人, 请填写另一名调查人")
    if not signed:
        raise NotSigned("调查表要由两名调查人和在场家庭成员签字后才能登记")
    for investigator in (by, second):
        duty = "visit" if "visit" in ROLES[investigator.role].duties else "survey"
        cases.do(case=case, by=investigator, duty=duty, title="入户调查", on=on)
    if seen:
        people.record_facts(
            by=by, household=case.household, facts=seen, source=Fact.Source.SEEN, on=on, from_on=on
        )
    return VisitRecord.objects.create(
        case=case,
        visited_on=on,
        first=by,
        second=second,
        member_present=member_present,
        observed=observed,
        is_consistent=is_consistent,
        signed=signed,
        recorded_by=by.username,
    )


@transaction.atomic
def assess(*, case: Case, by: User, on: dt.date) -> Assessment:
    """测算: 冻结输入, 算出月金额。Raises cases.Blocked where the survey is not finished."""
    case = cases.locked(case)
    cases.require_station(case, "survey", "review")
    cases.require_clear(case, replace(facts(case), station="survey"), on)
    frozen = evaluate_case(case, on)
    cases.do(case=case, by=by, duty="assess", title="测算", on=on)
    assessment = Assessment.objects.create(case=case, on=on, by=by.username, **frozen)
    if case.station == "survey":
        cases.onward(case, on)
    return assessment


@transaction.atomic
def give_opinion(*, case: Case, by: User, recommends: bool, text: str, on: dt.date) -> Opinion:
    """初审意见: 与测算一致; 建议确认的转公示, 不予确认的直接报签批。

    Raises cases.Blocked, OpinionAgainstAssessment. 依据: 民发〔2021〕57号 第十九条
    """
    case = cases.locked(case)
    cases.require_station(case, "review")
    latest = latest_assessment(case)
    cases.require_clear(case, replace(facts(case), opinion_given=True), on)
    assert latest is not None  # an unassessed case is blocked
    if latest.is_eligible != recommends:
        verdict = "符合" if latest.is_eligible else "不符合"
        raise OpinionAgainstAssessment(
            f"测算结论是{verdict}条件, 意见与它不一致。情况有变请先更正家庭情况再重新测算"
        )
    cases.do(case=case, by=by, duty="review", title="初审意见", on=on, note=text)
    opinion = Opinion.objects.create(
        case=case,
        assessment=latest,
        recommends=recommends,
        amount_fen=latest.amount_fen if recommends else 0,
        text=text,
        on=on,
        by=by.username,
    )
    cases.onward(case, on, refusing=not recommends)
    return opinion
