"""Assess, give an opinion."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from doudi.law.blocks import CaseFacts
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import GRADED_BY, evaluate_case, grading_of, rulebook_of, scheme_of
from doudi.records.checks.models import Assessment, Opinion
from doudi.records.checks.queries import facts, latest_assessment
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class OpinionAgainstAssessment(Refusal):
    """意见与测算结论不一致。"""


@transaction.atomic
def assess(*, case: Case, by: User, on: dt.date, keep: str = "", keep_as: str = "") -> Assessment | None:
    """测算: 先认定属于哪一类 (特困、低保、边缘、刚性支出取最先符合的), 再按它冻结输入, 算出月金额。

    The case turns to the scheme found; `keep` is why the family stays with what it has (or with `keep_as`) instead.
    Where the road of the scheme found asks for more before the sum (特困的自理能力评估), the case waits in the survey,
    None is returned. Raises cases.Blocked where the survey is not finished, CaseAlreadyOpen.
    依据: 民发〔2022〕83号, 民发〔2021〕43号 第四条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey", "review")
    cases.check_may(case=case, by=by, duty="assess")
    if _graded(case, by, on, keep, keep_as or case.scheme) and _waits(case, on):
        return None
    _require_surveyed(case, facts(case), on)
    frozen = evaluate_case(case, on)
    cases.do(case=case, by=by, duty="assess", title="测算", on=on)
    assessment = Assessment.objects.create(case=case, on=on, by=by.username, **frozen)
    if case.station == "survey":
        cases.onward(case, on)
    return assessment


def _graded(case: Case, by: User, on: dt.date, keep: str, keep_as: str) -> bool:
    """Turn the case to what the family is found to be; nothing found leaves what was asked, to be refused."""
    if case.kind != Case.Kind.APPLY or rulebook_of(case.scheme).id not in GRADED_BY:
        return False
    grade = grading_of(case, on).grade
    found = scheme_of(grade, case.household) if grade != "none" else case.scheme
    kept = f"符合{scheme_name(found)}, 仍按{scheme_name(keep_as)}办理"[:80]
    if keep and found != keep_as:
        to, title = keep_as, kept
    elif found == case.scheme or case.acts.filter(title=kept).exists():
        return False
    else:
        to, title = found, f"按条件认定为{scheme_name(found)}, 原申请{scheme_name(case.scheme)}"[:80]
    # How well somebody manages is asked only after the family is found destitute.
    _require_surveyed(case, replace(facts(case), ability_assessed=True), on)
    cases.do(case=case, by=by, duty="assess", title=title, on=on, note=keep)
    return _turned(case, to)


def _turned(case: Case, scheme_id: str) -> bool:
    if scheme_id == case.scheme:
        return False
    cases.regrade(case, scheme_id)
    return True


def _require_surveyed(case: Case, known: CaseFacts, on: dt.date) -> None:
    """What its road asks of the survey is done; a road without a survey asks nothing of one."""
    if "survey" in cases.procedure_of(case).road:
        cases.require_clear(case, replace(known, station="survey"), on)


def _waits(case: Case, on: dt.date) -> bool:
    """Whether the road of the scheme found asks for something more before the sum; then the survey goes on."""
    surveyed = "survey" in cases.procedure_of(case).road
    if not surveyed or not cases.standing_blocks(case, replace(facts(case), station="survey"), on):
        return False
    if case.station != "survey":
        cases.go_back(case, on, returned="认定的项目还要补作调查")
    return True


@transaction.atomic
def give_opinion(
    *, case: Case, by: User, recommends: bool, text: str, on: dt.date, expected: int | None = None
) -> Opinion:
    """初审意见: 与测算一致; 建议确认的转公示, 不予确认的直接报签批。`expected` 是打开时的案件版本。

    Raises StaleVersion, cases.Blocked, OpinionAgainstAssessment. 依据: 民发〔2021〕57号 第十九条
    """
    case = cases.locked(case, expected)
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
