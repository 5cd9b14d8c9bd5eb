"""Many at once: the ticked rows, or all that a list's conditions find, each in a transaction of its own.

What can be done with a list is an `Errand`, registered by its page. Pressing the button makes a job under the form's
key: a few rows are done before the answer, many by the worker, and one page tells what came of every row. Pressed
again, the same key finds the same job.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.jobs.registry import task
from doudi.records.staff.models import User
from doudi.store.idempotency import once
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.ui import components as ui

KIND = "batch"
AT_ONCE = 40  # rows done before the answer, a second or two; more are done behind the page
TOLD_EVERY = 10

Said = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """结果页上的一行: 户主、编号、打开的地址。"""

    name: str
    no: str
    url: str


@dataclass(frozen=True)
class Errand:
    """名单上能对许多户办的一件事。

    `pool` is all this person may touch, `listed` what the page lists under its conditions (the query string), `said`
    keeps from the form what goes with all of them and raises Refusal where something lacks. `done` is said of what was
    done, `onward` where one goes next: a label and an address.
    """

    name: str
    verb: str
    done: str
    back: str
    pool: Callable[[User], QuerySet[Any]]
    listed: Callable[[User, Said, dt.date], QuerySet[Any]]
    act: Callable[[Any, User, Said, dt.date], object]
    shown: Callable[[Any], Shown]
    said: Callable[[HttpRequest], dict[str, str]] = lambda request: {}
    unit: str = "户"
    onward: tuple[str, str] = ("", "")  # a button and what is asked of the list there


ERRANDS: dict[str, Errand] = {}


def errand(one: Errand) -> Errand:
    """登记一件可以批量办的事。"""
    if ERRANDS.setdefault(one.name, one) is not one:
        raise ValueError(f"批量办理 {one.name} 登记了两次")
    return one


def of_a_case(case: Case) -> Shown:
    """案件在结果页上怎样写。"""
    return Shown(case.household.head.name, case.no, reverse("case", args=[case.pk]))


def cases_of(user: User) -> QuerySet[Case]:
    """职权范围内的案件, 连同户主。"""
    return Case.objects.visible_to(user).select_related("household__head").order_by("pk")


def bar(request: HttpRequest, page: Page[Any], name: str, label: str, **how: Any) -> ui.Batch:
    """批量条: 名单不止一页时可以选中全部; 条件随按钮带着。"""
    query = request.GET.urlencode()
    action = ui.Action(label, reverse(name) + (f"?{query}" if query else ""), post=True)
    total = page.paginator.count
    return ui.Batch(name, [action], matching=total if total > len(page.object_list) else 0, **how)


def ticked(request: HttpRequest) -> list[int]:
    """勾选的行。"""
    return [int(key) for key in request.POST.getlist("row") if key.isascii() and key.isdigit()]


def chosen(request: HttpRequest, listed: Callable[[Said], QuerySet[Any]]) -> list[int]:
    """勾选的, 或者“选中全部”时按页面的条件找到的全部。"""
    if not request.POST.get("all_matching"):
        return ticked(request)
    return list(listed(request.GET.dict()).values_list("pk", flat=True))


def begin(request: HttpRequest, one: Errand, keys: list[int] | None = None) -> HttpResponse:
    """开始办, 去结果页; 没有选的回名单。同一张表单再交一次, 还是那一次的结果。"""
    user, on = request.user, today()
    assert isinstance(user, User)  # access.page: somebody has signed in
    key = f"{KIND}:{key_of(request)}"
    known = Job.objects.filter(key=key, created_by=user.username).first()
    if known:
        return redirect("job", known.pk)
    try:
        said = one.said(request)
    except Refusal as lacking:
        messages.warning(request, lacking.text)
        return redirect(one.back)
    rows = chosen(request, lambda conditions: one.listed(user, conditions, on)) if keys is None else keys
    if not rows:
        messages.warning(request, f"还没有勾选, 请先勾选要{one.verb}的")
        return redirect(one.back)
    arguments = {"errand": one.name, "rows": rows, "said": said, "on": on.isoformat(), "by": user.username}
    job = jobs.start(kind=KIND, key=key, by=user, arguments=arguments)
    if len(rows) <= AT_ONCE:
        jobs.run(job.pk)
    return redirect("job", job.pk)


def key_of(request: HttpRequest) -> str:
    """表单的键; 没有带键的每次另算一次。"""
    try:
        return str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid.uuid4())


@task(KIND)
def carry_out(job: Job) -> dict[str, Any]:
    """逐户办理: 一户一个事务, 办不了的写明为什么; 中断了接着办, 办过的不再办。"""
    given = job.arguments
    one, by = ERRANDS[given["errand"]], User.objects.get(username=given["by"])
    on = dt.date.fromisoformat(given["on"])
    done: list[int] = []
    skipped: list[tuple[int, str]] = []
    for number, pk in enumerate(given["rows"], start=1):
        why = once(
            key=f"{job.key}:{pk}", user_id=by.pk, endpoint=KIND, body=given["said"],
            effect=partial(_one, one, by, pk, given["said"], on),
        )  # fmt: skip
        if why:
            skipped.append((pk, why))
        else:
            done.append(pk)
        if number % TOLD_EVERY == 0 or number == len(given["rows"]):
            jobs.progress(job, done=number, total=len(given["rows"]))
    return {"done": done, "skipped": skipped}


def _one(one: Errand, by: User, pk: int, said: Said, on: dt.date) -> str:
    """What stood in the way of one, in words; empty when it was done. The others go on."""
    found = one.pool(by).filter(pk=pk).first()
    if found is None:
        return "不在您的名单里, 可能已经办过或不在您的辖区"
    try:
        one.act(found, by, said, on)
    except Refusal as refusal:
        return refusal.text
    return ""


@dataclass(frozen=True)
class Told:
    """一次批量的结果: 办成的, 和没有办成的按原因分组。"""

    errand: Errand
    done: list[Shown]
    skipped: list[tuple[str, list[Shown]]]

    @property
    def left(self) -> int:
        return sum(len(rows) for _, rows in self.skipped)


def told(job: Job, user: User) -> Told:
    """一次批量办成了哪些、没有办成哪些、因为什么。"""
    one, result = ERRANDS[job.arguments["errand"]], job.result or {"done": [], "skipped": []}
    keys = [*result["done"], *(pk for pk, _ in result["skipped"])]
    shown = {row.pk: one.shown(row) for row in one.pool(user).filter(pk__in=keys)}
    unknown = Shown("(看不到的一户)", "", "")
    why: dict[str, list[Shown]] = {}
    for pk, text in result["skipped"]:
        why.setdefault(text, []).append(shown.get(pk, unknown))
    return Told(one, [shown.get(pk, unknown) for pk in result["done"]], list(why.items()))
