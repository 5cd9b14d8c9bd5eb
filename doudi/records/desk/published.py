"""Who is published for as long as help is received: the name, how many, how much. Gone on the day it ends."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from doudi.law.identity import age_on
from doudi.law.masking import PublicRow, public_row, unposted_because
from doudi.records.awards.models import Award
from doudi.records.decisions.models import RaiseLine
from doudi.records.people.models import Person
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters, scheme, scheme_name


@dataclass(frozen=True)
class Published:
    """长期公布的一行: 公开的三项, 属于哪个项目、哪一户。"""

    award: int
    household: int
    scheme: str
    row: PublicRow


def published(village: str, on: dt.date, name_style: str = "") -> list[Published]:
    """一个村长期公布的名单, 停发的当天不在其中; 未成年人和不公示姓名的项目一概没有。

    `name_style` 不写的按政策包的公示写法。依据: 民发〔2021〕57号 第二十四条
    """
    style = name_style or parameters(village, on).value("dibao.posting.name_style")
    return [
        Published(
            award.pk,
            award.household_id,
            scheme_name(award.scheme),
            public_row(_named(award, on).name, award.persons, award.amount_fen, name_style=style),
        )
        for award in _decided(village, on)
        if not _unposted(award, on)
    ]


@dataclass(frozen=True)
class Raised:
    """名单上的金额为什么变了: 哪个项目、自哪月起提高标准、依据的文号。"""

    scheme: str
    from_on: dt.date
    document: str


def raised(village: str, on: dt.date) -> list[Raised]:
    """一个村近一年随标准提高的各项目, 一个项目说最近的一次; 不公示姓名的项目没有。"""
    year_before = on - dt.timedelta(days=365)
    rows = RaiseLine.objects.filter(village=village, decision__decided_on__gt=year_before)
    found = rows.order_by("scheme", "raising").values_list(
        "scheme", "raising__from_on", "raising__proposal__document"
    )
    latest = {one: (since, document) for one, since, document in found.distinct()}
    return [Raised(scheme_name(one), *told) for one, told in latest.items() if scheme(one).posted_by_name]


def published_award(village: str, pk: int, on: dt.date) -> Award | None:
    """名单上的一份待遇; 不在名单上的为空。"""
    found = [award for award in _decided(village, on) if award.pk == pk]
    return found[0] if found and not _unposted(found[0], on) else None


def _decided(village: str, on: dt.date) -> list[Award]:
    """Confirmed is enough: the name stands from the decision, not from the first payment."""
    standing = Award.objects.filter(Q(closing=None) | Q(closing__ends_on__gt=on), village=village)
    rows = standing.select_related("payee", "household").prefetch_related("parts__person")
    return list(rows.order_by("scheme", "pk"))


def _unposted(award: Award, on: dt.date) -> str:
    """The youngest whose own the money is: where a guardian is paid, it is the child that is kept off the list."""
    known = scheme(award.scheme)
    persons = [part.person for part in award.parts.all() if part.person and known.unit == "person"]
    ages = [age_on(person.birth_on, on) for person in (_named(award, on), *persons)]
    return unposted_because(
        posted_by_name=known.posted_by_name, age=min(ages), adult_age=_adult_age(award, on)
    )


def _named(award: Award, on: dt.date) -> Person:
    """Whoever is paid; a family's own child who is paid hides nothing while an adult lives in it."""
    adult = _adult_age(award, on)
    if scheme(award.scheme).unit == "person" or age_on(award.payee.birth_on, on) >= adult:
        return award.payee
    here = (membership.person for membership in members_on(award.household, on))
    return next((person for person in here if age_on(person.birth_on, on) >= adult), award.payee)


def _adult_age(award: Award, on: dt.date) -> int:
    return int(parameters(award.village_id, on).value("dibao.member.minor_age"))
