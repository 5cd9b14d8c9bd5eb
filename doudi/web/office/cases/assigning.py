"""Hand the visits to social workers: tick the cases, choose who goes."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.cases import services
from doudi.records.cases.models import Case
from doudi.records.desk import queues
from doudi.records.policies.queries import calendar
from doudi.records.staff.models import User
from doudi.records.staff.queries import social_workers
from doudi.records.staff.services import notify
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.batches import Errand, Said, bar, begin, cases_of, errand, of_a_case
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import flags, shown_name, the_user
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("户主"), Column("受理号"), Column("乡镇 / 村"), Column("已派给"), Column("剩余时限", "deadline"),
    Column("标记", "flags"),
)  # fmt: skip


class NobodyChosen(Refusal):
    """没有选派给谁。"""


def assignments(request: HttpRequest) -> HttpResponse:
    """待入户的案件派给社工。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, queues.to_visit(user))
    known = calendar()
    rows = [_row(user, queues.waiting(case, on, known)) for case in page.object_list]
    batch = bar(request, page, "assign", "派单", unit="件", with_sum=False)
    context = {
        "table": Table(COLUMNS, rows, batch=batch, key="assignments"),
        "pager": lists.pager(request, page),
        "workers": social_workers(user),
        "empty": ui.Empty("done", "没有等着入户的案件", "受理以后、还没有入户的案件会列在这里。"),
    }
    return render(request, "office/cases/assignments.html", context)


def _row(user: User, waiting: queues.Waiting) -> Row:
    case: Any = waiting.case
    url = reverse("case", args=[case.pk])
    town = case.village.parent.name if case.village.parent else ""
    cells = [
        Link(shown_name(user, case.household.head.name), url), case.no, f"{town} · {case.village.name}",
        "、".join(one.user.name for one in case.assignments.all()) or None,
        ui.Deadline(waiting.days_left, waiting.due_on), flags(case) or None,
    ]  # fmt: skip
    return Row(cells, key=str(case.pk), url=url)


def _said(request: HttpRequest) -> dict[str, str]:
    """Who goes. Raises NobodyChosen."""
    chosen = request.POST.get("worker", "")
    if all(str(one.pk) != chosen for one in social_workers(the_user(request))):
        raise NobodyChosen("还没有选派给谁, 请先选一名社工")
    return {"worker": chosen}


def _hand_over(case: Case, user: User, said: Said, on: dt.date) -> None:
    worker = next((one for one in social_workers(user) if str(one.pk) == said["worker"]), None)
    if worker is None:
        raise NobodyChosen("选的社工已经不在本乡镇, 请另选一名")
    services.assign(case=case, by=user, users=[worker], on=on)
    notify(
        to_role=worker.role, to_user=worker, area_code=case.village_id, kind="assigned",
        title=f"请入户: {case.household.head.name} ({case.no})", link=reverse("case", args=[case.pk]), on=on,
    )  # fmt: skip


ASSIGN = errand(
    Errand(
        "assign", "派单", "已派单", "assignments", cases_of, lambda user, said, on: queues.to_visit(user),
        _hand_over, of_a_case, _said, unit="件",
    )
)  # fmt: skip


def assign(request: HttpRequest) -> HttpResponse:
    """把勾选的、或者名单上全部的案件派给一名社工, 并告诉他。"""
    return begin(request, ASSIGN)
