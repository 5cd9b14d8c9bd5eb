"""What waits for whom: the cases of a desk, sorted by the time left, each with what is to be done."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, DateField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

from doudi.law.procedure import POSTINGS, STATIONS
from doudi.law.workdays import Calendar
from doudi.records.areas.models import Area
from doudi.records.cases.models import Act, Case, Pause
from doudi.records.checks.models import Assessment, VisitRecord
from doudi.records.decisions.models import Decision
from doudi.records.desk.delegation import waits_for
from doudi.records.intake.models import Paper
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.objections import may_know
from doudi.records.postings.queries import sends_to, unposted
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range

# At which stations a role has something to do. Nobody else's queue holds the case.
WAITS: Mapping[str, tuple[str, ...]] = {
    Role.VILLAGE: ("accept", *POSTINGS),
    Role.CLERK: ("accept", "survey", "panel", "review", *POSTINGS),
    Role.LEADER: ("sign",),
    Role.SOCIAL_WORKER: ("survey",),
    Role.VERIFIER: ("survey",),
    Role.APPROVER: ("intend", "confirm"),
}
SOON_DAYS = 5  # calendar days that hold three working days in an ordinary week
# A posting ends on a day, which is no deadline of anybody: the whole case's is.
POSTING_HAS_NO_LIMIT = Choose(
    When(station__in=POSTINGS, then="due_on"), default=Coalesce("station_due_on", "due_on")
)
LEFT = {"over": "已超期", "soon": "三日内到期"}
VIEWS = {"mine": "待我办", "paused": "挂起", "done": "已办 (近 7 日)", "open": "全部在办", "closed": "已办结"}
OF_A_DESK = ("mine", "paused", "done")  # views of those for whom cases wait
DONE_DAYS = 7
# Whoever must be seen or heard first: a filed relative (the county must visit), then an open objection.
URGENT = Choose(When(is_relative_filed=True, then=0), When(disputed=True, then=1), default=2)
IN_ORDER = ("urgency", "next_due_on", "pk")


@dataclass(frozen=True)
class Narrowing:
    """名单的筛选条件; 空的不限。"""

    view: str = "mine"
    area: str = ""
    station: str = ""
    left: str = ""
    text: str = ""


@dataclass(frozen=True)
class Waiting:
    """名单上的一件: 案件、要做什么、还剩几个工作日 (已超的按日历日, 为负)。"""

    case: Case
    todo: str
    due_on: dt.date
    days_left: int


def cases_of(user: User) -> Any:
    """职权范围内的案件 (CaseQuerySet), 连同排序和说明要用的数; the annotations are columns mypy does not know."""
    posting = Posting.objects.filter(case=OuterRef("pk"), station=OuterRef("station"), withdrawn_on=None)
    missing = Paper.objects.filter(case=OuterRef("pk"), status=Paper.Status.MISSING).order_by()
    return (
        Case.objects.visible_to(user)
        .select_related("household", "household__head", "village", "village__parent")
        .annotate(
            next_due_on=Least(POSTING_HAS_NO_LIMIT, "due_on", output_field=DateField()),
            missing=Coalesce(Subquery(missing.values("case").annotate(n=Count("pk")).values("n")), 0),
            visited=Exists(VisitRecord.objects.filter(case=OuterRef("pk"))),
            posted_until=Subquery(posting.values("until_on")[:1]),
            assessed=Exists(Assessment.objects.filter(case=OuterRef("pk"))),
            disputed=_disputed(user),
            paused=Exists(Pause.objects.filter(case=OuterRef("pk"), until_on=None)),
            urgency=URGENT,
        )
        .order_by(*IN_ORDER)
    )


def _disputed(user: User) -> Any:
    """Who must not know that somebody objected must not learn it by the order either: village, visitors, the kin."""
    if not may_know(user):
        return Value(False)
    told = Objection.objects.visible_to(user)
    return Exists(told.filter(case=OuterRef("pk"), kind="objection", outcome=""))


def waiting_for(user: User) -> Any:
    """等这个人办的案件, 剩余时间短的在前。"""
    return cases_of(user).open().filter(waits_for(user, WAITS.get(user.role, ())))


def to_visit(user: User) -> Any:
    """等着入户的案件, 连同派给了谁。"""
    return waiting_for(user).filter(station="survey").prefetch_related("assignments__user")


def narrowed(user: User, narrowing: Narrowing, on: dt.date) -> QuerySet[Case]:
    """按筛选条件的案件名单。"""
    if narrowing.view in OF_A_DESK and user.role in WAITS:
        found = _of_desk(user, narrowing.view, on)
    elif narrowing.view == "closed":
        found = cases_of(user).exclude(closed_on=None).order_by("-closed_on", "-pk")
    else:
        found = cases_of(user).open()
    for condition in (_in_area, _at_station, _by_left, _by_text):
        found = condition(found, narrowing, on)
    return found


def _of_desk(user: User, view: str, on: dt.date) -> Any:
    """What waits, what waits with its clock stopped, and what this person sent on in the last days."""
    if view == "done":
        return _sent_on(user, on, waits_for(user, WAITS.get(user.role, ()))).order_by("-pk")
    return waiting_for(user).filter(paused=view == "paused")


def _sent_on(user: User, on: dt.date, waits: Q) -> Any:
    since = on - dt.timedelta(days=DONE_DAYS)
    acted = Act.objects.filter(case=OuterRef("pk"), user=user, on__gt=since, on__lte=on)
    return cases_of(user).filter(Exists(acted)).exclude(waits, closed_on=None)


def counted(user: User, on: dt.date) -> dict[str, int]:
    """每个页签有几件, 两次查询; 不给有待办的岗位看的不数。"""
    if user.role not in WAITS:
        return {}
    waits = waits_for(user, WAITS[user.role])
    waiting = cases_of(user).open().filter(waits).order_by()
    told = waiting.aggregate(go=Count("pk", filter=Q(paused=False)), stop=Count("pk", filter=Q(paused=True)))
    return {"mine": told["go"], "paused": told["stop"], "done": _sent_on(user, on, waits).count()}


def _in_area(found: QuerySet[Case], narrowing: Narrowing, on: dt.date) -> QuerySet[Case]:
    if not narrowing.area:
        return found
    low, high = code_range(narrowing.area)
    return found.filter(village_id__gte=low, village_id__lte=high)


def _at_station(found: QuerySet[Case], narrowing: Narrowing, on: dt.date) -> QuerySet[Case]:
    return found.filter(station=narrowing.station) if narrowing.station else found


def _by_left(found: Any, narrowing: Narrowing, on: dt.date) -> Any:
    if narrowing.left == "over":
        return found.filter(next_due_on__lt=on)
    if narrowing.left == "soon":
        return found.filter(next_due_on__gte=on, next_due_on__lte=on + dt.timedelta(days=SOON_DAYS))
    return found


def _by_text(found: QuerySet[Case], narrowing: Narrowing, on: dt.date) -> QuerySet[Case]:
    text = narrowing.text.strip()
    if not text:
        return found
    named = Q(household__head__name__startswith=text) | Q(household__head__initials__startswith=text.lower())
    return found.filter(named | Q(no=text) | Q(no__endswith=text))


def waiting(case: Case, on: dt.date, known: Calendar) -> Waiting:
    """一件案子在名单上的一行。`case` comes from cases_of."""
    due_on: dt.date = case.next_due_on  # type: ignore[attr-defined]
    return Waiting(case, todo(case, on), due_on, days_left(on, due_on, known))


def days_left(on: dt.date, due_on: dt.date, known: Calendar) -> int:
    """还剩几个工作日; 已超的按日历日, 为负。"""
    return known.between(on, due_on) if due_on >= on else (due_on - on).days


def todo(case: Any, on: dt.date) -> str:
    """这一件现在要做什么。"""
    if case.closed_on:
        return str(case.get_outcome_display())
    found = NEXT_WORK.get(case.station)
    return found(case, on) if found else STATIONS[case.station].label


def _todo_accept(case: Any, on: dt.date) -> str:
    return f"收齐材料, 还缺 {case.missing} 件" if case.missing else "材料已齐, 受理"


def _todo_survey(case: Any, on: dt.date) -> str:
    if case.returned_reason and not case.visited:
        return "退回补正"
    return "已入户, 测算" if case.visited else "入户调查"


def _todo_review(case: Any, on: dt.date) -> str:
    return "出初审意见" if case.assessed else "测算"


def _todo_post(case: Any, on: dt.date) -> str:
    if case.disputed:
        return "处理异议"
    if unposted(case):
        return f"依法不公示, {sends_to(case)}"
    if case.posted_until is None:
        return f"张贴{STATIONS[case.station].label}"
    return (
        f"公示期满, {sends_to(case)}" if on > case.posted_until else f"公示中, 到 {case.posted_until:%m-%d}"
    )


NEXT_WORK: Mapping[str, Callable[[Any, dt.date], str]] = {
    "accept": _todo_accept,
    "survey": _todo_survey,
    "review": _todo_review,
    **dict.fromkeys(POSTINGS, _todo_post),
}


def areas_to_choose(user: User) -> QuerySet[Area]:
    """筛选用的下级区划: 县里选乡镇, 乡镇选村。"""
    return Area.objects.filter(parent__in=user.areas).order_by("code")


def undelivered(user: User) -> QuerySet[Decision]:
    """作出后还没有登记送达的决定, 早的在前。"""
    mine = Case.objects.visible_to(user)
    return (
        Decision.objects.filter(delivery=None, case__in=mine)
        .select_related("household", "household__head", "case")
        .order_by("decided_on", "pk")
    )
