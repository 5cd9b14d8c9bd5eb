"""Money to be got back: the register, the candidates, one order with its months, plan and receipts."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments.models import Recovery
from doudi.records.payments.recovery import recoveries as queries
from doudi.records.payments.recovery.recoveries import Standing
from doudi.records.payments.services import unfounded_months
from doudi.records.people.models import Household
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.recoveries import sheets, tables
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui

State = Recovery.State
TABS = (
    ("open", "追缴中", (State.ORDERED,)),
    ("proposed", "待批准", (State.PROPOSED,)),
    ("ended", "已了结", (State.SETTLED, State.WRITTEN_OFF, State.CANCELLED)),
)


def recoveries(request: HttpRequest) -> HttpResponse:
    """追缴清单, 逾期的在前。"""
    user, on = the_user(request), today()
    every = queries.standings(queries.recoveries(), on)
    chosen = request.GET.get("state", "open")
    here = next((one for one in TABS if one[0] == chosen), TABS[0])
    rows = sorted(
        (one for one in every if one.recovery.state in here[2]), key=lambda one: not one.overdue_fen
    )
    page = Paginator(rows, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": [
            ui.Tab(
                label,
                f"{request.path}?state={key}",
                key == here[0],
                sum(r.recovery.state in states for r in every),
            )
            for key, label, states in TABS
        ],
        "tiles": _tiles(every),
        "table": tables.register(user, page.object_list),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", "没有" + here[1] + "的", "多发的钱列在“该追的”里, 由发放复核提出。"),
    }
    return render(request, "office/recoveries/list.html", context)


def _tiles(every: list[Standing]) -> list[ui.Tile]:
    outstanding = sum(one.outstanding_fen for one in every)
    overdue = sum(one.overdue_fen for one in every)
    late = sum(bool(one.overdue_fen) for one in every)
    received = sum(one.received_fen for one in every)
    return [
        ui.Tile("还没有追回", tables.yuan(outstanding), "元", "与应追缴款科目的余额相等"),
        ui.Tile(
            "其中逾期", tables.yuan(overdue), "元", f"{late} 户过了约定的日期", "", "over" if late else ""
        ),
        ui.Tile("累计追回", tables.yuan(received), "元", f"共 {len(every)} 件追缴"),
    ]


def workbook(request: HttpRequest) -> HttpResponse:
    """追缴清单的 xlsx 或 CSV; 每次下载留痕。"""
    user, on = the_user(request), today()
    look(by=user, action="download", subject="recoveries:all")
    page = sheets.register(user, queries.standings(queries.recoveries(), on), on=on, demo=settings.DEMO)
    return sent_as_file(request, f"zhuijiao-{on:%Y%m%d}", [page], on=on)


def candidates(request: HttpRequest) -> HttpResponse:
    """该追的: 已经多发、还没有列入追缴的; 和死亡之后还在发、等变动决定的。"""
    user = the_user(request)
    found, waiting = queries.overpaid(), queries.paid_after_death()
    homes = Household.objects.select_related("head", "village__parent").in_bulk(
        {one.household_id for one in found}
    )
    page = Paginator(found, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "table": tables.candidates(user, page.object_list, homes, may_order=may_open(user, "recovery_new")),
        "pager": lists.pager(request, page),
        "total": sum(one.fen for one in found),
        "waiting": tables.waiting(user, waiting),
        "empty": ui.Empty(
            "done", "没有多发的钱", "到最后一个锁定的月份为止, 已经发到卡上的与决定应发的都相符。"
        ),
    }
    return render(request, "office/recoveries/candidates.html", context)


def the_recovery(pk: int) -> Recovery:
    """一件追缴; 没有就 404。"""
    return get_object_or_404(queries.recoveries(), pk=pk)


def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """一件追缴: 各月、分期、到账、核销, 下一步归谁。"""
    user, found, on = the_user(request), the_recovery(pk), today()
    look(by=user, action="view", subject=found)
    (standing,) = queries.standings([found], on)
    is_live = found.state in (State.PROPOSED, State.ORDERED)
    unfounded = unfounded_months(found) if is_live else []
    context = {
        **head(user, found),
        "facts": _facts(standing),
        "months": tables.months(queries.months_of(found)),
        "plan": tables.plan(queries.plan_of(found), standing, on),
        "receipts": tables.receipts(queries.receipts_of(found)),
        "write_offs": queries.write_offs_of(found),
        "unfounded": [tables.month_words(one) for one in unfounded],
        "next_step": _next(user, standing, is_unfounded=bool(unfounded)),
        "letter": reverse("recovery_letter", args=[pk])
        if found.confirmed_on and may_open(user, "recovery_letter")
        else "",
        "household_url": reverse("household", args=[found.household_id])
        if may_open(user, "household")
        else "",
    }
    return render(request, "office/recoveries/recovery.html", context)


def head(user: User, found: Recovery) -> dict[str, Any]:
    """追缴各页都要的内容。"""
    name = shown_name(user, found.household.head.name)
    return {
        "recovery": found,
        "name": name,
        "scheme": scheme_name(found.scheme),
        "state": tables.state_flag(found),
    }


def _facts(one: Standing) -> list[ui.SummaryLine]:
    found = one.recovery
    proposed = f"{found.ordered_by.name} {found.ordered_on}"
    confirmed = f"{found.confirmed_by.name} {found.confirmed_on}" if found.confirmed_by else "还没有批准"
    lines = [
        ui.SummaryLine("应追缴", f"{tables.yuan(found.amount_fen)} 元", strong=True),
        ui.SummaryLine("已到账", f"{tables.yuan(one.received_fen)} 元"),
        ui.SummaryLine("还差", f"{tables.yuan(one.outstanding_fen)} 元"),
        ui.SummaryLine("原因", str(found.get_cause_display())),
        ui.SummaryLine("理由", found.reason),
        ui.SummaryLine("依据", found.basis),
        ui.SummaryLine("提出", proposed),
        ui.SummaryLine("批准", confirmed),
    ]
    if found.ended_on:
        lines.append(ui.SummaryLine("了结", f"{found.ended_on} {found.ended_reason}"))
    return lines


# What each role may do next, in the order it is offered: address, words, states it needs.
ACTS = (
    ("recovery_confirm", "批准追缴", (State.PROPOSED,)),
    ("recovery_write_off_approve", "批准核销", (State.ORDERED,)),
    ("recovery_receive", "登记到账", (State.ORDERED,)),
    ("recovery_plan", "约定分期", (State.PROPOSED, State.ORDERED)),
    ("recovery_write_off", "提出核销", (State.ORDERED,)),
    ("recovery_write_off_decline", "退回核销", (State.ORDERED,)),
    ("recovery_cancel", "撤销追缴", (State.PROPOSED, State.ORDERED)),
)
FORWARD = ("recovery_confirm", "recovery_write_off_approve", "recovery_receive")


def _next(user: User, one: Standing, *, is_unfounded: bool) -> ui.NextStep:
    found = one.recovery
    asked = queries.open_write_off(found) is not None
    mine = [
        (name, ui.Action(label, reverse(name, args=[found.pk]), refuse=name == "recovery_cancel"))
        for name, label, states in ACTS
        if may_open(user, name)
        and found.state in states
        and (("approve" not in name and "decline" not in name) or asked)
        and not (name == "recovery_write_off" and asked)
        and not (name == "recovery_confirm" and is_unfounded)
    ]
    if found.state not in (State.PROPOSED, State.ORDERED):
        return ui.NextStep(str(found.get_state_display()))
    waiting = "等核销批准" if asked else "等交款, 到账由发放经办登记"
    goal = "等发放审批批准" if found.state == State.PROPOSED else waiting
    # The primary button is what the goal waits for; parting the sum or giving it up stands beside it.
    wanted = ("recovery_cancel",) if is_unfounded else FORWARD
    first = next((action for name, action in mine if name in wanted), None)
    others = [action for _, action in mine if action is not first]
    return ui.NextStep(goal, first, deadline=_deadline(one), others=others)


def _deadline(one: Standing) -> ui.Deadline | None:
    if one.next_due is None:
        return None
    left = (one.next_due.due_on - today()).days
    return ui.Deadline(left, one.next_due.due_on, "calendar")


def first_day() -> dt.date:
    """第一期默认的日期: 三十天后。"""
    return today() + dt.timedelta(days=30)
