"""A family does not accept a decision: the appeal is written down, runs against its clock, and ends with a result."""

import datetime as dt

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Appeal, Decision
from doudi.records.decisions.services import correcting
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal

REOPENING = (Appeal.Outcome.REVOKED, Appeal.Outcome.ALTERED)


class AppealOpen(Refusal):
    """同一途径已有在办的。"""


class AppealAnswered(Refusal):
    """已经登记过结果。"""


class AppealIncomplete(Refusal):
    """缺理由、文号或日期。"""


@transaction.atomic
def appeal(*, decision: Decision, by: User, kind: str, ground: str, on: dt.date) -> Appeal:
    """登记不服决定: 申诉、行政复议或行政诉讼, 排定应办结日期。

    Raises AppealIncomplete, AppealOpen, correcting.NothingToCorrect. 依据: 649号令 第六十五条
    """
    case = decision.case
    if case is None:
        raise correcting.NothingToCorrect("这份决定没有案卷, 请在变动里登记")
    if not ground.strip():
        raise AppealIncomplete("请写明申请人不服的理由")
    if on < decision.decided_on:
        raise AppealIncomplete(f"这份决定 {decision.decided_on} 才作出, 收到日期不能更早")
    if Appeal.objects.filter(decision=decision, kind=kind, outcome="").exists():
        raise AppealOpen(f"对这份决定的{Appeal.Kind(kind).label}正在办理, 不必再登记")
    said = f"收到{Appeal.Kind(kind).label}"
    cases.do(case=case, by=by, duty=_duty(by), title=said, on=on)
    made = Appeal.objects.create(
        no=f"SS{on:%Y}-{next_number(f'appeal-{on:%Y}'):04}",
        decision=decision,
        kind=kind,
        received_on=on,
        due_on=due_on(kind, case, on),
        ground=ground,
        received_by=by.username,
    )
    record(by=by, action="appeal.open", subject=f"decision:{decision.pk}", no=made.no, kind=kind)
    return made


def _duty(by: User) -> str:
    """The township takes it in at its window as the county does at its own."""
    return "accept" if by.role == "jingban" else "confirm"


def due_on(kind: str, case: Case, on: dt.date) -> dt.date:
    """应办结日期: 申诉、复议按天, 诉讼按月。依据: 行政复议法 第八十二条; 行政诉讼法 第八十一条"""
    term: int = parameters(case.village_id, on).value(f"clock.{kind}_answer")
    if kind == Appeal.Kind.LAWSUIT:
        return clocks.review_due(on, term)
    return on + dt.timedelta(days=term)


@transaction.atomic
def answer(
    *, appeal: Appeal, by: User, outcome: str, document_no: str, decided_on: dt.date, text: str, on: dt.date
) -> Case | None:
    """登记结果: 维持、驳回的到此为止; 撤销、变更的另立更正案, 由另一人重新决定, 返回这件案子。

    申诉的结果不由作原决定的人登记; 行政复议、行政诉讼的结果是别的机关作的, 凭文书登记。
    Raises AppealAnswered, AppealIncomplete, correcting.DecidedBefore.
    """
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if appeal.outcome:
        raise AppealAnswered(f"{appeal.no} 的结果已经登记过, 不能再改")
    if appeal.kind == Appeal.Kind.COMPLAINT and appeal.decision.by == by.username:
        raise correcting.DecidedBefore(
            f"{appeal.no} 申诉的是您作的决定, 不能由您答复, 请交由另一名审批人登记结果"
        )
    if not text.strip() or (appeal.kind != Appeal.Kind.COMPLAINT and not document_no.strip()):
        raise AppealIncomplete("请写明结果; 行政复议、行政诉讼还要填文书号")
    if not appeal.received_on <= decided_on <= on:
        raise AppealIncomplete("结果日期应在收到之后、今天之前")
    case = appeal.decision.case
    assert case is not None  # appeal() takes none without a case
    said = f"{appeal.get_kind_display()}结果: {Appeal.Outcome(outcome).label}"
    cases.do(case=case, by=by, duty="confirm", title=said, on=on, note=text)
    appeal.outcome, appeal.document_no, appeal.decided_on = outcome, document_no, decided_on
    appeal.answer, appeal.answered_by = text, by.username
    appeal.save(update_fields=["outcome", "document_no", "decided_on", "answer", "answered_by"])
    record(
        by=by, action="appeal.answer", subject=f"decision:{appeal.decision_id}", no=appeal.no, outcome=outcome
    )
    if outcome not in REOPENING:
        return None
    cause = f"{said}。{text}"[:300]
    return correcting.reopen(decision=appeal.decision, by=by, cause=cause, on=on, appeal=appeal)
