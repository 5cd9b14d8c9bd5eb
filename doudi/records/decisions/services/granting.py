"""What a confirmation opens: the award, its parts, and the exclusive pairs its persons now occupy."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from doudi.law import clocks
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.records.decisions.models import Decision, Opening
from doudi.records.decisions.queries import members_of
from doudi.records.people.models import Household
from doudi.records.policies.queries import pairs_of
from doudi.store.refusal import Refusal


class AlreadyReceives(Refusal):
    """有人正在享受互斥的待遇。"""


def open_award(case: Case, opinion: Opinion, decision: Decision, on: dt.date) -> Award:
    """确认开出待遇: 自决定次月一日起, 占用互斥组。Raises AlreadyReceives. 依据: 民发〔2021〕57号 第二十一条"""
    household: Household = case.household
    persons = members_of(opinion.assessment)
    award = Award.objects.create(
        no=f"{decision.no}-A",
        scheme=case.scheme,
        household=household,
        payee_id=household.head_id,
        village_id=case.village_id,
        persons=len(persons),
        amount_fen=opinion.amount_fen,
        klass=opinion.assessment.results.get("klass", ""),
        from_on=clocks.benefit_from(on),
    )
    AwardPart.objects.bulk_create(
        AwardPart(award=award, name=part["name"], person_id=part["person_id"], amount_fen=part["amount_fen"])
        for part in opinion.assessment.results["pays"]
    )
    _hold(award, persons)
    Opening.objects.create(decision=decision, award=award)
    return award


def _hold(award: Award, persons: Sequence[int]) -> None:
    """Occupy every exclusive pair of the scheme for every person; the unique index has the last word."""
    try:
        with transaction.atomic():
            Holding.objects.bulk_create(
                Holding(award=award, person_id=person, pair=pair)
                for person in persons
                for pair in pairs_of(award.scheme)
            )
    except IntegrityError:
        raise AlreadyReceives("家庭成员中有人正在享受不能同时享受的待遇, 请先核实并办理停发或择一") from None
