"""Objections and tips in the office: taken down, given to two people, concluded by one and signed by the other."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.desk.queues import days_left
from doudi.records.people.models import Household
from doudi.records.policies.queries import calendar
from doudi.records.postings import objections as queries
from doudi.records.postings import services
from doudi.records.postings.models import Objection, Posting
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.postings.forms import (
    AnswerForm,
    AssignForm,
    CountersignForm,
    ObjectionForm,
    PurposeForm,
    TipForm,
)
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("编号"), Column("种类"), Column("被反映的家庭"), Column("乡镇 / 村"), Column("收到日期", "day"),
    Column("途径"), Column("答复期限", "deadline"), Column("承办人"), Column("结论"),
)  # fmt: skip
EMPTY = {
    "open": "群众在网上、电话或意见箱提出的异议和举报会列在这里。",
    "sign": "另一名承办人写好了结论, 等您会签的会列在这里。",
    "reply": "留了联系方式的, 写完结论要书面答复; 还没有答复的会列在这里。",
    "done": "写了结论的会列在这里。",
}


def objections(request: HttpRequest) -> HttpResponse:
    """异议和举报: 先到期的在前。"""
    user, on = the_user(request), today()
    view = request.GET.get("view", "open")
    if view not in queries.VIEWS:
        raise Http404
    page = lists.page_of(
        request, queries.objections(user, view).prefetch_related("handlers__user", queries.WRITTEN)
    )
    here, counts = reverse("objections"), queries.counts(user)
    context = {
        "tabs": [
            ui.Tab(label, f"{here}?view={code}", code == view, counts[code])
            for code, label in queries.VIEWS.items()
        ],
        "table": Table(COLUMNS, [_row(user, objection, on) for objection in page.object_list]),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", f"没有{queries.VIEWS[view]}的", EMPTY[view]),
        "may_take": user.role == Role.CLERK,
    }
    return render(request, "office/postings/objections.html", context)


def _row(user: User, objection: Objection, on: dt.date) -> Row:
    url, village = reverse("objection", args=[objection.pk]), objection.village
    cells = [
        Link(objection.no, url),
        objection.get_kind_display(),
        shown_name(user, objection.household.head.name),
        f"{village.parent.name if village.parent else ''} · {village.name}",
        objection.received_on,
        objection.channel,
        _deadline(objection, on),
        "、".join(h.user.name for h in objection.handlers.all() if h.until_on is None) or "--",
        _conclusion(objection),
    ]
    return Row(cells, key=str(objection.pk), url=url)


def _conclusion(objection: Objection) -> str:
    """An objection under way says whether somebody has already written what was found."""
    written = not objection.outcome and objection.written  # type: ignore[attr-defined]
    return "待会签" if written else str(objection.get_outcome_display())


def _deadline(objection: Objection, on: dt.date) -> ui.Deadline:
    if objection.outcome or objection.due_on is None:
        return ui.Deadline(None)
    return ui.Deadline(days_left(on, objection.due_on, calendar()), objection.due_on)


def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """一条异议: 反映了什么, 谁去查, 查实怎样。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    form = AnswerForm(request.POST or None, objection=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        take_effect(request, data["key"], lambda: _conclude(found, user, data, on))
        messages.success(request, f"{found.no} 的结论已交另一名承办人会签")
        return redirect("objection", pk=pk)
    look(by=user, action="view", subject=found)
    return render(request, "office/postings/objection.html", _context(user, found, on, form))


def _found(user: User, pk: int) -> Objection:
    try:
        return queries.found(user, pk)
    except Objection.DoesNotExist:
        raise Http404 from None


def _context(user: User, found: Objection, on: dt.date, form: AnswerForm) -> dict[str, Any]:
    handlers, clerk = queries.handlers_of(found), user.role == Role.CLERK
    mine, waiting = user in handlers, not found.outcome
    candidates = queries.candidates(found) if clerk and waiting else []
    written = queries.waiting_conclusion(found)
    to_sign = written is not None and mine and written.written_by_id != user.pk
    return {
        "objection": found,
        "household": shown_name(user, found.household.head.name),
        "deadline": _deadline(found, on),
        "handlers": handlers,
        "written": written,
        "signer": "、".join(one.name for one in handlers if written and one.pk != written.written_by_id),
        "returned": queries.returned_conclusions(found),
        "signed": queries.signed_conclusion(found),
        "form": form if mine and waiting and written is None else None,
        "countersign": CountersignForm(auto_id="sign_%s") if to_sign else None,
        "assign": AssignForm(candidates=candidates) if clerk and waiting else None,
        "has_contact": found.is_named,
        "may_contact": found.is_named and (mine or user.role == Role.APPROVER),
        "may_reply": mine and found.is_named and not waiting and not found.replied_on,
    }


def _conclude(found: Objection, user: User, data: dict[str, Any], on: dt.date) -> str:
    outcome, _, remedy = data["outcome"].partition(" ")
    services.conclude(objection=found, by=user, outcome=outcome, remedy=remedy, text=data["text"], on=on)
    return found.no


def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """另一名承办人会签结论, 或者退回重写。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    form = CountersignForm(request.POST, auto_id="sign_%s")
    if not form.is_valid():
        context = _context(user, found, on, AnswerForm(objection=found))
        shown = {**context, "countersign": form if context["countersign"] else None}
        return render(request, "office/postings/objection.html", shown, status=422)
    data = form.cleaned_data
    agreed = data["decision"] == "agree"
    take_effect(request, data["key"], lambda: _countersign(found, user, data, on))
    messages.success(request, f"{found.no} {'已会签, 结论生效' if agreed else '已退回重写'}")
    return redirect("objection", pk=pk)


def _countersign(found: Objection, user: User, data: dict[str, Any], on: dt.date) -> str:
    if data["decision"] == "agree":
        return services.countersign(objection=found, by=user, on=on).no
    services.hand_back(objection=found, by=user, words=data["words"], on=on)
    return found.no


def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """交给两个人查。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    form = AssignForm(request.POST, candidates=queries.candidates(found))
    if form.is_valid():
        chosen = [User.objects.get(pk=form.cleaned_data[name]) for name in ("first", "second")]
        take_effect(
            request,
            form.cleaned_data["key"],
            lambda: services.assign(objection=found, by=user, users=chosen, on=on).no,
        )
        messages.success(request, f"{found.no} 已交给 {chosen[0].name}、{chosen[1].name} 去查")
        return redirect("objection", pk=pk)
    context = {**_context(user, found, on, AnswerForm(objection=found)), "assign": form}
    return render(request, "office/postings/objection.html", context, status=422)


def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """登记已经书面答复。"""
    user = the_user(request)
    found = services.reply(objection=_found(user, pk), by=user, on=today())
    messages.success(request, f"{found.no} 已登记书面答复")
    return redirect("objection", pk=pk)


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """看反映人的联系方式: 只给承办人和县级, 写明用途, 留痕。"""
    user, on = the_user(request), today()
    found = _found(user, pk)
    form = PurposeForm(request.POST)
    context = _context(user, found, on, AnswerForm(objection=found))
    if not form.is_valid():
        return render(request, "office/postings/objection.html", context, status=422)
    shown = services.open_contact(objection=found, by=user, purpose=form.cleaned_data["purpose"])
    response = render(request, "office/postings/objection.html", {**context, "contact": shown})
    response["Cache-Control"] = "no-store, private"
    return response


def take_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一条对某户公示的意见; 期满之后的按举报受理。"""
    user, on = the_user(request), today()
    rows = Posting.objects.visible_to(user).select_related("case__household__head", "village")
    posting = get_object_or_404(rows, pk=pk)
    form = ObjectionForm(request.POST or None, village=posting.village_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        number = take_effect(request, data["key"], lambda: _take(posting, user, data, on))
        messages.success(request, f"已登记 {number}")
        return redirect("objections")
    late = on > posting.until_on or posting.withdrawn_on
    context = {"form": form, "place": posting.village, "name": posting.case.household.head.name}
    told = f"异议期到 {posting.until_on} 结束" + (", 现在收到的按举报受理" if late else "")
    return render(request, "office/postings/take.html", {**context, "told": told, "title": "登记异议"})


def _take(posting: Posting, user: User, data: dict[str, Any], on: dt.date) -> str:
    taken = services.object_to(
        posting=posting, channel=data["channel"], text=data["text"], contact=data["contact"], on=on,
        by=user, box=data["box"],
    )  # fmt: skip
    return taken.no


def take_tip(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一条对某户的举报。"""
    user, on = the_user(request), today()
    rows = Household.objects.visible_to(user).select_related("head", "village")
    household = get_object_or_404(rows, pk=pk)
    form = TipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        number = take_effect(request, data["key"], lambda: _report(household, user, data, on))
        messages.success(request, f"已登记 {number}")
        return redirect("objections")
    context = {"form": form, "place": household.village, "name": household.head.name, "title": "登记举报"}
    told = "留了联系方式的是实名举报, 查清后书面答复"
    return render(request, "office/postings/take.html", {**context, "told": told})


def _report(household: Household, user: User, data: dict[str, Any], on: dt.date) -> str:
    return services.report(
        household=household,
        channel=data["channel"],
        text=data["text"],
        contact=data["contact"],
        on=on,
        by=user,
    ).no
