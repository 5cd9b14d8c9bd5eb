"""What visits, findings and sums say of a case."""

from dataclasses import replace

from doudi.law.blocks import CaseFacts
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import evaluate_case
from doudi.records.checks.models import Assessment, Finding, Opinion, VisitRecord
from doudi.records.intake import queries as intake


def latest_visit(case: Case) -> VisitRecord | None:
    """最近一次入户调查。"""
    return VisitRecord.objects.filter(case=case).select_related("first", "second").order_by("-pk").first()


def latest_assessment(case: Case) -> Assessment | None:
    """最近一次测算。"""
    return Assessment.objects.filter(case=case).order_by("-pk").first()


def latest_opinion(case: Case) -> Opinion | None:
    """最近一次初审意见。"""
    return Opinion.objects.filter(case=case).select_related("assessment").order_by("-pk").first()


def is_current(assessment: Assessment) -> bool:
    """测算之后事实、参数、规则都没有变: 按当日重算, 结果指纹相同。"""
    return bool(evaluate_case(assessment.case, assessment.on)["result_hash"] == assessment.result_hash)


def facts(case: Case) -> CaseFacts:
    """受理到初审知道的事实。"""
    visit, assessment, opinion = latest_visit(case), latest_assessment(case), latest_opinion(case)
    findings = Finding.objects.filter(case=case, outcome=Finding.Outcome.DIFFERENT, note="")
    return replace(
        intake.facts(case),
        investigators=2 if visit else 0,
        survey_signed=bool(visit and visit.signed),
        verification="done" if Finding.objects.filter(case=case).exists() else "pending",
        findings_open=findings.count(),
        assessed=assessment is not None,
        assessment_current=assessment is not None and is_current(assessment),
        opinion_given=opinion is not None
        and assessment is not None
        and opinion.assessment_id == assessment.pk,
        refusal_advised=opinion is not None and not opinion.recommends,
    )
