"""Who works here, and what each has been told."""

import datetime as dt
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from doudi.records.staff.models import Absence, Notice, NoticeRead, Role, SavedFilter, User
from doudi.store.areas import LEVEL_DIGITS, code_range, level_of


def people(*, text: str = "", role: str = "", active: str = "yes") -> QuerySet[User]:
    """工作人员名单, 按岗位和登录名; text 找姓名或登录名。"""
    rows = User.objects.select_related("area")
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(username__contains=text))
    if role:
        rows = rows.filter(role=role)
    if active:
        rows = rows.filter(is_active=active == "yes")
    return rows.order_by("role", "username")


def notices_for(user: User) -> Any:
    """给这个人的消息, 新的在前, 每条标明读过没有: is_read is a column mypy does not know."""
    mine = Q(to_user__in=user.stands_for)
    if user.role != Role.SOCIAL_WORKER:  # his area says nothing about whose visits are his
        mine |= Q(to_user=None) & _of_my_areas(user)
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), user=user)
    return Notice.objects.filter(mine, to_role=user.role).annotate(is_read=Exists(read)).order_by("-pk")


def _of_my_areas(user: User) -> Q:
    """Within one of the areas, or addressed to a wider one that holds it; without an area, what names none."""
    found = Q(area=None)
    for code in user.areas:
        low, high = code_range(code)
        found |= Q(area__gte=low, area__lte=high) | Q(area__in=_wider(code))
    return found


def _wider(code: str) -> list[str]:
    """The areas that hold this one: 410482101000 lies in 410482000000, 410400000000 and 410000000000."""
    digits = LEVEL_DIGITS[level_of(code)]
    return [code[:length].ljust(12, "0") for length in LEVEL_DIGITS.values() if length < digits]


def unread_notices(user: User) -> Any:
    """还没读的消息。"""
    return notices_for(user).filter(is_read=False)


def deputies_for(user: User) -> QuerySet[User]:
    """可以代理这个人的人: 同一岗位, 账号在用; 同一辖区的在前。"""
    same_place = Case(When(area=user.area_id, then=0), default=1)
    others = User.objects.filter(role=user.role, is_active=True).exclude(pk=user.pk)
    return others.select_related("area").order_by(same_place, "area", "username")


def absences_from(day: dt.date) -> QuerySet[Absence]:
    """不在岗的登记: 还没过去的在前, 再按日期由近及远。"""
    over = Case(When(back_on=None, until_on__gte=day, then=0), default=1)
    return Absence.objects.select_related("user", "deputy").order_by(over, "-from_on", "-pk")


def social_workers(user: User) -> list[User]:
    """这个人辖区里可以派单的社工。"""
    found = Q(pk__in=())
    for low, high in map(code_range, user.areas):
        found |= Q(area__gte=low, area__lte=high)
    workers = User.objects.filter(found, role=Role.SOCIAL_WORKER, is_active=True)
    return list(workers.order_by("username"))


def saved_filters(user: User, page: str) -> QuerySet[SavedFilter]:
    """自己在一张名单上存下的筛选。"""
    return SavedFilter.objects.filter(user=user, page=page).order_by("name")


def names() -> dict[str, str]:
    """登录名 → 姓名, 一次查询: 页面上写姓名, 不写登录名。"""
    return dict(User.objects.values_list("username", "name"))
