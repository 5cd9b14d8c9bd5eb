"""Rows a rulebook asks for that are no facts of the family: who owes it, what it draws already, how far it manages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from django.db.models import Q

from doudi.law.entities import HELD, OBLIGOR, OBLIGOR_MEMBER, Entity
from doudi.law.identity import age_on, parse
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.tekun_inputs import ADL
from doudi.records.awards.models import Holding
from doudi.records.checks.ability import AbilityAssessment, ObligorMeans, SupportPlan
from doudi.records.people.models import Obligor

Rows = list[dict[str, Any]]
OTHERS = 1000  # an obligor's family members are numbered behind the obligor: no family reaches this many
# What the decision itself looks at (互斥); told to the rulebook it would only make every assessment stale.
DECIDED_APART = ("dibao", "tekun")


def rows_beside(ids: Any, book: Rulebook, on: dt.date) -> dict[Entity, Rows]:
    """这些户的义务人家庭、已享受的待遇; 规则书不要的、一行也没有的不列。"""
    wanted = {item.entity for item in book.inputs.values()}
    found: dict[Entity, Rows] = {}
    if OBLIGOR in wanted:
        found |= _obligors(ids, book, on)
    if HELD in wanted:
        found[HELD] = _held(ids)
    return {entity: rows for entity, rows in found.items() if rows}


def _obligors(ids: Any, book: Rulebook, on: dt.date) -> dict[Entity, Rows]:
    standing = Obligor.objects.filter(Q(until_on=None) | Q(until_on__gt=on), household__in=ids)
    obligors = list(standing.order_by("pk"))
    told = {row.obligor_id: row for row in ObligorMeans.objects.filter(obligor__in=obligors).order_by("pk")}
    usual = {entity: _usual(book, entity) for entity in (OBLIGOR, OBLIGOR_MEMBER)}
    families, members = [], []
    for obligor in obligors:
        keys = {"obligor_id": obligor.pk, "household_id": obligor.household_id}
        means = told.get(obligor.pk)
        families.append({**usual[OBLIGOR], **_known(means.family if means else {}, book), **keys})
        own = {"duty_age": _age(obligor, on) if "duty_age" in book.inputs else 0}
        own |= _known(means.own if means else {}, book)
        members.append({**usual[OBLIGOR_MEMBER], **own, **keys, "obligor_member_id": obligor.pk * OTHERS})
        members += _others(means, usual[OBLIGOR_MEMBER], keys)
    return {OBLIGOR: families, OBLIGOR_MEMBER: members}


def _others(means: ObligorMeans | None, usual: Mapping[str, Any], keys: Mapping[str, int]) -> Iterable[Any]:
    """The rest of an obligor's family: they count in its size and income and owe the applicant nothing."""
    for place in range(means.others if means else 0):
        told = {
            "has_duty": False,
            "obligor_income": means.others_fen if means and not place else 0,
            "duty_age": 0,
        }
        number = keys["obligor_id"] * OTHERS + place + 1
        yield {**usual, **told, **keys, "obligor_member_id": number}


def _usual(book: Rulebook, entity: Entity) -> dict[str, Any]:
    return {item.name: item.usual for item in book.inputs.values() if item.entity is entity}


def _known(told: Mapping[str, Any], book: Rulebook) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in book.inputs}


def _age(obligor: Obligor, on: dt.date) -> int:
    """Without a number nobody counts as old: what is not known excuses no one from supporting."""
    number = str(obligor.id_number or "")
    return age_on(parse(number, on=on).born_on, on) if number else 0


def _held(ids: Any) -> Rows:
    held = Holding.objects.filter(
        released_on=None, person__memberships__household__in=ids, person__memberships__until_on=None
    )
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    columns = ("pk", "person_id", "award_id", "award__scheme", "award__amount_fen", "award__persons")
    for pk, person, award, scheme, fen, persons in held.order_by("pk").values_list(*columns):
        if not scheme.startswith(DECIDED_APART):
            rows.setdefault(
                (person, award),
                {
                    "held_id": pk,
                    "person_id": person,
                    "held_scheme": scheme,
                    "held_amount": fen // max(persons, 1),
                },
            )
    return list(rows.values())


def abilities(ids: Any, on: dt.date) -> dict[int, dict[str, Any]]:
    """每个人到某日为止最近一次评估和选定的供养形式: 录入名 → 值; 没有评估过的没有。"""
    mine: dict[str, Any] = {
        "on__lte": on, "person__memberships__household__in": ids, "person__memberships__until_on": None,
    }  # fmt: skip
    told: dict[int, dict[str, Any]] = {}
    for one in AbilityAssessment.objects.filter(**mine).order_by("pk"):
        told.setdefault(one.person_id, {}).update({name: getattr(one, name) for name in ADL})
    for plan in SupportPlan.objects.filter(**mine).order_by("pk"):
        told.setdefault(plan.person_id, {})["support_form"] = plan.form
    return told


def overlaid(column: pa.Array, keys: list[int], name: str, told: Mapping[int, Mapping[str, Any]]) -> pa.Array:
    """评估过的人以评估为准, 其余照录入。"""
    if not any(name in one for one in told.values()):
        return column
    values = zip(keys, column.to_pylist(), strict=True)
    return pa.array([told.get(key, {}).get(name, value) for key, value in values], column.type)
