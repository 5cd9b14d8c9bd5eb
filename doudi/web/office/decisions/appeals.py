"""Whoever does not accept a decision: taken in, watched against its clock, answered; a revoked one is decided again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from doudi.records.audit.services import look
from doudi.records.decisions import services
from doudi.records.desk import deciding
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.decisions import letters, tables
from doudi.web.office.decisions.forms import AnswerForm, AppealForm
from doudi.web.office.forms import take_effect
from doudi.web.ui import components as ui

EMPTY = ui.Empty("done", "没有人对决定不服", "收到申诉、行政复议、行政诉讼时, 从那份决定的页面登记。")


def appeals(request: HttpRequest) -> HttpResponse:
    """不服决定的清单。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, deciding.appeals_of(user))
    context = {
        "table": tables.appeals(page.object_list, on),
        "pager": lists.pager(request, page),
        "empty": EMPTY,
    }
    return render(request, "office/decisions/appeals.html", context)


def appeal_new(request: HttpRequest, pk: int) -> HttpResponse:
    """登记对一份决定的不服。"""
    user, on = the_user(request), today()
    found = get_object_or_404(letters.decisions_of(user), pk=pk)
    form = AppealForm(request.POST or None, auto_id="appeal_%s")
    refused = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = take_effect(
                request, data["key"],
                lambda: services.appeal(decision=found, by=user, kind=data["kind"], ground=data["ground"], on=on).pk,
            )  # fmt: skip
        except Refusal as refusal:
            refused = refusal.text
        else:
            messages.success(request, f"已登记 {found.household.head.name} 的不服, 请按期办理")
            return redirect("appeal", made)
    context = {"decision": found, "form": form, "refused": refused}
    return render(request, "office/decisions/appeal_new.html", context)


def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """一件不服: 理由、期限, 登记结果; 撤销、变更的另立更正案。"""
    user, on = the_user(request), today()
    found = get_object_or_404(deciding.appeals_of(user), pk=pk)
    look(by=user, action="view", subject=found)
    may = may_open(user, "appeal_answer") and not found.outcome
    context = {
        "appeal": found,
        "form": AnswerForm(auto_id="answer_%s", initial={"decided_on": on}) if may else None,
        "deadline": None
        if found.outcome or not found.due_on
        else ui.Deadline((found.due_on - on).days, found.due_on, "calendar"),
        "corrected": getattr(found, "correction", None),
        "received_by": letters.name_of(found.received_by),
        "answered_by": letters.name_of(found.answered_by) if found.answered_by else "",
        "refused": "",
    }
    return render(request, "office/decisions/appeal.html", context)


def appeal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """登记结果。"""
    user, on = the_user(request), today()
    found = get_object_or_404(deciding.appeals_of(user), pk=pk)
    form = AnswerForm(request.POST or None, auto_id="answer_%s", initial={"decided_on": on})
    refused = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            take_effect(
                request, data["key"],
                lambda: str(services.answer(
                    appeal=found, by=user, outcome=data["outcome"], document_no=data["document_no"],
                    decided_on=data["decided_on"], text=data["text"], on=on,
                )),
            )  # fmt: skip
        except Refusal as refusal:
            refused = refusal.text
        else:
            messages.success(request, f"已登记 {found.no} 的结果")
            return redirect("appeal", pk)
    context = {
        "appeal": found, "form": None if found.outcome else form, "refused": refused, "deadline": None,
        "corrected": getattr(found, "correction", None), "received_by": letters.name_of(found.received_by),
        "answered_by": letters.name_of(found.answered_by) if found.answered_by else "",
    }  # fmt: skip
    return render(request, "office/decisions/appeal.html", context)
