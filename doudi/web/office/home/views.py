"""The first page of every role: what needs doing, and the next cases by the time left."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.desk import homes, paying, queues
from doudi.records.desk.figures import Figure
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

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
    if user.role in paying.MONEY:
        return _money(request, user)
    has_queue = user.role in queues.WAITS
    waiting = queues.waiting_for(user)[:NEXT_CASES] if has_queue else []
    context = {
        **_head(user, homes.counts(user, on)),
        "has_queue": has_queue,
        "table": lists.table(user, waiting, on, queue="view=mine"),
        "more_url": reverse("cases") if has_queue else "",
        "empty": ui.Empty("done", "待办已清空", "没有等您办的案件。"),
    }
    return render(request, "office/home/home.html", context)


def _head(user: User, figures: Iterable[Figure]) -> dict[str, Any]:
    return {
        "greeting": f"{user.name}, 今天是 {today().isoformat()}",
        "tiles": [_tile(user, figure) for figure in list(figures)[:6]],
        "start": _start(user),
    }


def _money(request: HttpRequest, user: User) -> HttpResponse:
    """The desk of the three who pay: the runs of the period, those that wait for the reader first."""
    found = paying.desk(user, today())
    columns = [
        Column("批次"), Column("笔数", "number"), Column("金额", "money"), Column("状态"),
        Column("等谁办什么", "flags"),
        Column("最迟交银行", "day"),
    ]  # fmt: skip
    context = {
        **_head(user, found.figures),
        "table": Table(columns, [_run(user, one) for one in found.rows], key="runs"),
        "on_time": found,
        "empty": ui.Empty("nothing", "还没有发放批次", "有在册待遇的项目, 由发放经办按月生成清册。"),
    }
    return render(request, "office/home/money.html", context)


def _run(user: User, one: paying.Waiting) -> Row:
    run, tone = one.run, "soon" if one.owner == user.role else ""
    act = [ui.Flag(f"{one.owner.label}: {one.act}", tone)] if one.owner else []  # type: ignore[arg-type]
    url = reverse("payroll_run", args=[run.pk]) if run else reverse("payroll")
    if run is None:
        name = f"{in_words(one.month)}{scheme_name(one.scheme)}"
        return Row([Link(name, url), None, None, "未生成", act, one.due_on], url=url)
    mark = "" if run.kind == run.Kind.REGULAR else str(run.get_kind_display())
    name = f"{in_words(one.month)}{scheme_name(one.scheme)}{mark}"
    cells = [Link(name, url), run.lines_count, run.total_fen, run.get_state_display(), act, one.due_on]
    return Row(cells, url=url)


def _tile(user: User, figure: Figure) -> ui.Tile:
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
