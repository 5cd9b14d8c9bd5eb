"""Objections and tips as an office sees them: what waits, who may look into it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from doudi.records.cases.models import Act
from doudi.records.people.queries import relatives_of
from doudi.records.postings.models import UNTOLD, BoxOpening, Objection
from doudi.records.staff.models import Absence, Role, User
from doudi.store.areas import code_range
from doudi.store.today import today

LOOKED = ("survey", "visit", "assess", "review")
HEARS = "hear"  # the duty of an act about an objection
VIEWS = {"open": "待处理", "reply": "待书面答复", "done": "已处理"}


def may_know(user: User) -> bool:
    """能不能知道有人提了异议: 村里的人、派单入户的人不能。"""
    return user.sees not in UNTOLD


@dataclass(frozen=True)
class Candidate:
    """可以承办的人; `looked_before` 是原来调查过这家的。"""

    user: User
    looked_before: bool


def objections(user: User, view: str = "open") -> QuerySet[Objection]:
    """职权范围内的异议和举报: 有期限的先到期的在前, 村里的人一条也看不到。"""
    rows = Objection.objects.visible_to(user).select_related(
        "posting", "case", "household__head", "village__parent"
    )
    narrowed = {
        "open": rows.open(),
        "reply": rows.exclude(outcome="").filter(contact__isnull=False, replied_on=None),
        "done": rows.exclude(outcome="").order_by("-answered_on", "-pk"),
    }[view]
    if view == "done":
        return narrowed
    return narrowed.order_by(F("due_on").asc(nulls_last=True), "received_on", "pk")


def counts(user: User) -> dict[str, int]:
    """各类各有几条。"""
    return {view: objections(user, view).count() for view in VIEWS}


def found(user: User, pk: int) -> Objection:
    """职权范围内的一条。Raises Objection.DoesNotExist outside it."""
    related = ("posting", "case", "household__head", "village__parent", "box")
    return Objection.objects.visible_to(user).select_related(*related).get(pk=pk)


def overdue(user: User, on: dt.date) -> int:
    """超过期限还没有处理的。"""
    return Objection.objects.visible_to(user).open().filter(due_on__lt=on).count()


def handlers_of(objection: Objection) -> list[User]:
    """现在的承办人。"""
    current = objection.handlers.filter(until_on=None).select_related("user").order_by("pk")
    return [handler.user for handler in current]


def candidates(objection: Objection) -> list[Candidate]:
    """本乡镇能承办的人, 没调查过这家的在前; 有近亲属备案的、不在岗的不在其中。"""
    before = set(
        Act.objects.filter(case__household=objection.household_id, duty__in=LOOKED).values_list(
            "user", flat=True
        )
    )
    kin = relatives_of(objection.household_id).exclude(user=None).values("user")
    low, high = code_range(objection.village_id[:9].ljust(12, "0"))
    clerks = User.objects.filter(role=Role.CLERK, is_active=True, area_id__gte=low, area_id__lte=high)
    away = Absence.objects.in_force(today()).values("user")
    here = clerks.exclude(pk__in=kin).exclude(pk__in=away).order_by("pk")
    known = [Candidate(user, user.pk in before) for user in here]
    return sorted(known, key=lambda one: one.looked_before)


def openings(user: User) -> QuerySet[BoxOpening]:
    """开过的意见箱, 新的在前。"""
    if not may_know(user):
        return BoxOpening.objects.none()
    rows = BoxOpening.objects.visible_to(user).select_related("village", "first", "second")
    return rows.order_by("-opened_on", "-pk")
