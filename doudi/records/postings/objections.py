"""Objections and tips as an office sees them: what waits, who may look into it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet

from doudi.records.cases.models import Act
from doudi.records.people.queries import relatives_of
from doudi.records.postings.models import UNTOLD, BoxOpening, Conclusion, Objection
from doudi.records.staff.models import Absence, Role, User
from doudi.store.areas import code_range
from doudi.store.today import today

LOOKED = ("survey", "visit", "assess", "review")
HEARS = "hear"  # the duty of an act about an objection
VIEWS = {"open": "待处理", "sign": "待我会签", "reply": "待书面答复", "done": "已处理"}

# Whether somebody already wrote what was found, for a list: `objection.written`.
WRITTEN = Prefetch(
    "conclusions", Conclusion.objects.filter(answer=Conclusion.Answer.WAITING), to_attr="written"
)


def may_know(user: User) -> bool:
    """能不能知道有人提了异议: 村里的人、派单入户的人不能。"""
    return user.sees not in UNTOLD


def may_know_of(user: User, household_id: int) -> bool:
    """能不能知道有人对这一家提了异议: 与这家有近亲属备案的也不能。"""
    return may_know(user) and not relatives_of(household_id).filter(user=user).exists()


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
        "sign": rows.open().filter(pk__in=_for_my_signature(user)),
        "reply": rows.exclude(outcome="").filter(contact__isnull=False, replied_on=None),
        "done": rows.exclude(outcome="").order_by("-answered_on", "-pk"),
    }[view]
    if view == "done":
        return narrowed
    return narrowed.order_by(F("due_on").asc(nulls_last=True), "received_on", "pk")


def _for_my_signature(user: User) -> QuerySet[Conclusion, int]:
    """What the other of two handlers wrote and this one has yet to sign."""
    mine = Conclusion.objects.filter(
        answer=Conclusion.Answer.WAITING, objection__handlers__user=user, objection__handlers__until_on=None
    )
    return mine.exclude(written_by=user).values_list("objection_id", flat=True)


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


def waiting_conclusion(objection: Objection) -> Conclusion | None:
    """写好了、等另一名承办人会签的结论; 没有为空。"""
    waiting = objection.conclusions.filter(answer=Conclusion.Answer.WAITING)
    return waiting.select_related("written_by").first()


def signed_conclusion(objection: Objection) -> Conclusion | None:
    """两名承办人都签了的结论; 没有为空。"""
    signed = objection.conclusions.filter(answer=Conclusion.Answer.AGREED)
    return signed.select_related("written_by", "checked_by").first()


def returned_conclusions(objection: Objection) -> QuerySet[Conclusion]:
    """退回重写的, 新的在前。"""
    rows = objection.conclusions.filter(answer=Conclusion.Answer.RETURNED)
    return rows.select_related("written_by", "checked_by").order_by("-pk")


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
