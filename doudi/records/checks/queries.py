"""What visits, findings and sums say of a case."""

from dataclasses import replace
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from doudi.law.blocks import CaseFacts
from doudi.records.cases.models import Case
from doudi.records.checks.abilities import still_to_assess
from doudi.records.checks.assessing import evaluate_case
from doudi.records.checks.meetings import HearingRecord, PanelReview, Renewal
from doudi.records.checks.models import (
    Assessment,
    Finding,
    FindingDealing,
    Investigator,
    NeighbourTalk,
    Opinion,
    Recheck,
    RecheckAnswer,
    VisitMethod,
    VisitPhoto,
    VisitRecord,
)
from doudi.records.intake import queries as intake
from doudi.records.people.models import Fact
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters
from doudi.store.models import KeptFile
from doudi.store.today import today

SETTLED = (FindingDealing.Verdict.ACCEPTED, FindingDealing.Verdict.REJECTED)
NOT_AT_A_DISTANCE = ((VisitRecord.Way.PHONE, VisitMethod.Method.OBSERVATION),)


def latest_visit(case: Case) -> VisitRecord | None:
    """最近一次入户调查, 连同调查人、方法、逐项对照和照片。"""
    found = VisitRecord.objects.filter(case=case).select_related("member_signature")
    with_rows = found.prefetch_related(
        "investigators__user", "investigators__signature", "methods", "items__person", "photos__file"
    )
    return with_rows.order_by("-pk").first()


def talks_of(case: Case) -> QuerySet[NeighbourTalk]:
    """邻里访问, 新的在前。"""
    return NeighbourTalk.objects.filter(case=case).select_related("asked_by").order_by("-pk")


def survey_gaps(case: Case, visit: VisitRecord | None) -> tuple[str, ...]:
    """入户调查还缺什么: 没有用过的方法、没有访问的邻居、异议成立、评议没有通过之后的重新入户。"""
    if visit is None:
        return ()
    rules = parameters(case.village_id, case.accepted_on)
    done = VisitMethod.objects.filter(visit__case=case).values_list("method", flat=True)
    missing = [code for code in methods_due(case, visit.way) if code not in set(done)]
    gaps = [str(VisitMethod.Method(code).label) for code in missing]
    neighbours = rules.value("survey.neighbours") - NeighbourTalk.objects.filter(case=case).count()
    if neighbours > 0:
        gaps.append(f"邻里访问 (还差 {neighbours} 户)")
    if Renewal.objects.filter(case=case, remedy=Renewal.Remedy.SURVEY, visit=visit).exists():
        gaps.append("重新入户调查")
    return tuple(gaps)


def methods_due(case: Case, way: str = VisitRecord.Way.HOME) -> tuple[str, ...]:
    """这件案子的入户调查必用的方法; 打电话看不见的不算。依据: 民发〔2021〕57号 第十六条"""
    due = parameters(case.village_id, case.accepted_on).value("survey.methods")
    return tuple(code for code in due if (way, code) not in NOT_AT_A_DISTANCE)


def finding_topic(found: Finding | Fact) -> tuple[int | None, str, str]:
    """核对结果或事实说的是哪一项: 谁、哪一类、哪一项。"""
    return (found.person_id, found.kind, found.code)


def findings_of(case: Case) -> list[Finding]:
    """核对结果, 新的在前, 连同处理、反馈和复查。"""
    found = Finding.objects.filter(case=case).select_related("person", "reply_to")
    with_rows = found.prefetch_related("dealings", "rechecks__answer")
    replied = set(Finding.objects.filter(reply_to__case=case).values_list("reply_to", flat=True))
    rows = list(with_rows.order_by("-pk"))
    for row in rows:
        row.is_open = _is_open(row, replied)  # type: ignore[attr-defined]
    return rows


def _is_open(finding: Finding, replied: set[int | None]) -> bool:
    if any(recheck_is_open(recheck) for recheck in finding.rechecks.all()):
        return True
    if finding.outcome == Finding.Outcome.PENDING:
        return finding.pk not in replied
    return finding.outcome == Finding.Outcome.DIFFERENT and verdict_of(finding) not in SETTLED


