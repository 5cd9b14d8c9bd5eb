"""Visit the home: who went, what they saw beside what was declared."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import VisitRecord
from doudi.records.people import services as people
from doudi.records.people.models import Fact
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class OneInvestigator(Refusal):
    """入户调查至少两人。"""


class NotSigned(Refusal):
    """调查表没有签字。"""


@transaction.atomic
def visit(
    *,
    case: Case,
    by: User,
    second: User,
    on: dt.date,
    member_present: str,
    observed: str,
    is_consistent: bool,
    signed: bool,
    seen: Sequence[people.FactDraft] = (),
) -> VisitRecord:
    """入户调查: 两名调查人、一名家庭成员签字; 所见记在申报旁边。

    Raises OneInvestigator, NotSigned. 依据: 民发〔2021〕57号 第十六条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey")
    if by.pk == second.pk:
        raise OneInvestigator("入户调查至少两人, 请填写另一名调查人")
    if not signed:
        raise NotSigned("调查表要由两名调查人和在场家庭成员签字后才能登记")
    for investigator in (by, second):
        duty = "visit" if "visit" in ROLES[investigator.role].duties else "survey"
        cases.do(case=case, by=investigator, duty=duty, title="入户调查", on=on)
    if seen:
        people.record_facts(
            by=by, household=case.household, facts=seen, source=Fact.Source.SEEN, on=on, from_on=on
        )
    return VisitRecord.objects.create(
        case=case,
        visited_on=on,
        first=by,
        second=second,
        member_present=member_present,
        observed=observed,
        is_consistent=is_consistent,
        signed=signed,
        recorded_by=by.username,
    )
