"""Stop what is being paid: from next month on, with its reason."""

import datetime as dt

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, Holding
from doudi.records.decisions.models import Closing, Decision
from doudi.records.policies.queries import reason
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class AlreadyClosed(Refusal):
    """这份待遇已经停了。"""


@transaction.atomic
def stop(*, award: Award, by: User, reason_code: str, text: str, on: dt.date) -> Decision:
    """停发: 自下月起停, 写明理由代码; 已发的不追。Raises AlreadyClosed. 依据: 民发〔2021〕57号 第三十二条"""
    hold_chain()  # one stop at a time: the second of two then finds the first
    if Closing.objects.filter(award=award).exists():
        raise AlreadyClosed(f"待遇 {award.no} 已经停发")
    cited = reason(award.scheme, "stop", reason_code)
    decision = Decision.objects.create(
        no=f"{award.village_id[:6]}-{on:%Y}-D{next_number(f'decision-{on:%Y}'):06}",
        kind=Decision.Kind.STOP,
        scheme=award.scheme,
        household=award.household,
        decided_on=on,
        reason_code=reason_code,
        reason=text or cited.label,
        basis=cited.article,
        by=by.username,
    )
    Closing.objects.create(decision=decision, award=award, ends_on=clocks.benefit_from(on))
    Holding.objects.filter(award=award, released_on=None).update(released_on=on)
    record(by=by, action="decision.stop", subject=f"award:{award.pk}", no=decision.no, reason=reason_code)
    return decision
