"""End a case without a decision: the family does not cooperate, withdraws, is gone, or what it was about ended."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.cases import queries, timing
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.change_queries import is_moot
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

WITHDRAWN = "withdrawn"
AWARD_ENDED = {"award_ended": "要改的待遇在办理期间已经停止或者换成别的待遇"}


class OnlyApplicationsEnd(Refusal):
    """终止办理只用于申请, 和待遇已经停止的变更、复核。"""


def end_causes(case: Case) -> dict[str, str]:
    """这件案子可以因为什么终止办理 (代码 → 名称): 申请按政策列出的; 变更、复核只在要改的待遇已经停止时。"""
    if case.kind == Case.Kind.APPLY:
        return dict(queries.causes("procedure.end_causes", case))
    return AWARD_ENDED if is_moot(case) else {}


@transaction.atomic
def terminate(*, case: Case, by: User, cause: str, reason: str, on: dt.date) -> Case:
    """终止办理: 写明情形和理由, 公示同时撤下; 情况有变可以重新申请。

    A review, a change or a correction is about what is already being paid: it ends with a decision, unless nothing
    is left to decide about because the award ended meanwhile.
    Raises OnlyApplicationsEnd, timing.CauseNotAllowed, timing.ReasonMissing. 依据: 民发〔2021〕57号 第二十九条
    """
    case = cases.locked(case)
    cases.require_station(case, *cases.procedure_of(case).road)
    causes = end_causes(case)
    if not causes:
        told = f"案件 {case.no} 是{case.get_kind_display()}, 不能终止办理: 待遇怎么办要有决定, 请办完再报县级决定"
        raise OnlyApplicationsEnd(told)
    if not reason.strip():
        raise timing.ReasonMissing("请写明终止办理的理由, 要告知申请人")
    if cause not in causes:
        raise timing.CauseNotAllowed(f"不能因为这种情形终止办理, 可选: {'、'.join(causes.values())}")
    if queries.open_pause(case):
        case = timing.resume(case=case, by=by, on=on)
    duty = timing.handling_duty(case)
    cases.do(case=case, by=by, duty=duty, title=f"终止办理: {causes[cause]}", on=on, note=reason)
    Posting.objects.filter(case=case, withdrawn_on=None).update(withdrawn_on=on)
    outcome = Case.Outcome.WITHDRAWN if cause == WITHDRAWN else Case.Outcome.TERMINATED
    record(by=by, action="case.terminate", subject=f"case:{case.pk}", no=case.no, cause=cause)
    return cases.close(case, outcome, on)
