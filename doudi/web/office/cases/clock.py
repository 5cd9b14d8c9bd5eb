"""The clock page of a case: pause, resume, ask for longer, sign it, end the case. Each with its reason."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doudi.records.cases import timing
from doudi.records.cases.models import Case
from doudi.records.cases.queries import cause_label
from doudi.records.decisions.services import terminate
from doudi.records.desk.case_clock import ClockPage, clock_page
from doudi.records.desk.queues import days_left
from doudi.records.policies.queries import calendar
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.cases.clock_forms import PauseForm, ReasonForm, TerminateForm
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.ui import components as ui

Do = Callable[[Case, User, Mapping[str, Any], dt.date], object]


class Verb(NamedTuple):
    """时限页上能办的一件事: 标题、会怎样、按钮、表单、怎么办、办成后说什么。"""

    name: str
    title: str
    told: str
    label: str
    form: type[KeyedForm]
    do: Do
    said: str
    refuse: bool = False


VERBS = (
    Verb(
        "resume", "恢复计时", "从今天起接着计时, 全程和本站的时限按停的日子顺延。", "恢复计时", KeyedForm,
        lambda case, user, data, on: timing.resume(case=case, by=user, on=on), "计时已恢复",
    ),
    Verb(
        "agree", "签延长期限", "同意以后, 全程时限改为特殊情况的时限, 一件案子只延长一次。", "同意延长", KeyedForm,
        lambda case, user, data, on: timing.answer_longer(case=case, by=user, agreed=True, on=on), "已同意延长",
    ),
    Verb(
        "decline", "不同意延长", "时限不变, 经办人可以写清理由再提。", "不同意延长", KeyedForm,
        lambda case, user, data, on: timing.answer_longer(case=case, by=user, agreed=False, on=on),
        "已退回, 时限不变", refuse=True,
    ),
    Verb(
        "pause", "暂停计时", "从今天起不计入时限; 恢复之前, 案件不往下走。", "暂停计时", PauseForm,
        lambda case, user, data, on: timing.pause(
            case=case, by=user, cause=data["cause"], reason=data["reason"], on=on
        ),
        "计时已暂停",
    ),
    Verb(
        "ask_longer", "延长期限", "报负责人签字; 要在到期以前签。", "报负责人签字", ReasonForm,
        lambda case, user, data, on: timing.ask_longer(case=case, by=user, reason=data["reason"], on=on),
        "已报负责人签字",
    ),
    Verb(
        "terminate", "终止办理", "案件就此办结, 公示撤下。要把理由告知申请人; 情况有变可以重新申请。", "终止办理",
        TerminateForm,
        lambda case, user, data, on: terminate(
            case=case, by=user, cause=data["cause"], reason=data["reason"], on=on
        ),
        "已终止办理", refuse=True,
    ),
)  # fmt: skip


def case_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的时限: 用去几天、暂停和延长; 有权的在这里办。"""
    case, user, on = opened(request, pk), the_user(request), today()
    chosen = request.POST.get("act", "")
    refused, forms = "", {verb.name: _form(verb, case, request, chosen) for verb in VERBS}
    for verb in VERBS:
        if verb.name == chosen and forms[chosen].is_valid():
            try:
                _carry_out(request, verb, case, user, forms[chosen].cleaned_data, on)
            except Refusal as refusal:
                refused = refusal.text
            else:
                messages.success(request, f"{case.household.head.name} ({case.no}) {verb.said}")
                return redirect("case", case.pk)
    page = clock_page(case, user, on)
    context = {
        **frame(request, case, "case_clock"),
        "page": page,
        "refused": refused,
        "chosen": chosen,
        "acts": [(verb, forms[verb.name]) for verb in VERBS if verb.name in page.may],
        "whole": _deadline(page, case, on),
        "pauses": [
            (pause, cause_label("procedure.pause_causes", pause.cause, case)) for pause in page.pauses
        ],
    }
    return render(request, "office/cases/clock.html", context)


def _form(verb: Verb, case: Case, request: HttpRequest, chosen: str) -> KeyedForm:
    options: dict[str, Any] = {"auto_id": f"{verb.name}_%s"}
    if verb.form in (PauseForm, TerminateForm):
        options["case"] = case
    return verb.form(request.POST if verb.name == chosen else None, **options)


def _carry_out(
    request: HttpRequest, verb: Verb, case: Case, user: User, data: Mapping[str, Any], on: dt.date
) -> None:
    take_effect(request, data["key"], lambda: str(verb.do(case, user, data, on)))


def _deadline(page: ClockPage, case: Case, on: dt.date) -> ui.Deadline:
    """Whole clock in its own unit; while the case stands still nothing runs out."""
    if page.pause or case.closed_on:
        return ui.Deadline(None)
    left = days_left(on, case.due_on, calendar()) if page.whole.in_workdays else (case.due_on - on).days
    return ui.Deadline(left, case.due_on, "working" if page.whole.in_workdays else "calendar")
