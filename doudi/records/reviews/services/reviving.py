"""Somebody taken for dead is alive: back into the family, and what was stopped for the death is decided again."""

import datetime as dt
from collections.abc import Iterable

from doudi.records.awards.models import Holding
from doudi.records.cases.models import Case
from doudi.records.cases.services import CaseAlreadyOpen
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import held_now
from doudi.records.decisions.models import Decision
from doudi.records.people import family
from doudi.records.policies.queries import scheme
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.queries import deaths_taken_for_true
from doudi.records.staff.models import User


def revive(*, event: ChangeEvent, by: User, on: dt.date) -> Case | None:
    """撤回死亡, 人回到这一户 (另记一段), 为死亡而停的待遇另立更正案; 过去的记录和决定不动。

    Gives the first case that was opened. Raises people.AlreadyInHousehold, family.NotInHousehold.
    """
    person = event.person
    assert person is not None  # reporting refuses a correction of nobody's death
    death = deaths_taken_for_true(event.household).filter(person=person).latest("pk")
    family.withdraw_death(by=by, person=person)
    family.bring_back(by=by, household=event.household, person=person, left_on=death.on, on=event.on)
    opened = [
        _reopened(decision, by, f"死亡信息有误, {event.on} 报告", on) for decision in _stopped_for(death)
    ]
    return next((case for case in opened if case), None)


def _stopped_for(death: ChangeEvent) -> Iterable[Decision]:
    """The stops that came of this death and after which nothing is held: by its case, or by the county without one."""
    lived_on = Holding.objects.filter(person=death.person).values("award")
    stops = Decision.objects.filter(
        kind=Decision.Kind.STOP, household=death.household, decided_on__gte=death.reported_on,
        closes__award__in=lived_on,
    )  # fmt: skip
    for decision in stops.distinct().order_by("pk"):
        known = scheme(decision.scheme)
        cause = known.reason_of("stop", "death")
        of_death = decision.case_id == death.case_id if decision.case_id else (
            cause is not None and decision.reason_code == cause.code
        )  # fmt: skip
        if of_death and not known.carried_over_only and not held_now(death.household, decision.scheme).awards:
            yield decision


def _reopened(decision: Decision, by: User, cause: str, on: dt.date) -> Case | None:
    """What came of an old roster has no case to walk again, and a case under way takes the news along."""
    try:
        return decisions.reopen(decision=decision, by=by, cause=cause, on=on, duty="accept")
    except (decisions.NothingToCorrect, CaseAlreadyOpen):
        return None
