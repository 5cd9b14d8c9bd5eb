"""The boards: put up, take objections, answer them, send up."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.policies.queries import calendar, scheme_name
from doudi.records.postings import boards, services
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.queries import on_board
from doudi.records.staff.models import Role, User
from doudi.store.areas import contains
from doudi.store.today import today
from doudi.web.office.batches import do_each
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import flags, the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.postings.forms import AnswerForm, BoardForm, ObjectionForm
from doudi.web.office.postings.sheets import posting_sheet
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

ACTING = frozenset({Role.CLERK, Role.VILLAGE})
COLUMNS = (
    Column("户主"),
    Column("村(社区)"),
    Column("类别"),
    Column("人数", "number", "人"),
    Column("每月金额", "money"),
    Column("张贴日期", "day"),
    Column("公示期"),
    Column("异议"),
    Column("标记", "flags"),
)
ACTIONS = {"waiting": ("张贴公示", "postings_publish"), "ended": ("报签批", "postings_send_up")}
EMPTY = {
    "waiting": ("没有待张贴的", "写完初审意见、建议确认的案件会到这里。"),
    "hanging": ("没有正在公示的", "张贴之后, 七日内的案件会在这里。"),
    "ended": ("没有期满待上报的", "公示期满、没有未结异议的案件会到这里。"),
}


def postings(request: HttpRequest) -> HttpResponse:
    """公示管理: 待张贴、公示中、期满待上报。"""
    user, on = the_user(request), today()
    view = request.GET.get("view", "waiting")
    if view not in boards.VIEWS:
        raise Http404
    form = BoardForm(request.GET, user=user)
    village = form.cleaned_data["village"] if form.is_valid() else ""
    page = lists.page_of(request, boards.board(user, view, on, village))
    title, text = EMPTY[view]
    context = {
        "tabs": _tabs(user, view, on),
        "filters": ui.FilterBar(list(form), _chips(request, village)),
        "table": _table(user, view, page.object_list, on),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nomatch" if village else "done", title, text),
        "sheets": boards.villages_hanging(user, on),
        "open_objections": boards.objections(user).filter(outcome="").count(),
    }
    return render(request, "office/postings/list.html", context)


def _tabs(user: User, view: str, on: dt.date) -> list[ui.Tab]:
    found = boards.counts(user, on)
    here = reverse("postings")
    return [
        ui.Tab(label, f"{here}?view={code}", code == view, found[code])
        for code, label in boards.VIEWS.items()
    ]


def _chips(request: HttpRequest, village: str) -> list[ui.Chip]:
    known = Area.objects.filter(code=village).first() if village else None
    return [ui.Chip(f"村: {known.name}", lists.without(request, "village"))] if known else []


def _table(user: User, view: str, cases: Any, on: dt.date) -> Table:
    batch = None
    if view in ACTIONS and user.role in ACTING:
        label, name = ACTIONS[view]
        batch = ui.Batch("board", [ui.Action(label, reverse(name), post=True)], with_sum=False)
    return Table(COLUMNS, [_row(case, on) for case in cases], batch=batch)


def _row(case: Case, on: dt.date) -> Row:
    posting = next((p for p in reversed(case.postings.all()) if p.withdrawn_on is None), None)
    opinion = case.opinions.latest("pk") if posting is None else None
    url = reverse("case", args=[case.pk])
    cells: list[Any] = [
        Link(case.household.head.name, url),
        case.village.name,
        scheme_name(case.scheme),
        posting.row["members"]
        if posting
        else len(opinion.assessment.results["persons"])
        if opinion
        else None,
        posting.row["amount_fen"] if posting else opinion.amount_fen if opinion else None,
        posting.posted_on if posting else None,
        _period(posting, on) if posting else "--",
        _disputes(posting) if posting else "--",
        flags(case) or None,
    ]
    return Row(cells, key=str(case.pk), url=url)


def _period(posting: Posting, on: dt.date) -> str:
    if on > posting.until_on:
        return f"{posting.until_on} 期满"
    length = (posting.until_on - posting.posted_on).days
    return f"第 {(on - posting.posted_on).days} 天, 共 {length} 天"


def _disputes(posting: Posting) -> Link | str:
    found = list(posting.objections.all())
    if not found:
        return "无"
    waiting = sum(1 for objection in found if not objection.outcome)
    return Link(f"{len(found)} 条" + (f", {waiting} 条待处理" if waiting else ""), reverse("objections"))


def publish(request: HttpRequest) -> HttpResponse:
    """张贴勾选的公示。"""
    user, on = the_user(request), today()
    return _batch(request, "张贴", "hanging", lambda case: services.publish(case=case, by=user, on=on))


def send_up(request: HttpRequest) -> HttpResponse:
    """勾选的期满案件报签批。"""
    user, on = the_user(request), today()
    return _batch(request, "报签批", "ended", lambda case: services.send_up(case=case, by=user, on=on))


def _batch(request: HttpRequest, title: str, view: str, act: Callable[[Case], object]) -> HttpResponse:
    do_each(request, the_user(request), title, act)
    return redirect(f"{reverse('postings')}?view={view}")


def sheet(request: HttpRequest, village: str) -> HttpResponse:
    """某村公示榜, 可打印。"""
    user, on = the_user(request), today()
    if not any(contains(mine, village) for mine in user.areas):
        raise Http404
    area = get_object_or_404(Area.objects.select_related("parent"), code=village)
    content = posting_sheet(area, list(on_board(village, on)), on, calendar())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="gongshi-{village}-{on}.pdf"'
    return response


def objections(request: HttpRequest) -> HttpResponse:
    """异议: 没处理的在前。"""
    user = the_user(request)
    page = lists.page_of(request, boards.objections(user))
    columns = (
        Column("异议编号"), Column("公示户主"), Column("村(社区)"), Column("收到日期", "day"), Column("途径"),
        Column("结论"),
    )  # fmt: skip
    rows = [
        Row([Link(o.no, reverse("objection", args=[o.pk])), o.posting.row["name"], o.posting.village.name,
             o.received_on, o.channel, o.get_outcome_display()], url=reverse("objection", args=[o.pk]))
        for o in page.object_list
    ]  # fmt: skip
    context = {
        "table": Table(columns, rows),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", "没有异议", "群众在网上、电话或意见箱提出的异议会列在这里。"),
    }
    return render(request, "office/postings/objections.html", context)


def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """一条异议: 反映了什么, 处理。"""
    user, on = the_user(request), today()
    found = get_object_or_404(boards.objections(user), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        take_effect(request, data["key"], lambda: _answer(found, user, data, on))
        messages.success(request, f"异议 {found.no} 已处理")
        return redirect("objections")
    may_answer = user.role in ACTING and not found.outcome
    context = {"objection": found, "form": form, "may_answer": may_answer}
    return render(request, "office/postings/objection.html", context)


def _answer(found: Objection, user: User, data: dict[str, Any], on: dt.date) -> str:
    return services.answer(objection=found, by=user, outcome=data["outcome"], text=data["text"], on=on).no


def take_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一条对某户公示的异议。"""
    user, on = the_user(request), today()
    posting = get_object_or_404(Posting.objects.visible_to(user).select_related("case", "village"), pk=pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        number = take_effect(request, data["key"], lambda: _take(posting, data, on))
        messages.success(request, f"已登记异议 {number}")
        return redirect("objections")
    return render(request, "office/postings/take.html", {"posting": posting, "form": form})


def _take(posting: Posting, data: dict[str, Any], on: dt.date) -> str:
    taken = services.object_to(
        posting=posting, channel=data["channel"], text=data["text"], contact=data["contact"], on=on
    )
    return taken.no
