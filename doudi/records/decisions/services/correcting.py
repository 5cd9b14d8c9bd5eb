"""A decision that was wrong is decided again in a case of its own; the old one stays as it was written."""

import datetime as dt

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.awards.models import Award, Holding
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Appeal, Closing, Correction, Decision
from doudi.records.intake.models import Application
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


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

    Raises NothingToCorrect, cases.CaseAlreadyOpen. 依据: 行政复议法 第六十三条、第六十四条; 649号令 第六十五条
    """
    old = decision.case
    if old is None:
        raise NothingToCorrect("这份决定没有案卷, 请按变动办理")
    cases.check_may(case=old, by=by, duty=duty)
    case = cases.open_case(
        by=by, household=decision.household, scheme_id=decision.scheme, on=on, kind=Case.Kind.CORRECT
    )
    Correction.objects.create(case=case, corrects=decision, appeal=appeal, cause=cause)
    _carry_application(old, case, decision, cause)
    cases.do(case=case, by=by, duty=duty, title="立案更正", on=on, note=cause)
    record(by=by, action="decision.reopen", subject=f"case:{case.pk}", corrects=decision.no)
    return cases.move(case, "survey", on, returned=cause)


def _carry_application(old: Case, case: Case, decision: Decision, cause: str) -> None:
    """It is the same application that is decided again: who applied, and what everybody signed for it, still stand."""
    before = Application.objects.filter(case=old).first()
    Application.objects.create(
        case=case,
        channel=Application.Channel.WINDOW,
        applicant=before.applicant if before else decision.household.head,
        reason=before.reason if before else cause,
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
    """更正案作出新决定时, 原决定开出的待遇到月底为止, 占用随之放开; 已发的不动。"""
    known = Correction.objects.filter(case=case).first()
    if known is None:
        return
    for award in Award.objects.filter(opening__decision=known.corrects_id, closing=None):
        Closing.objects.create(decision=decision, award=award, ends_on=clocks.benefit_from(on))
        Holding.objects.filter(award=award, released_on=None).update(released_on=on)
