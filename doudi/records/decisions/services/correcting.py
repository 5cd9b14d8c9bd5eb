"""A decision that was wrong is decided again in a case of its own; the old one stays as it was written."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.change_queries import change_of, held_now
from doudi.records.decisions.models import Appeal, AwardChange, Correction, Decision, Recognition
from doudi.records.decisions.services.stopping import cut_short, end
from doudi.records.intake.models import Application
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

OF_APPLICATIONS = (Decision.Kind.GRANT, Decision.Kind.REFUSE)


class DecidedBefore(Refusal):
    """原决定是这个人作的。"""


class NothingToCorrect(Refusal):
    """这份决定不是一件申请的决定, 没有可以重新办理的。"""


@transaction.atomic
def reopen(
    *,
    decision: Decision,
    by: User,
    cause: str,
    on: dt.date,
    appeal: Appeal | None = None,
    duty: str = "confirm",
) -> Case:
    """重新决定: 另立一件更正案, 从调查起再办一遍, 由另一人决定; 原案原决定不动。

    申请的决定走项目自己的路 (核对、自理能力评估、评议、公示一样不少), 变更、复核的决定走变更的路; 没有调查的从初审起。
    没有案卷的停发, 接着开出那份待遇的案卷办。
    Raises NothingToCorrect, cases.CaseAlreadyOpen. 依据: 行政复议法 第六十三条、第六十四条; 649号令 第六十五条
    """
    old = decision.case or _opened_by(decision)
    if old is None:
        raise NothingToCorrect("这份决定没有案卷, 请按变动办理")
    cases.check_may(case=old, by=by, duty=duty)
    case = cases.open_case(
        by=by,
        household=decision.household,
        scheme_id=decision.scheme,
        on=on,
        kind=Case.Kind.CORRECT,
        road=scheme(decision.scheme).road if decision.kind in OF_APPLICATIONS else cases.ROAD_OF_CHANGE,
    )
    Correction.objects.create(case=case, corrects=decision, appeal=appeal, cause=cause)
    _carry_application(old, case, decision, cause)
    cases.do(case=case, by=by, duty=duty, title="立案更正", on=on, note=cause)
    record(by=by, action="decision.reopen", subject=f"case:{case.pk}", corrects=decision.no)
    return cases.go_back(case, on, returned=cause)


def _opened_by(decision: Decision) -> Case | None:
    """A stop that the county wrote without a case goes on from the case which had opened what it stopped."""
    closed = decision.closes.select_related("award__opening__decision__case").order_by("pk").first()
    return closed.award.opening.decision.case if closed else None


def _carry_application(old: Case, case: Case, decision: Decision, cause: str) -> None:
    """It is the same application that is decided again: who applied, and what everybody signed for it, still stand."""
    before = Application.objects.filter(case=old).first()
    Application.objects.create(
        case=case,
        channel=Application.Channel.WINDOW,
        applicant=before.applicant if before else decision.household.head,
        reason=before.reason if before else cause,
    )
    changed = change_of(old)
    if changed:
        AwardChange.objects.create(
            case=case, cause=changed.cause, exit_cause=changed.exit_cause, text=changed.text
        )
    for signature in old.signatures.order_by("pk"):
        signature.pk, signature.case = None, case
        signature.save(force_insert=True)


def require_another(case: Case, by: User) -> None:
    """重新决定的人不能是作原决定的人。Raises DecidedBefore."""
    known = Correction.objects.filter(case=case).select_related("corrects").first()
    if known and known.corrects.by == by.username:
        raise DecidedBefore("原决定是您作的, 重新决定要由另一名审批人作出")


def close_corrected(case: Case, decision: Decision, on: dt.date) -> None:
    """更正案作出新决定时, 这户这个项目现在在享的待遇到月底为止, 占用随之放开, 原决定的认定终止; 已发的不动。

    What came of the corrected decision may since have been closed and opened again under another number, so it is
    what is held now that ends. A refusal that is refused again gave nothing: what is held came of something else.
    """
    known = Correction.objects.filter(case=case).select_related("corrects").first()
    if known is None:
        return
    if decision.kind == Decision.Kind.GRANT or known.corrects.kind == Decision.Kind.GRANT:
        end(held_now(case.household, known.corrects.scheme).awards, decision, on)
    if decision.kind == Decision.Kind.GRANT:
        cut_short(case.household, known.corrects.scheme, decision, on)
    Recognition.objects.filter(decision=known.corrects, ended_on=None, until_on__gt=on).update(ended_on=on)
