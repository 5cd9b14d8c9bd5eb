"""Families that look like one already known, or like an official's: found by the system, settled by a person."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from pypinyin import lazy_pinyin

from doudi.law.identity import age_on
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake.models import Suspicion
from doudi.records.intake.queries import ADULT
from doudi.records.people.models import Account, Household, Membership, Person, Relative, names_a_door
from doudi.records.staff.models import User
from doudi.store.fields import index_value
from doudi.store.refusal import Refusal

AT_MOST = 20  # of one sign: a phone the whole village shares says nothing more by the twenty-first time
Kind, Sign = Suspicion.Kind, Suspicion.Sign


class AlreadySettled(Refusal):
    """这条疑似已经核实过。"""


class NoteMissing(Refusal):
    """核实要写说明: 排除写理由, 属实写关系。"""


class Found(NamedTuple):
    """发现的一处: 疑似什么、凭什么、另一户或哪条备案。"""

    kind: str
    sign: str
    household_id: int | None
    relative_id: int | None


def look_over(case: Case, *, on: dt.date) -> list[Suspicion]:
    """立案时和备案后比对一遍, 新发现的记下来; 记过的不重复。"""
    known = set(case.suspicions.values_list("kind", "sign", "household_id", "relative_id"))
    fresh = [one for one in dict.fromkeys(_found(case.household)) if tuple(one) not in known]
    return [Suspicion.objects.create(case=case, found_on=on, **one._asdict()) for one in fresh]


def look_over_neighbours(relative: Relative, *, on: dt.date) -> None:
    """备案之后, 把可能有关的在办案件比对一遍: 与备案的人或工作人员同电话、同住址、同账户、同过户的。"""
    near = Case.objects.open().filter(_near(relative)).select_related("household").distinct()
    for case in near.order_by("pk"):
        look_over(case, on=on)


def _near(relative: Relative) -> Q:
    homes = Household.objects.filter(memberships__person=relative.person)
    lived = Membership.objects.filter(household__in=homes).values("person")
    cards = Account.objects.filter(person=relative.person, until_on=None).values("number_bi")
    holders = Account.objects.filter(number_bi__in=cards, until_on=None).values("person")
    same = Q(household__phone_bi__in=homes.exclude(phone_bi=None).values("phone_bi"))
    same |= Q(household__address_bi__in=homes.exclude(address_bi=None).values("address_bi"))
    same |= Q(household__memberships__person__in=lived) | Q(household__memberships__person__in=holders)
    if relative.phone:
        same |= Q(household__phone_bi=index_value(Household, "phone_bi", relative.phone))
    if relative.address:
        same |= Q(household__address_bi=index_value(Household, "address_bi", relative.address))
    return same


def _found(home: Household) -> Iterator[Found]:
    people = list(Person.objects.filter(memberships__household=home, memberships__until_on=None))
    others = {
        Sign.PHONE: _same_phone(home),
        Sign.ACCOUNT: _same_account(home, people),
        Sign.ADDRESS: _same_address(home, people),
        Sign.CHILD: _same_child(home, people),
    }
    for sign, found in others.items():
        yield from (Found(Kind.DUPLICATE, sign, other, None) for other in found)
    for tie, relative in _relatives(home, people):
        yield Found(Kind.RELATIVE, tie, None, relative)


def _same_phone(home: Household) -> list[int]:
    if not home.phone:
        return []
    same = Household.objects.filter(phone_bi=index_value(Household, "phone_bi", home.phone))
    return [*same.exclude(pk=home.pk).order_by("pk").values_list("pk", flat=True)[:AT_MOST]]


def _same_account(home: Household, people: list[Person]) -> list[int]:
    numbers = Account.objects.filter(person__in=people, until_on=None).values("number_bi")
    holders = Account.objects.filter(number_bi__in=numbers, until_on=None).values("person")
    return _homes_of(home, Q(person__in=holders))


def _same_address(home: Household, people: list[Person]) -> list[int]:
    """An address in a village names a group of houses, so that a similar name must come with it."""
    if not home.address:
        return []
    index = index_value(Household, "address_bi", home.address)
    there = Membership.objects.filter(household__address_bi=index, until_on=None).exclude(household=home)
    sounds = {_sound(person.name) for person in people}
    rows = there.values_list("household_id", "person__name").order_by("household_id")
    return [*dict.fromkeys(pk for pk, name in rows if _sound(name) in sounds)][:AT_MOST]


def _sound(name: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(name))


def _same_child(home: Household, people: list[Person]) -> list[int]:
    """The same child under another number: a digit mistyped, or one child listed by two families."""
    children = [person for person in people if age_on(person.birth_on, home.opened_on) < ADULT]
    same = Q(pk__in=[])
    for child in children:
        same |= Q(person__name=child.name, person__birth_on=child.birth_on)
    return _homes_of(home, same)


def _homes_of(home: Household, which: Q) -> list[int]:
    rows = Membership.objects.filter(which, until_on=None).exclude(household=home).order_by("household_id")
    return [*dict.fromkeys(rows.values_list("household_id", flat=True))][:AT_MOST]


def _relatives(home: Household, people: list[Person]) -> Iterator[tuple[str, int]]:
    """Filings of others that this family shares something with; a filed member is known and no suspicion."""
    others = Relative.objects.in_force().exclude(person__in=people)
    for sign, which in _ties(home, people):
        for pk in others.filter(which).order_by("pk").values_list("pk", flat=True).distinct()[:AT_MOST]:
            yield sign, pk


def _ties(home: Household, people: list[Person]) -> Iterator[tuple[str, Q]]:
    if home.phone:
        theirs = Q(person__memberships__household__phone_bi=index_value(Household, "phone_bi", home.phone))
        yield Sign.PHONE, theirs | Q(phone_bi=index_value(Relative, "phone_bi", home.phone))
    if home.address and names_a_door(home.address):
        index = index_value(Household, "address_bi", home.address)
        own = Q(address_bi=index_value(Relative, "address_bi", home.address))
        yield Sign.ADDRESS, Q(person__memberships__household__address_bi=index) | own
    numbers = Account.objects.filter(person__in=people, until_on=None).values("number_bi")
    holders = Account.objects.filter(number_bi__in=numbers, until_on=None).values("person")
    yield Sign.ACCOUNT, Q(person__in=holders)
    lived = Membership.objects.filter(person__in=people).values("household")
    yield Sign.HOUSEHOLD, Q(person__memberships__household__in=lived)


@transaction.atomic
def settle(*, suspicion: Suspicion, by: User, confirmed: bool, note: str, on: dt.date) -> Suspicion:
    """核实一条疑似, 写明说明; 疑似近亲属属实的, 案件标为近亲属备案。

    Raises AlreadySettled, NoteMissing. 依据: 民发〔2021〕57号 第十条、第十一条
    """
    case = cases.locked(suspicion.case)
    cases.check_may(case=case, by=by, duty="accept")
    held = Suspicion.objects.select_for_update(of=("self",)).get(pk=suspicion.pk)
    if held.state != Suspicion.State.OPEN:
        raise AlreadySettled("这一条已经核实过, 请刷新页面看结果")
    if not note.strip():
        raise NoteMissing("请写明是什么亲属关系" if confirmed else "请写明怎样核实、为什么排除")
    held.state = Suspicion.State.CONFIRMED if confirmed else Suspicion.State.DISMISSED
    held.note, held.settled_on, held.settled_by = note.strip(), on, by.username
    held.save(update_fields=["state", "note", "settled_on", "settled_by"])
    if confirmed and held.kind == Kind.RELATIVE:
        case.is_relative_filed = True
        case.save(update_fields=["is_relative_filed"])
    record(
        by=by, action="intake.settle", subject=f"case:{case.pk}", kind=held.kind, sign=held.sign,
        state=held.state, note=held.note,
    )  # fmt: skip
    return held
