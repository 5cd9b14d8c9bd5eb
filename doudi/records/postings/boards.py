"""The boards as an office sees them: what is to be put up, what hangs, what is done hanging."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from doudi.law.procedure import POSTINGS
from doudi.records.cases.models import Case
from doudi.records.postings.models import Objection, Posting
from doudi.records.staff.models import User

VIEWS = {"waiting": "待张贴", "hanging": "公示中", "ended": "期满待上报"}


def board(user: User, view: str, on: dt.date, village: str = "") -> QuerySet[Case]:
    """某一类公示的案件, 先到期的在前; 带着公示的日期和未结异议数。"""
    current = Posting.objects.filter(case=OuterRef("pk"), withdrawn_on=None)
    rows = Case.objects.visible_to(user).open().filter(station__in=POSTINGS)
    narrowed = {
        "waiting": rows.filter(~Exists(current)),
        "hanging": rows.filter(Exists(current.filter(until_on__gte=on))),
        "ended": rows.filter(Exists(current.filter(until_on__lt=on))),
    }[view]
    if village:
        narrowed = narrowed.within(village)
    shown = narrowed.select_related("household__head", "village__parent").prefetch_related(
        "postings__objections"
    )
    return shown.order_by(F("station_due_on").asc(nulls_last=True), "pk")


def counts(user: User, on: dt.date) -> dict[str, int]:
    """各类各有几户。"""
    return {view: board(user, view, on).count() for view in VIEWS}


def villages_hanging(user: User, on: dt.date) -> QuerySet[Any, Any]:
    """有公示在期内的村, 各有几户。"""
    open_now = Posting.objects.visible_to(user).filter(posted_on__lte=on, until_on__gte=on, withdrawn_on=None)
    rows = open_now.order_by().values("village_id", "village__name", "village__parent__name")
    return rows.annotate(households=Count("pk")).order_by("village_id")


def objections(user: User) -> QuerySet[Objection]:
    """职权范围内的异议, 没处理的在前。"""
    mine = Posting.objects.visible_to(user)
    rows = Objection.objects.filter(posting__in=mine).select_related(
        "posting__case__household__head", "posting__village"
    )
    return rows.order_by(F("answered_on").asc(nulls_first=True), "-pk")
