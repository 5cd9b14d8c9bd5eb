"""What a leader and the county look at before they sign: the sum, the opinion, what stands in the way."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from doudi.law.duties import Block
from doudi.records.cases.models import Act, Case
from doudi.records.checks.models import Opinion, VisitRecord
from doudi.records.decisions.models import Decision
from doudi.records.decisions.queries import blocks
from doudi.records.desk import queues
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User


@dataclass(frozen=True)
class Sheet:
    """签批、确认前看的一页: 意见、测算、公示、入户, 还差什么。"""

    case: Case
    opinion: Opinion | None
    posting: Posting | None
    visit: VisitRecord | None
    county_visit: Act | None
    blocks: tuple[Block, ...]


def queue(user: User) -> QuerySet[Case]:
    """等这个人签批或确认的案件: 必须入户的在前, 然后按剩余时间; 带着最近的意见。"""
    opinions = Prefetch(
        "opinions", Opinion.objects.select_related("assessment").order_by("-pk"), to_attr="latest"
    )
    return (
        queues.waiting_for(user)
        .prefetch_related(opinions)
        .order_by("-is_relative_filed", "next_due_on", "pk")
    )


def sheet(case: Case, on: dt.date) -> Sheet:
    """一件案子的签批页。"""
    return Sheet(
        case=case,
        opinion=Opinion.objects.filter(case=case).select_related("assessment").order_by("-pk").first(),
        posting=Posting.objects.filter(case=case).prefetch_related("objections").order_by("-pk").first(),
        visit=VisitRecord.objects.filter(case=case).select_related("first", "second").order_by("-pk").first(),
        county_visit=Act.objects.filter(case=case, duty="sample")
        .select_related("user")
        .order_by("-pk")
        .first(),
        blocks=blocks(case, on),
    )


def following(user: User, case: Case) -> Case | None:
    """同一队列里的下一件, 办完接着办。"""
    waiting = list(queue(user).values_list("pk", flat=True)[:500])
    later = waiting[waiting.index(case.pk) + 1 :] if case.pk in waiting else waiting
    rest = [pk for pk in (*later, *waiting) if pk != case.pk]
    return Case.objects.filter(pk=rest[0]).first() if rest else None


def undelivered(user: User) -> QuerySet[Decision]:
    """已决定、还没有登记送达的, 先决定的在前。"""
    mine = Case.objects.visible_to(user)
    rows = Decision.objects.filter(case__in=mine, delivery=None).select_related(
        "case__village", "household__head"
    )
    return rows.order_by("decided_on", "pk")
