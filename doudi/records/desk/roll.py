"""Families on the roll, and finding anybody by what a clerk has at hand."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from doudi.records.awards.models import Award, Standing
from doudi.records.cases.models import Case
from doudi.records.desk import queues
from doudi.records.people import queries as people
from doudi.records.people.models import Household, Membership
from doudi.records.staff.models import User
from doudi.store.areas import code_range

FOUND_AT_MOST = 50


@dataclass(frozen=True)
class Found:
    """查找结果: 户、案件, 和对得上的人。"""

    households: list[Household]
    cases: list[Case]
    people: list[Membership]


def in_force(on: dt.date) -> Q:
    """某日在享的待遇。"""
    return Q(from_on__lte=on) & (Q(closing=None) | Q(closing__ends_on__gt=on))


def on_roll(user: User, *, area: str, scheme: str, text: str, on: dt.date) -> QuerySet[Household]:
    """在册家庭: 有在享待遇的户, 可按区划、项目、户主姓名或户编号缩小。"""
    same: dict[str, str] = {"scheme": scheme} if scheme else {}
    standing = Standing.objects.filter(household=OuterRef("pk"), from_on__lte=on, **same)
    # Asked as two questions a family: as one, PostgreSQL joins every award there ever was before it shows a page.
    ending = Award.objects.filter(household=OuterRef("pk"), from_on__lte=on, closing__ends_on__gt=on, **same)
    found = Household.objects.visible_to(user).filter(Exists(standing) | Exists(ending))
    if area:
        low, high = code_range(area)
        found = found.filter(village_id__gte=low, village_id__lte=high)
    if text.strip():
        named = Q(head__name__startswith=text.strip()) | Q(head__initials__startswith=text.strip().lower())
        found = found.filter(named | Q(no=text.strip()))
    return with_awards(found, on).order_by("village_id", "no")


def with_awards(found: QuerySet[Household], on: dt.date) -> QuerySet[Household]:
    """连同户主、村和在享待遇一起取, 每样一次查询。"""
    mine = Award.objects.filter(in_force(on)).order_by("pk")
    return found.select_related("head", "village", "village__parent").prefetch_related(
        Prefetch("awards", mine, to_attr="in_force")
    )


def find(user: User, text: str, on: dt.date) -> Found:
    """按姓名、拼音首字母、证件号或其后四位、电话、户编号、受理号查找, 只在职权范围内。"""
    text = text.strip()
    if not text:
        return Found([], [], [])
    households = list(with_awards(people.search(text, user), on)[:FOUND_AT_MOST])
    theirs = Q(household__in=[household.pk for household in households])
    cases = queues.cases_of(user).filter(theirs | Q(no=text) | Q(no__endswith=f"-{text}"))
    members = people.members_found(text, households)
    return Found(households, list(cases[:FOUND_AT_MOST]), list(members[:FOUND_AT_MOST]))
