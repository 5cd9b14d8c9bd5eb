"""What a leader and the county look at before they sign: the sum, the opinion, what stands in the way."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Case_
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, When

from doudi.law.clocks import deadline, first_given
from doudi.law.duties import Block
from doudi.law.workdays import Calendar
from doudi.records.cases.models import Case
from doudi.records.cases.services import standing_blocks
from doudi.records.checks.models import Opinion, VisitRecord
from doudi.records.checks.queries import latest_visit
from doudi.records.decisions import queries as decisions
from doudi.records.decisions.change_queries import Difference, difference_of
from doudi.records.decisions.models import Appeal, Correction, CountyVisit, Decision, SampleEntry
from doudi.records.desk import queues
from doudi.records.desk.case_page import facts_for
from doudi.records.people.models import Household, Relative
from doudi.records.policies.queries import parameters, scheme
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.objections import may_know_of
from doudi.records.staff.models import User

QUEUE_SHOWN = 500
# Named, not excluded: only so does the index of kinds lead past the rolls that were taken over.
TOLD = tuple(kind for kind in Decision.Kind.values if kind != Decision.Kind.CARRIED_OVER)


@dataclass(frozen=True)
class Sheet:
    """签批、确认前看的一页: 意见、测算、公示、入户、抽查, 还差什么, 这个人能不能办。"""

    case: Case
    opinion: Opinion | None
    posting: Posting | None
    visit: VisitRecord | None
    county_visits: tuple[CountyVisit, ...]
    sampled: SampleEntry | None
    corrects: Correction | None
    hears: bool
    difference: Difference | None
    blocks: tuple[Block, ...]


def queue(user: User) -> QuerySet[Case]:
    """等这个人签批或确认的案件: 必须入户的在前, 然后按剩余时间; 带着最近的意见。"""
    opinions = Prefetch(
        "opinions", Opinion.objects.select_related("assessment").order_by("-pk"), to_attr="latest"
    )
    complaints = Objection.objects.visible_to(user).filter(case=OuterRef("pk"))
    relatives = Relative.objects.in_force().filter(person__memberships__household=OuterRef("household"))
    return (
        queues.waiting_for(user)
        .annotate(complained=Exists(complaints), near=Exists(relatives))
        .prefetch_related(opinions)
        .order_by("-is_relative_filed", "-near", "-complained", "next_due_on", "pk")
    )


def sheet(case: Case, user: User | None, on: dt.date) -> Sheet:
    """一件案子的签批页; 与这家有近亲属备案的人看不到异议。`user` 为空是印进案卷的, 写全。"""
    hears = user is None or may_know_of(user, case.household_id)
    told = Prefetch("objections", Objection.objects.all() if hears else Objection.objects.none())
    facts = decisions.facts(case) if user is None else facts_for(user, case)
    return Sheet(
        case=case,
        opinion=Opinion.objects.filter(case=case).select_related("assessment").order_by("-pk").first(),
        posting=Posting.objects.filter(case=case).prefetch_related(told).order_by("-pk").first(),
        visit=latest_visit(case),
        county_visits=tuple(
            CountyVisit.objects.filter(case=case).select_related("first", "second").order_by("-pk")
        ),
        sampled=SampleEntry.objects.filter(case=case).select_related("draw").first(),
        corrects=Correction.objects.filter(case=case).select_related("corrects").first(),
        hears=hears,
        difference=None if case.closed_on else difference_of(case),
        blocks=() if case.closed_on else standing_blocks(case, facts, on),
    )


@dataclass(frozen=True)
class Place:
    """一件在队列里的位置: 第几件、共几件、下一件; 不在队列里的 `number` 为 0。"""

    number: int
    total: int
    following: Case | None


def place_of(user: User, case: Case) -> Place:
    """这件在等这个人办的队列里排第几, 办完接着办哪一件; 末一件之后从头来。"""
    waiting = list(queue(user).values_list("pk", flat=True)[:QUEUE_SHOWN])
    here = waiting.index(case.pk) if case.pk in waiting else -1
    rest = [pk for pk in (*waiting[here + 1 :], *waiting) if pk != case.pk]
    return Place(here + 1, len(waiting), Case.objects.filter(pk=rest[0]).first() if rest else None)


def may_decide(user: User, case: Case) -> bool:
    """这件案子现在等不等这个岗位签批或确认。"""
    return not case.closed_on and queue(user).filter(pk=case.pk).exists()


def colleagues(user: User) -> QuerySet[User]:
    """同岗位同辖区的人, 连自己。"""
    return User.objects.filter(role=user.role, area=user.area, is_active=True).order_by("name", "pk")


def visitors(user: User) -> QuerySet[User]:
    """可以一同县级入户的人。"""
    return colleagues(user).exclude(pk=user.pk)


def undelivered(user: User) -> QuerySet[Decision, int]:
    """已决定、还没有登记送达的决定的编号: 不予确认的在前 (三个工作日), 然后先决定的在前; 名册带入的没有告知书。"""
    mine = Household.objects.visible_to(user).filter(pk=OuterRef("household"))
    return (
        Decision.objects.filter(Exists(mine), kind__in=TOLD, delivery=None)
        .annotate(hurry=Case_(When(kind=Decision.Kind.REFUSE, then=0), default=1))
        .order_by("hurry", "decided_on", "pk")
        .values_list("pk", flat=True)
    )


def to_deliver(numbers: Iterable[int]) -> list[Decision]:
    """这些编号的决定, 照给的次序, 连同户和村。Apart from the queue: a sort of numbers is light, one of rows is not."""
    related = ("case__village__parent", "household__head", "household__village__parent")
    found = Decision.objects.select_related(*related).in_bulk(list(numbers))
    return [found[number] for number in numbers]


def notice_due(decision: Decision, known: Calendar) -> dt.date | None:
    """告知书最晚哪天送出: 不予确认的三个工作日, 其他的法律没有写。依据: 民发〔2021〕57号 第二十一条"""
    if decision.kind != Decision.Kind.REFUSE:
        return None
    rules = parameters(decision.household.village_id, decision.decided_on)
    code = first_given(("refusal_notice",), scheme(decision.scheme).rulebook, rules)
    return deadline(code, decision.decided_on, rules, known).due_on


def appeals_of(user: User) -> QuerySet[Appeal]:
    """职权范围内的不服决定: 在办的在前, 期限近的在前。"""
    mine = Case.objects.visible_to(user)
    return (
        Appeal.objects.filter(decision__case__in=mine)
        .select_related("decision__household__head", "decision__case", "correction__case")
        .order_by(Case_(When(outcome="", then=0), default=1), "due_on", "pk")
    )
