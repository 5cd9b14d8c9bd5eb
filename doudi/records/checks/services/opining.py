"""Assess, give an opinion."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import evaluate_case
from doudi.records.checks.models import Assessment, Opinion
from doudi.records.checks.queries import facts, latest_assessment
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class OpinionAgainstAssessment(Refusal):
    """意见与测算结论不一致。"""


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
