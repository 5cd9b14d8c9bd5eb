"""What a family would receive by what is typed so far: the real rulebook on rows that are nowhere saved."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.law.case import BadCase, with_usual
from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, PERSON, Entity
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.identity import age_on
from doudi.records.checks.assessing import rulebook_of
from doudi.records.checks.tables import EXEMPT, OF_SINGLE, Known, believed
from doudi.records.people.models import Fact, Household, Membership
from doudi.records.people.services import FactDraft
from doudi.records.policies.queries import parameters
from doudi.store.refusal import Refusal

HOME = 0  # the household's key in rows that are not saved


class CannotTry(Refusal):
    """录入还不足以试算。"""


@dataclass(frozen=True)
class Somebody:
    """试算里的一名成员。"""

    relation: str
    born_on: dt.date
    person_id: int | None = None


def somebody(membership: Membership) -> Somebody:
    """已登记的成员。"""
    return Somebody(membership.relation, membership.person.birth_on, membership.person_id)


def trial(
    *,
    scheme_id: str,
    village_id: str,
    kind: str,
    members: Sequence[Somebody],
    facts: Iterable[tuple[int | None, FactDraft]],
    household: Household | None,
    on: dt.date,
) -> Outcome:
    """按填到此刻的申报试算, 不保存; 已登记的户连同核对、所见一起算。Raises CannotTry."""
    keys = [member.person_id or -place for place, member in enumerate(members, start=1)]
    known = believed([*_declared(facts, keys), *_found(household, keys)])
    rows: dict[str, list[dict[str, Any]]] = {
        "household": [_row(scheme_id, HOUSEHOLD, known, HOME, household_id=HOME, locality=kind)],
        "person": [
            _row(scheme_id, PERSON, known, key, person_id=key, relation=m.relation, age=age_on(m.born_on, on))
            for key, m in zip(keys, members, strict=True)
        ],
        "income": [_item(INCOME, fact, income_kind=fact.code, gross=fact.amount_fen or 0, cost=fact.cost_fen or 0,
                         person_id=fact.person_id) for fact in known if fact.kind == "income"],
        "asset": [_item(ASSET, fact, asset_kind=fact.code, amount=fact.amount_fen or 0,
                        exempt=bool((fact.number or 0) & EXEMPT), of_single=bool((fact.number or 0) & OF_SINGLE))
                  for fact in known if fact.kind == "asset"],
    }  # fmt: skip
    book = rulebook_of(scheme_id)
    try:
        return evaluate(book, with_usual(book, rows), parameters(village_id, on), on)
    except BadCase as error:
        raise CannotTry(str(error)) from None


def _declared(facts: Iterable[tuple[int | None, FactDraft]], keys: Sequence[int]) -> list[Known]:
    return [
        Known(number, HOME, None if place is None else keys[place], d.kind, d.code, d.amount_fen, d.cost_fen,
              d.number, Fact.Source.DECLARED)
        for number, (place, d) in enumerate(facts, start=1)
    ]  # fmt: skip


def _found(household: Household | None, keys: Sequence[int]) -> list[Known]:
    """What visitors and departments found stands beside the declaration and outranks it."""
    if household is None:
        return []
    current = household.facts.filter(replaced_by=None, void=False).exclude(source=Fact.Source.DECLARED)
    return [
        Known(-f.pk, HOME, f.person_id, f.kind, f.code, f.amount_fen, f.cost_fen, f.number, f.source)
        for f in current.order_by("pk")
        if f.person_id is None or f.person_id in keys
    ]


def _row(scheme_id: str, entity: Entity, known: Iterable[Known], key: int, **own: Any) -> dict[str, Any]:
    inputs = {i.name: i for i in rulebook_of(scheme_id).inputs.values() if i.entity is entity}
    said = {
        fact.kind: _value(inputs[fact.kind].unit.kind, fact)
        for fact in known
        if fact.kind in inputs and (fact.person_id or HOME) == key
    }
    return {**said, "household_id": HOME, **own}


def _value(kind: str, fact: Known) -> Any:
    if kind == "code":
        return fact.code
    if kind == "flag":
        return bool(fact.number)
    return fact.amount_fen if fact.amount_fen is not None else fact.number


def _item(entity: Entity, fact: Known, **own: Any) -> dict[str, Any]:
    return {entity.key: fact.id, "household_id": HOME, **own}
