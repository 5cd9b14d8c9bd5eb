"""The frame of every case page: identity bar, tabs, deadline words. Opening one is a look that stays."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from doudi.law.masking import mask_name
from doudi.law.procedure import POSTINGS
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.cases.queries import pause_cause, whole_clock
from doudi.records.cases.services import procedure_of, station_clock
from doudi.records.decisions.change_queries import is_about_awards
from doudi.records.desk import case_page
from doudi.records.desk.queues import days_left
from doudi.records.policies.queries import calendar, scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.today import now, today
from doudi.web.office.access import may_open
from doudi.web.office.cases import queue
from doudi.web.ui.components import Deadline, Flag, Identity, Tab

TABS = (
    ("概览", "case"),
    ("家庭收支", "case_entry"),
    ("义务人", "case_obligors"),
    ("材料", "case_papers"),
    ("授权", "case_signatures"),
    ("比对协查", "case_likeness"),
    ("核对", "case_findings"),
    ("入户", "case_visit"),
    ("自理能力", "case_ability"),
    ("评议·听证", "case_panel"),
    ("测算", "case_assessment"),
    ("变动前后", "case_change"),
    ("初审", "case_opinion"),
    ("公示·决定·发放", "case_outcome"),
)


def opened(request: HttpRequest, pk: int) -> Case:
    """打开一件案子: 辖区外的当作没有; 每次打开都留痕。"""
    user = the_user(request)
    try:
        case = case_page.case_of(user, pk)
    except Case.DoesNotExist:
        raise Http404 from None
    if request.method == "GET":
        look(by=user, action="view", subject=case)
    queue.remember(request, case)
    return case


def the_user(request: HttpRequest) -> User:
    """已登录的工作人员; access.page 保证有。"""
    user: User = request.user  # type: ignore[assignment]
    return user


def shown_name(user: User, name: str) -> str:
    """姓名给谁看: 审计只看遮掩的。"""
    return mask_name(name) if user.role == Role.AUDITOR else name


def frame(request: HttpRequest, case: Case, tab: str) -> dict[str, Any]:
    """案件各页都要的内容。"""
    told = identity(request, case, tab)
    told = replace(told, flags=[*told.flags, *_beside(request, case)], queue=queue.line(request, case))
    return {"case": case, "identity": told}


def _beside(request: HttpRequest, case: Case) -> list[Flag]:
    """Somebody else has it open, or had a moment ago: nothing is locked, but two should know of each other."""
    told = case_page.opened_lately(case, the_user(request), now())
    return [Flag(f"{name} {minutes} 分钟前打开" if minutes else f"{name} 刚刚打开") for name, minutes in told]


def identity(request: HttpRequest, case: Case, tab: str) -> Identity:
    """身份条: 户主、人数、类别、阶段、时限、红旗、页签。"""
    user, on = the_user(request), today()
    pause = "" if case.closed_on else pause_cause(case)
    persons = case.household.memberships.filter(until_on=None).count()
    station = str(case.get_outcome_display()) if case.closed_on else procedure_of(case).label(case.station)
    facts = [
        ("人数", f"{persons} 人"),
        ("类别", scheme_name(case.scheme)),
        ("受理号", case.no),
        ("村", f"{case.village.parent.name if case.village.parent else ''} · {case.village.name}"),
        ("阶段", station),
    ]
    return Identity(
        shown_name(user, case.household.head.name),
        facts,
        None if case.closed_on or pause else whole_deadline(case, on),
        [*([Flag(f"暂停计时: {pause}", "soon")] if pause else ()), *flags(case)],
        [
            Tab(label, queue.carry(reverse(name, args=[case.pk]), case), active=name == tab)
            for label, name in TABS
            if may_open(user, name)
            and (name != "case_ability" or "ability" in procedure_of(case).road)
            and (name != "case_change" or is_about_awards(case))
        ],
    )


def whole_deadline(case: Case, on: dt.date) -> Deadline:
    """本站或全程的时限, 取先到的; 按日历天的时限说还剩几天。"""
    if case.station_due_on and case.station not in POSTINGS and case.station_due_on < case.due_on:
        clock, due_on = station_clock(case, case.station, case.station_from_on), case.station_due_on
    else:
        clock, due_on = whole_clock(case), case.due_on
    if clock is None or clock.in_workdays:
        return Deadline(days_left(on, due_on, calendar()), due_on)
    return Deadline((due_on - on).days, due_on, "calendar")


def flags(case: Case) -> list[Flag]:
    """红旗: 近亲属备案、被退回。"""
    told = []
    if case.is_relative_filed:
        told.append(Flag("近亲属备案", "over"))
    if case.returned_reason and not case.closed_on:
        told.append(Flag("退回补正", "soon"))
    return told
