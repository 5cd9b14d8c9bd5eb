"""The first page of every role: what needs doing, and the next cases by the time left."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.desk import homes, queues
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.ui import components as ui

NEXT_CASES = 12
# What a role starts from its desk, where it starts anything.
STARTS = {
    Role.VILLAGE: ("代办申请", "village_apply"),
    Role.CLERK: ("窗口受理", "intake_window"),
    Role.PAYER: ("每月发放", "payroll"),
    Role.PAY_REVIEWER: ("每月发放", "payroll"),
    Role.PAY_APPROVER: ("每月发放", "payroll"),
    Role.LEADER: ("待签批", "sign_queue"),
    Role.APPROVER: ("待确认", "confirm_queue"),
    Role.DIRECTOR: ("看月报", "statistics"),
    Role.SECURITY: ("用户与岗位", "users"),
    Role.SYSTEM: ("工作日历", "workdays"),
    Role.AUDIT_ADMIN: ("审计记录", "audit"),
    Role.AUDITOR: ("审计记录", "audit"),
}


def home(request: HttpRequest) -> HttpResponse:
    """我的工作台。"""
    user, on = the_user(request), today()
    has_queue = user.role in queues.WAITS
    waiting = queues.waiting_for(user)[:NEXT_CASES] if has_queue else []
    context = {
        "greeting": f"{user.name}, 今天是 {on.isoformat()}",
        "tiles": [_tile(user, figure) for figure in homes.counts(user, on)[:6]],
        "has_queue": has_queue,
        "table": lists.table(user, waiting, on, queue="view=mine"),
        "more_url": reverse("cases") if has_queue else "",
        "empty": ui.Empty("done", "待办已清空", "没有等您办的案件。"),
        "start": _start(user),
    }
    return render(request, "office/home/home.html", context)


def _tile(user: User, figure: homes.Figure) -> ui.Tile:
    url = address(user, figure.page)
    if url and figure.query:
        url = f"{url}?{figure.query}"
    return ui.Tile(figure.label, f"{figure.value:,}", figure.unit, figure.note, url, figure.tone)  # type: ignore[arg-type]


def _start(user: User) -> ui.Action | None:
    label, name = STARTS.get(Role(user.role), ("", ""))
    url = address(user, name) if name else ""
    return ui.Action(label, url) if url else None


def address(user: User, name: str) -> str:
    """一个地址, 这个岗位打不开的为空。"""
    return reverse(name) if may_open(user, name) else ""
