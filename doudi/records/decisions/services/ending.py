"""End a case without a decision: the family does not cooperate, withdraws, or is no longer there."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.cases import queries, timing
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

WITHDRAWN = "withdrawn"


class OnlyApplicationsEnd(Refusal):
    """终止办理只用于申请。"""


@transaction.atomic
def terminate(*, case: Case, by: User, cause: str, reason: str, on: dt.date) -> Case:
    """终止办理: 写明情形和理由, 公示同时撤下; 情况有变可以重新申请。

    A review, a change or a correction is about what is already being paid: it ends with a decision only.
    Raises OnlyApplicationsEnd, timing.CauseNotAllowed, timing.ReasonMissing. 依据: 民发〔2021〕57号 第二十九条
    """
    case = cases.locked(case)
    cases.require_station(case, *cases.procedure_of(case).road)
    if case.kind != Case.Kind.APPLY:
        told = f"案件 {case.no} 是{case.get_kind_display()}, 不能终止办理: 待遇怎么办要有决定, 请办完再报县级决定"
        raise OnlyApplicationsEnd(told)
    if not reason.strip():
        raise timing.ReasonMissing("请写明终止办理的理由, 要告知申请人")
    timing.require_cause("procedure.end_causes", cause, case)
    if queries.open_pause(case):
        case = timing.resume(case=case, by=by, on=on)
    label = queries.cause_label("procedure.end_causes", cause, case)
    duty = timing.handling_duty(case)
    cases.do(case=case, by=by, duty=duty, title=f"终止办理: {label}", on=on, note=reason)
    Posting.objects.filter(case=case, withdrawn_on=None).update(withdrawn_on=on)
    outcome = Case.Outcome.WITHDRAWN if cause == WITHDRAWN else Case.Outcome.TERMINATED
    record(by=by, action="case.terminate", subject=f"case:{case.pk}", no=case.no, cause=cause)
    return cases.close(case, outcome, on)
