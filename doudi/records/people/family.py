"""A family after it was registered: who comes, who goes, who heads it, where it lives. What was stays readable."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from doudi.records.areas.models import Area
from doudi.records.audit.services import hold_chain, record
from doudi.records.people.models import Fact, Household, Membership, Person
from doudi.records.people.services import AlreadyInHousehold, Member, NoHead, register_person
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class NotInHousehold(Refusal):
    """这个人不在这一户里。"""


class HeadStays(Refusal):
    """户主离开之前要先定新户主。"""


class NotAVillage(Refusal):
    """迁往的地方不是本县的村或社区。"""


@transaction.atomic
def add_member(*, by: User, household: Household, member: Member, on: dt.date) -> Membership:
    """增加一名成员, 自 `on` 起。Raises AlreadyInHousehold, NameDiffers, BadIdentity. 依据: 民发〔2021〕57号 第六条"""
    hold_chain()
    if member.relation == Membership.Relation.HEAD:
        raise NoHead
    person = register_person(by=by, name=member.name, id_number=member.id_number, ethnic=member.ethnic, on=on)
    known = (
        Membership.objects.filter(person=person, until_on=None).select_related("person", "household").first()
    )
    if known:
        raise AlreadyInHousehold(person, known.household)
    made = Membership.objects.create(household=household, person=person, relation=member.relation, from_on=on)
    record(
        by=by, action="people.join", subject=f"household:{household.pk}", person=person.pk, on=on.isoformat()
    )
    return made


@transaction.atomic
def remove_member(*, by: User, household: Household, person: Person, on: dt.date) -> Membership:
    """一名成员离开, 自 `on` 起不在这一户; 他的收入等记录随之作废, 仍可查。Raises NotInHousehold, HeadStays."""
    hold_chain()
    found = _membership(household, person)
    if household.head_id == person.pk:
        raise HeadStays(f"{person.name} 是户主, 请先写明新户主")
    found.until_on = max(on, found.from_on + dt.timedelta(days=1))
    found.save(update_fields=["until_on"])
    void_facts(by=by, household=household, persons=[person.pk], on=on)
    record(
        by=by, action="people.leave", subject=f"household:{household.pk}", person=person.pk, on=on.isoformat()
    )
    return found


@transaction.atomic
def bring_back(
    *, by: User, household: Household, person: Person, left_on: dt.date, on: dt.date
) -> Membership:
    """误办离开的人回到这一户: 另记一段, 离开那天 (`left_on`) 作废的收入等照原样另记; 过去的不动。

    Whoever never left stays as he is. Raises NotInHousehold, AlreadyInHousehold.
    """
    hold_chain()
    current = (
        Membership.objects.filter(person=person, until_on=None).select_related("person", "household").first()
    )
    if current and current.household_id == household.pk:
        return current
    if current:
        raise AlreadyInHousehold(person, current.household)
    former = household.memberships.filter(person=person, until_on__isnull=False).order_by("-pk").first()
    if former is None or former.until_on is None:
        raise NotInHousehold(f"{person.name} 没有在户 {household.no} 里, 请按成员增加办理")
    made = Membership.objects.create(
        household=household, person=person, relation=former.relation, from_on=max(on, former.until_on)
    )
    _restore_facts(by, household, person, left_on, on)
    record(
        by=by,
        action="people.return",
        subject=f"household:{household.pk}",
        person=person.pk,
        on=on.isoformat(),
    )
    return made


def _restore_facts(by: User, household: Household, person: Person, left_on: dt.date, on: dt.date) -> None:
    """What was voided with the departure, told again as it was; the visit that follows looks at it anew."""
    rows = Fact.objects.filter(
        household=household, person=person, void=True, recorded_on=left_on, replaced_by=None
    ).select_related("replaces")
    for gone in rows.order_by("pk"):
        was = gone.replaces
        if was is not None:
            Fact.objects.create(
                household=household, person=person, kind=was.kind, code=was.code, amount_fen=was.amount_fen,
                cost_fen=was.cost_fen, number=was.number, from_on=was.from_on, until_on=was.until_on,
                source=was.source, evidence=was.evidence, replaces=gone, recorded_by=by.username, recorded_on=on,
            )  # fmt: skip


def void_facts(*, by: User, household: Household, persons: Sequence[int], on: dt.date) -> None:
    """离开的人在这一户的事实作废: 另记一条, 旧的不动。"""
    rows = Fact.objects.filter(household=household, person__in=persons, replaced_by=None, void=False)
    for old in rows.order_by("pk"):
        Fact.objects.create(
            household=household,
            person_id=old.person_id,
            kind=old.kind,
            code=old.code,
            from_on=old.from_on,
            source=old.source,
            replaces=old,
            void=True,
            recorded_by=by.username,
            recorded_on=on,
        )


@transaction.atomic
def change_head(
    *, by: User, household: Household, person: Person, former: str = Membership.Relation.OTHER, on: dt.date
) -> Household:
    """换户主; `former` 是原户主与新户主的关系。Raises NotInHousehold."""
    hold_chain()
    found = _membership(household, person)
    if household.head_id == person.pk:
        return household
    household.memberships.filter(person=household.head_id, until_on=None).update(relation=former)
    found.relation = Membership.Relation.HEAD
    found.save(update_fields=["relation"])
    household.head = person
    household.save()
    record(by=by, action="people.head", subject=f"household:{household.pk}", person=person.pk)
    return household


def _membership(household: Household, person: Person) -> Membership:
    found = household.memberships.filter(person=person, until_on=None).first()
    if found is None:
        raise NotInHousehold(f"{person.name} 现在不在户 {household.no} 里, 请先核对成员")
    return found


@transaction.atomic
def set_address(*, by: User, household: Household, address: str, phone: str = "") -> Household:
    """更正住址和电话 (电话空着不动)。"""
    household.address = address
    if phone:
        household.phone = phone
    household.save()
    record(by=by, action="people.address", subject=f"household:{household.pk}")
    return household


@transaction.atomic
def move_household(
    *, by: User, household: Household, village_id: str, address: str, on: dt.date
) -> Household:
    """迁到本县另一个村: 档案随人走, 自此由新地办理。Raises NotAVillage."""
    village = Area.objects.filter(pk=village_id, level=Area.Level.VILLAGE).first()
    if village is None or village.pk[:6] != household.village_id[:6] or village.pk == household.village_id:
        raise NotAVillage("请选本县另一个村或社区; 迁出本县的按迁出本县办理")
    was = household.village_id
    household.village, household.address = village, address or household.address
    household.save()
    record(
        by=by,
        action="people.move",
        subject=f"household:{household.pk}",
        was=was,
        now=village.pk,
        on=on.isoformat(),
    )
    return household


@transaction.atomic
def withdraw_death(*, by: User, person: Person) -> None:
    """死亡报告核实不实, 撤回: 不再拦发放。"""
    person.died_on = person.death_reported_on = None
    person.save()
    record(by=by, action="people.death_withdrawn", subject=f"person:{person.pk}")
