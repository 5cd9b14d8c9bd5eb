"""What a confirmation opens: awards with their parts and exclusive pairs, or a recognition where nothing is paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from doudi.law import clocks
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import graded_then, rulebook_of
from doudi.records.checks.models import Opinion
from doudi.records.decisions.models import Decision, Opening, Recognition
from doudi.records.policies.queries import pairs_of, scheme
from doudi.store.refusal import Refusal

BORDER = "bianyuan"


class AlreadyReceives(Refusal):
    """有人正在享受互斥的待遇。"""


def open_granted(case: Case, opinion: Opinion, decision: Decision, on: dt.date) -> list[Award]:
    """确认开出什么: 发钱的按测算开一份或一人一份待遇, 只认定的开认定; 原来的认定到此为止。

    单人保的家庭同时认定为低保边缘 (本人除外)。Raises AlreadyReceives.
    依据: 民发〔2021〕57号 第八条、第二十一条, 民发〔2021〕43号 第四条, 民发〔2024〕57号
    """
    _end_recognitions(case, on)
    results = opinion.assessment.results
    if scheme(case.scheme).shape == "status":
        _recognise(case, decision, case.scheme, len(results["persons"]), results["review_months"], on)
        return []
    grants = results["grants"]
    awards = [_open(case, decision, grant, place, on) for place, grant in enumerate(grants)]
    if any(grant["person_id"] for grant in grants) and rulebook_of(case.scheme).id == "dibao":
        _recognise_the_rest(case, opinion, decision, on)
    return awards


def _open(case: Case, decision: Decision, grant: Mapping[str, Any], place: int, on: dt.date) -> Award:
    """A share of one person goes to that person where the scheme says so, else to the head."""
    own = grant["person_id"] if scheme(case.scheme).unit == "person" else None
    award = Award.objects.create(
        no=f"{decision.no}-A{place + 1 if place else ''}",
        scheme=case.scheme,
        household=case.household,
        payee_id=own or case.household.head_id,
        village_id=case.village_id,
        persons=len(grant["persons"]),
        amount_fen=sum(part["amount_fen"] for part in grant["pays"]),
        klass=grant["klass"],
        from_on=clocks.benefit_from(on),
    )
    AwardPart.objects.bulk_create(
        AwardPart(award=award, name=part["name"], person_id=part["person_id"], amount_fen=part["amount_fen"])
        for part in grant["pays"]
    )
    hold(award, grant["persons"])
    Opening.objects.create(decision=decision, award=award)
    return award


def _recognise_the_rest(case: Case, opinion: Opinion, decision: Decision, on: dt.date) -> None:
    home = graded_then(opinion.assessment).dibao.values["household"][0]
    rest = home["members"] - len(opinion.assessment.results["persons"])
    if home["border_eligible"] and rest > 0:
        _recognise(case, decision, BORDER, rest, home["status_months"], on)


def _recognise(
    case: Case, decision: Decision, scheme_id: str, persons: int, months: int, on: dt.date
) -> Recognition:
    return Recognition.objects.create(
        no=f"{decision.no}-R",
        decision=decision,
        scheme=scheme_id,
        household=case.household,
        village_id=case.village_id,
        persons=persons,
        from_on=on,
        until_on=clocks.review_due(on, months),
    )


def _end_recognitions(case: Case, on: dt.date) -> None:
    standing = Recognition.objects.filter(household=case.household, ended_on=None, until_on__gt=on)
    standing.update(ended_on=on)


def hold(award: Award, persons: Sequence[int]) -> None:
    """占用这些人的互斥组: 一组一份, 由数据库的唯一约束把最后一关; 渐退期未满的也算占着。Raises AlreadyReceives."""
    pairs = pairs_of(award.scheme)
    if Holding.objects.filter(person__in=persons, pair__in=pairs, released_on__gt=award.from_on).exists():
        raise AlreadyReceives("家庭成员中有人的待遇还在渐退期内, 期满之后才能开出新的待遇")
    try:
        with transaction.atomic():
            Holding.objects.bulk_create(
                Holding(award=award, person_id=person, pair=pair) for person in persons for pair in pairs
            )
    except IntegrityError:
        raise AlreadyReceives("家庭成员中有人正在享受不能同时享受的待遇, 请先核实并办理停发或择一") from None