def verdict_of(finding: Finding) -> str:
    """一条核对结果现在的处理; 没有处理的为空。"""
    dealings = sorted(finding.dealings.all(), key=lambda dealing: dealing.pk)
    return dealings[-1].verdict if dealings else ""


def recheck_is_open(recheck: Recheck) -> bool:
    """复查还没有答复。"""
    return not hasattr(recheck, "answer")


def accepted_findings(case: Case) -> list[Finding]:
    """认定的、有数的核对结果, 每一项取最后一条; 复查改变了的不算。"""
    found: dict[tuple[int | None, str, str], Finding] = {}
    for finding in reversed(findings_of(case)):
        changed = any(
            not recheck_is_open(recheck) and recheck.answer.result == RecheckAnswer.Result.CHANGED
            for recheck in finding.rechecks.all()
        )
        if finding.kind and verdict_of(finding) == FindingDealing.Verdict.ACCEPTED and not changed:
            found[finding_topic(finding)] = finding
    return list(found.values())


def files_of(case: Case) -> QuerySet[KeptFile]:
    """这件案子的照片、签名和签字的记录。"""
    visits = VisitRecord.objects.filter(case=case)
    ids = (
        VisitPhoto.objects.filter(visit__in=visits).values("file"),
        Investigator.objects.filter(visit__in=visits).values("signature"),
        visits.values("member_signature"),
        PanelReview.objects.filter(case=case).values("meeting__minutes"),
        HearingRecord.objects.filter(hearing__case=case).values("minutes"),
    )
    return KeptFile.objects.filter(reduce(or_, (Q(pk__in=rows) for rows in ids)))


def panel_held(case: Case, opinion: Opinion | None) -> bool:
    """最近一份意见之后有没有民主评议; 还没有意见的, 有过评议就算。"""
    return PanelReview.objects.filter(case=case, opinion=opinion).exists()


def latest_assessment(case: Case) -> Assessment | None:
    """最近一次测算。"""
    return Assessment.objects.filter(case=case).order_by("-pk").first()


def latest_opinion(case: Case) -> Opinion | None:
    """最近一次初审意见。"""
    return Opinion.objects.filter(case=case).select_related("assessment").order_by("-pk").first()


def is_current(assessment: Assessment) -> bool:
    """测算之后家里的人、事实、规则都没有变: 按测算当日重算, 结果指纹相同。

    Who lives there is asked of today: a sum of three is no sum for the two who are left. The parameters stay those of
    the day of the sum; what they became since is for the next review.
    """
    summed = {row["person_id"] for row in assessment.inputs["person"]}
    here = members_on(assessment.case.household, max(assessment.on, today()))
    if summed != set(here.values_list("person_id", flat=True)):
        return False
    return bool(evaluate_case(assessment.case, assessment.on)["result_hash"] == assessment.result_hash)


def facts(case: Case) -> CaseFacts:
    """受理到初审知道的事实。"""
    visit, assessment, opinion = latest_visit(case), latest_assessment(case), latest_opinion(case)
    findings = findings_of(case)
    pending = any(one.outcome == Finding.Outcome.PENDING and one.is_open for one in findings)  # type: ignore[attr-defined]
    return replace(
        intake.facts(case),
        investigators=len(visit.investigators.all()) if visit else 0,
        survey_signed=bool(visit and visit.signed),
        survey_gaps=survey_gaps(case, visit),
        verification="done" if findings and not pending else "pending",
        findings_open=sum(one.is_open for one in findings),  # type: ignore[attr-defined]
        panel_due=Renewal.objects.filter(case=case, remedy=Renewal.Remedy.PANEL, opinion=opinion).exists(),
        panel_held=panel_held(case, opinion),
        panel_since_visit=PanelReview.objects.filter(case=case, visit=visit).exists(),
        ability_assessed=not still_to_assess(case),
        assessed=assessment is not None,
        assessment_current=assessment is not None and is_current(assessment),
        opinion_given=opinion is not None
        and assessment is not None
        and opinion.assessment_id == assessment.pk,
        refusal_advised=opinion is not None and not opinion.recommends,
    )
