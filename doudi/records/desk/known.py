"""Is this person already known? Asked at the window and in the village before anything is typed."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from doudi.law.identity import canonical_name
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.desk.roll import in_force
from doudi.records.people.models import Household, Membership, Person
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.records.staff.models import User
from doudi.store.fields import index_value

AT_MOST = 20


@dataclass(frozen=True)
class Asked:
    """查的是谁: 证件号、姓名、电话, 有什么填什么。"""

    id_number: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Family:
    """查到的一户: 对上的是谁, 在享什么, 在办什么; `mine` 为假的在别处, 只可说项目和乡镇。"""

    household: Household
    hits: tuple[Membership, ...]
    awards: tuple[Award, ...]
    cases: tuple[Case, ...]
    mine: bool
    by_number: bool

    @property
    def township(self) -> str:
        """在哪个乡镇。"""
        parent = self.household.village.parent
        return parent.name if parent else self.household.village.name

    @property
    def schemes(self) -> list[str]:
        """在享的项目, 不写金额。"""
        return list(dict.fromkeys(scheme_name(award.scheme) for award in self.awards))

    @property
    def cannot_have(self) -> list[tuple[str, list[str]]]:
        """在享的每个项目, 和因此不能再申请的项目。"""
        told = {award.scheme: _barred_by(award.scheme) for award in self.awards}
        return [(scheme_name(held), names) for held, names in told.items() if names]


def _barred_by(held: str) -> list[str]:
    known = catalogue()
    others = {
        other
        for row in known.pairs(held)
        if row.rule == "never"
        for other in (row.first, row.second)
        if other in known.schemes
    }
    return [scheme_name(code) for code in sorted({*others, held})]


def families(asked: Asked, user: User, on: dt.date) -> list[Family]:
    """查到的各户, 自己辖区的在前。

    A number or a telephone is looked for in the whole county; a name alone only where this person works, because
    elsewhere it says nothing. 依据: 民发〔2021〕57号 第十条
    """
    keys = {*_by_number(asked), *_by_phone(asked), *_by_name(asked, user)}
    own = set(Household.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    found = [_family(home, asked, home.pk in own) for home in _with_everything(keys, on)]
    return sorted(found, key=lambda family: (not family.by_number, not family.mine, family.household.no))


def _with_everything(keys: set[int], on: dt.date) -> list[Household]:
    members = Membership.objects.filter(until_on=None).select_related("person").order_by("pk")
    return list(
        Household.objects.filter(pk__in=keys)
        .select_related("head", "village", "village__parent")
        .prefetch_related(
            Prefetch("memberships", members, to_attr="present"),
            Prefetch("awards", Award.objects.filter(in_force(on)).order_by("pk"), to_attr="standing"),
            Prefetch("cases", Case.objects.filter(closed_on=None).order_by("pk"), to_attr="under_way"),
        )
    )


def _family(home: Household, asked: Asked, mine: bool) -> Family:
    number = index_value(Person, "id_number_bi", asked.id_number)
    present = home.present  # type: ignore[attr-defined]
    numbered = tuple(m for m in present if number and bytes(m.person.id_number_bi) == number)
    named = tuple(m for m in present if asked.name and m.person.name == canonical_name(asked.name))
    awards, cases = tuple(home.standing), tuple(home.under_way)  # type: ignore[attr-defined]
    return Family(home, numbered or named, awards, cases, mine, bool(numbered))


def _by_number(asked: Asked) -> list[int]:
    number = index_value(Person, "id_number_bi", asked.id_number)
    present = Membership.objects.filter(person__id_number_bi=number, until_on=None)
    return list(present.values_list("household", flat=True)) if number else []


def _by_phone(asked: Asked) -> list[int]:
    phone = index_value(Household, "phone_bi", asked.phone)
    return (
        list(Household.objects.filter(phone_bi=phone).values_list("pk", flat=True)[:AT_MOST]) if phone else []
    )


def _by_name(asked: Asked, user: User) -> list[int]:
    if not asked.name:
        return []
    called = Q(person__name=canonical_name(asked.name)) | Q(person__initials=asked.name.strip().lower())
    there = Membership.objects.filter(called, until_on=None).values("household")
    return list(
        Household.objects.visible_to(user).filter(pk__in=there).values_list("pk", flat=True)[:AT_MOST]
    )
