"""The same award elsewhere or to another hand: closed and opened again, the amount and the persons as they were."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, AwardPart
from doudi.records.decisions.change_queries import persons_of
from doudi.records.decisions.models import Decision, Opening
from doudi.records.decisions.queries import next_review
from doudi.records.decisions.services.granting import hold
from doudi.records.decisions.services.stopping import end, require_open, write_decision
from doudi.records.decisions.services.suspending import carry_over
from doudi.records.people.models import Household, Person
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User

MOVED, OTHER_HAND = "县内迁移, 待遇随户转移, 金额不变", "户主变更, 自次月起由新户主领取, 金额不变"


@transaction.atomic
def transfer(
    *, household: Household, awards: Iterable[Award], by: User, village_id: str, on: dt.date
) -> list[Decision]:
    """迁到本县另一个村: 原待遇到月底, 同样的待遇从次月起在新村发; 不是停发。Raises AlreadyClosed.

    依据: 民发〔2021〕57号 第三十条
    """
    return _again(household, awards, by, on, Decision.Kind.TRANSFER, MOVED, village_id=village_id)


@transaction.atomic
def pay_to(
    *, household: Household, awards: Iterable[Award], by: User, payee: Person, on: dt.date
) -> list[Decision]:
    """换领款人: 由户主领取的待遇, 自次月起由新户主领取, 金额不变。Raises AlreadyClosed."""
    mine = [award for award in awards if scheme(award.scheme).payee == "head" and award.payee_id != payee.pk]
    return _again(household, mine, by, on, Decision.Kind.ADJUST, OTHER_HAND, payee_id=payee.pk)


def _again(
    household: Household,
    awards: Iterable[Award],
    by: User,
    on: dt.date,
    kind: str,
    text: str,
    *,
    village_id: str = "",
    payee_id: int = 0,
) -> list[Decision]:
    hold_chain()
    by_scheme: dict[str, list[Award]] = {}
    for award in awards:
        by_scheme.setdefault(award.scheme, []).append(award)
    made = []
    for scheme_id, rows in by_scheme.items():
        require_open(rows)
        decision = write_decision(
            kind=kind,
            scheme=scheme_id,
            household=household,
            village_id=village_id or rows[0].village_id,
            reasons={},
            text=text,
            basis="民发〔2021〕57号 第三十条",
            by=by,
            on=on,
            assessment=rows[0].opening.decision.assessment,
            amount_fen=sum(award.amount_fen for award in rows),
            next_review_on=next_review(household, scheme_id),
        )
        for place, award in enumerate(rows):
            _reopen(award, decision, place, on, village_id or award.village_id, payee_id or award.payee_id)
        record(
            by=by,
            action=f"decision.{kind}",
            subject=f"household:{household.pk}",
            no=decision.no,
            scheme=scheme_id,
        )
        made.append(decision)
    return made


def _reopen(
    award: Award, decision: Decision, place: int, on: dt.date, village_id: str, payee_id: int
) -> Award:
    persons, parts = sorted(persons_of([award])), list(award.parts.order_by("pk"))
    end([award], decision, on)
    again = Award.objects.create(
        no=f"{decision.no}-A{place + 1 if place else ''}",
        scheme=award.scheme,
        household_id=award.household_id,
        payee_id=payee_id,
        village_id=village_id,
        persons=award.persons,
        amount_fen=award.amount_fen,
        klass=award.klass,
        from_on=clocks.benefit_from(on),
    )
    AwardPart.objects.bulk_create(
        AwardPart(award=again, name=part.name, person_id=part.person_id, amount_fen=part.amount_fen)
        for part in parts
    )
    hold(again, persons)
    Opening.objects.create(decision=decision, award=again)
    carry_over([(award, again, decision)])
    return again
