"""Verify: what departments found, what came of it, and the recheck an applicant asks for."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from doudi.law import clocks
from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import Finding, FindingDealing, Recheck, RecheckAnswer
from doudi.records.checks.queries import accepted_findings, finding_topic
from doudi.records.people import services as people
from doudi.records.people.models import Fact
from doudi.records.people.queries import facts_of
from doudi.records.policies.queries import calendar, parameters
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class NothingToDeal(Refusal):
    """这条核对结果不用处理。"""


class AlreadyAsked(Refusal):
    """这条核对结果正在复查。"""


class AlreadyAnswered(Refusal):
    """这次复查已经答复。"""


class AlreadyReplied(Refusal):
    """这条核对已经有了反馈。"""


@dataclass(frozen=True, kw_only=True)
class FoundItem:
    """核对结果说的是哪一项: 谁的、哪一类、哪一项, 申报多少、查到多少 (分)。"""

    kind: str
    code: str
    person_id: int | None
    declared_fen: int
    found_fen: int


@transaction.atomic
def note_finding(
    *,
    case: Case,
    by: User,
    source: str,
    outcome: str,
    on: dt.date,
    note: str = "",
    item: FoundItem | None = None,
    reply_to: Finding | None = None,
) -> Finding:
    """记一条核对结果; 部门后来反馈的, 写明答复的是哪一条。Raises AlreadyReplied. 依据: 民发〔2021〕57号 第十七条"""
    case = cases.locked(case)
    cases.require_station(case, "survey")
    if reply_to and Finding.objects.filter(reply_to=reply_to).exists():
        raise AlreadyReplied(f"{reply_to.source}的这条核对已经登记过反馈")
    title = f"信息核对: {Finding.Outcome(outcome).label}"
    cases.do(case=case, by=by, duty=verifying_duty(by), title=title, on=on, note=note)
    return Finding.objects.create(
        case=case,
        source=source,
        outcome=outcome,
        note=note,
        kind=item.kind if item else "",
        code=item.code if item else "",
        person_id=item.person_id if item else None,
        declared_fen=item.declared_fen if item else None,
        found_fen=item.found_fen if item else None,
        reply_to=reply_to,
        on=on,
        by=by.username,
    )


def verifying_duty(user: User) -> str:
    """以哪项职责核对: 核对员按核对, 乡镇按调查。"""
    return "verify" if "verify" in ROLES[user.role].duties else "survey"


@transaction.atomic
def deal(*, finding: Finding, by: User, verdict: str, note: str, on: dt.date) -> FindingDealing:
    """处理一条不符的核对结果: 认定的按查到的数记下, 以后测算用它。

    Raises NothingToDeal where it is not a difference. 依据: 民发〔2021〕57号 第十八条
    """
    case = cases.locked(finding.case)
    cases.require_station(case, "survey")
    if finding.outcome != Finding.Outcome.DIFFERENT:
        raise NothingToDeal(f"{finding.source}的结果是“{finding.get_outcome_display()}”, 不用处理")
    title = f"核对结果{FindingDealing.Verdict(verdict).label}"
    cases.do(case=case, by=by, duty=verifying_duty(by), title=title, on=on, note=note)
    dealing = FindingDealing.objects.create(
        finding=finding, verdict=verdict, note=note, on=on, by=by.username
    )
    _record_verified(case, by, on)
    return dealing


def _record_verified(case: Case, by: User, on: dt.date) -> None:
    """What the office now holds to be true: the accepted figures of this case beside what others verified."""
    known = list(facts_of(case.household))
    of_case = {finding_topic(one) for one in Finding.objects.filter(case=case).exclude(kind="")}
    if not of_case:
        return
    verified = [fact for fact in known if fact.source == Fact.Source.VERIFIED]
    others = [_again(fact) for fact in verified if finding_topic(fact) not in of_case]
    drafts = [*others, *(_verified(finding, known) for finding in accepted_findings(case))]
    if drafts or verified:
        people.record_facts(
            by=by, household=case.household, facts=drafts, source=Fact.Source.VERIFIED, on=on, from_on=on
        )


def _again(fact: Fact) -> people.FactDraft:
    return people.FactDraft(
        kind=fact.kind,
        code=fact.code,
        person_id=fact.person_id,
        amount_fen=fact.amount_fen,
        cost_fen=fact.cost_fen,
        number=fact.number,
        evidence=fact.evidence,
    )


def _verified(finding: Finding, known: list[Fact]) -> people.FactDraft:
    """The figure found, with the cost and the marks the family declared for the same thing."""
    topic = finding_topic(finding)
    declared = [
        fact for fact in known if fact.source == Fact.Source.DECLARED and finding_topic(fact) == topic
    ]
    is_income = finding.kind == "income"
    return people.FactDraft(
        kind=finding.kind,
        code=finding.code,
        person_id=finding.person_id,
        amount_fen=finding.found_fen,
        cost_fen=sum(fact.cost_fen or 0 for fact in declared) if is_income else None,
        number=declared[0].number if declared else None,
        evidence=f"{finding.source}核对",
    )


@transaction.atomic
def ask_recheck(*, finding: Finding, by: User, reason: str, on: dt.date) -> Recheck:
    """申请人对核对结果有异议, 要求复查: 限期由政策包定; 已到初审的退回调查。

    Raises AlreadyAsked. 依据: 民发〔2021〕57号 第十八条
    """
    case = cases.locked(finding.case)
    cases.require_station(case, "survey", "panel", "review")
    if Recheck.objects.filter(finding=finding, answer=None).exists():
        raise AlreadyAsked(f"{finding.source}的结果正在复查, 请等复查答复")
    cases.do(case=case, by=by, duty=verifying_duty(by), title="申请人要求复查", on=on)
    if case.station != "survey":
        cases.go_back(case, on, returned="申请人要求复查核对结果")
    rules = parameters(case.village_id, on)
    due_on = (
        clocks.deadline("recheck", on, rules, calendar()).due_on if "clock.recheck" in rules.leaves else None
    )
    return Recheck.objects.create(
        finding=finding, asked_on=on, reason=reason, due_on=due_on, recorded_by=by.username
    )


@transaction.atomic
def answer_recheck(*, recheck: Recheck, by: User, result: str, text: str, on: dt.date) -> RecheckAnswer:
    """答复复查: 维持, 或改变 (改变的再登记一条新的核对结果)。Raises AlreadyAnswered."""
    case = cases.locked(recheck.finding.case)
    if RecheckAnswer.objects.filter(recheck=recheck).exists():
        raise AlreadyAnswered("这次复查已经答复")
    title = f"复查{RecheckAnswer.Result(result).label}"
    cases.do(case=case, by=by, duty=verifying_duty(by), title=title, on=on, note=text)
    answer = RecheckAnswer.objects.create(recheck=recheck, result=result, text=text, on=on, by=by.username)
    _record_verified(case, by, on)
    return answer
