"""Sign at the township; confirm, refuse or send back at the county; tell the family."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.cases.models import Case
from doudi.records.decisions import services
from doudi.records.desk import deciding
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.batches import do_each, ticked
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.decisions import letters, tables
from doudi.web.office.decisions.forms import CountyVisitForm, DeliverForm, RefuseForm, SendBackForm
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.ui import components as ui

SIGN_EMPTY = ui.Empty("done", "没有待签批的案件", "公示期满、上报的案件会到这里。")
CONFIRM_EMPTY = ui.Empty("done", "没有待确认的案件", "乡镇签批上报的案件会到这里。")
DELIVER_EMPTY = ui.Empty("done", "告知书都送到了", "新的决定作出后, 告知书会列在这里。")


def sign_queue(request: HttpRequest) -> HttpResponse:
    """待签批: 一户一行。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, deciding.queue(user))
    action = ui.Action("签批, 报县级", reverse("sign_batch"), post=True)
    context = {
        "table": tables.waiting(page.object_list, on, "case_sign", action),
        "pager": lists.pager(request, page),
        "empty": SIGN_EMPTY,
    }
    return render(request, "office/decisions/sign_queue.html", context)


def sign_batch(request: HttpRequest) -> HttpResponse:
    """批量签批; 有标记的须单独办, 即使硬勾上也跳过。"""
    user, on = the_user(request), today()

    def sign_plain(case: Case) -> object:
        if case.is_relative_filed or case.returned_reason:
            raise Refusal(tables.MUST_OPEN)
        return services.sign(case=case, by=user, on=on)

    do_each(request, user, "签批", sign_plain)
    return redirect("sign_queue")


def case_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的签批页: 签批或退回。"""
    act: dict[str, Act] = {
        "sign": (KeyedForm, lambda case, user, data, on: services.sign(case=case, by=user, on=on)),
        "send_back": (SendBackForm, _send_back),
    }
    return _deciding(request, pk, act, "office/decisions/sign.html", "sign_queue", "case_sign")


def case_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的确认页: 确认、不予确认、退回, 先要入户的登记核查。"""
    act: dict[str, Act] = {
        "confirm": (KeyedForm, lambda case, user, data, on: services.confirm(case=case, by=user, on=on)),
        "refuse": (RefuseForm, _refuse),
        "send_back": (SendBackForm, _send_back),
        "county_visit": (CountyVisitForm, _county_visit),
    }
    return _deciding(request, pk, act, "office/decisions/confirm.html", "confirm_queue", "case_confirm")


Act = tuple[type[KeyedForm], Callable[[Case, User, dict[str, Any], dt.date], object]]
SAID = {
    "sign": "已签批", "confirm": "已确认", "refuse": "已决定不予确认", "send_back": "已退回",
    "county_visit": "已登记入户核查",
}  # fmt: skip


def _send_back(case: Case, user: User, data: dict[str, Any], on: dt.date) -> object:
    return services.send_back(case=case, by=user, text=data["text"], on=on)


def _refuse(case: Case, user: User, data: dict[str, Any], on: dt.date) -> object:
    return services.refuse(case=case, by=user, reason_code=data["reason_code"], text=data["text"], on=on)


def _county_visit(case: Case, user: User, data: dict[str, Any], on: dt.date) -> object:
    return services.county_visit(case=case, by=user, note=data["note"], on=on)


def _deciding(
    request: HttpRequest, pk: int, acts: dict[str, Act], template: str, back: str, page: str
) -> HttpResponse:
    case, user, on = opened(request, pk), the_user(request), today()
    chosen = request.POST.get("act", "")
    forms = {name: _form(kind, case, request if name == chosen else None) for name, (kind, _) in acts.items()}
    refused = ""
    if chosen in acts and forms[chosen].is_valid():
        data = forms[chosen].cleaned_data
        try:
            take_effect(request, data["key"], lambda: str(acts[chosen][1](case, user, data, on)))
        except Refusal as refusal:
            refused = refusal.text
        else:
            return _onwards(request, case, user, chosen, back, page)
    sheet = deciding.sheet(case, on)
    context = {
        **frame(request, case, page),
        "sheet": sheet,
        "forms": forms,
        "refused": refused,
        "chosen": chosen,
    }
    context["next_step"] = ui.NextStep(
        "签批" if page == "case_sign" else "确认", blocks=[b for b in sheet.blocks if b.code != "not_signed"]
    )
    return render(request, template, context)


def _form(kind: type[KeyedForm], case: Case, request: HttpRequest | None) -> KeyedForm:
    options: dict[str, Any] = {"auto_id": f"{kind.__name__}_%s"}
    if kind is RefuseForm:
        options["case"] = case
    return kind(request.POST if request else None, **options)


def _onwards(request: HttpRequest, case: Case, user: User, act: str, back: str, page: str) -> HttpResponse:
    """After one, the next one of the same queue; a county visit stays on its case."""
    messages.success(request, f"{case.household.head.name} ({case.no}) {SAID[act]}")
    if act == "county_visit":
        return redirect(page, case.pk)
    following = deciding.following(user, case)
    return redirect(page, following.pk) if following else redirect(back)


def confirm_queue(request: HttpRequest) -> HttpResponse:
    """待确认与待送达。"""
    user, on = the_user(request), today()
    here, view = reverse("confirm_queue"), request.GET.get("view", "waiting")
    waiting, told = deciding.queue(user), deciding.undelivered(user)
    page = lists.page_of(request, told if view == "deliver" else waiting)
    action = ui.Action("批量确认", reverse("confirm_batch"), post=True)
    context = {
        "tabs": [
            ui.Tab("待确认", here, view != "deliver", waiting.count()),
            ui.Tab("待送达", f"{here}?view=deliver", view == "deliver", told.count()),
        ],
        "table": tables.undelivered(page.object_list, on) if view == "deliver"
        else tables.waiting(page.object_list, on, "case_confirm", action),
        "pager": lists.pager(request, page),
        "empty": DELIVER_EMPTY if view == "deliver" else CONFIRM_EMPTY,
    }  # fmt: skip
    return render(request, "office/decisions/confirm_queue.html", context)


def confirm_batch(request: HttpRequest) -> HttpResponse:
    """批量确认: 先看一页将要发生什么, 再确认。"""
    user, on = the_user(request), today()
    chosen = [c for c in deciding.queue(user).filter(pk__in=ticked(request)) if _plain(c)]
    if not chosen:
        messages.warning(request, "没有可以批量确认的, 请先勾选没有标记的案件")
        return redirect("confirm_queue")
    if request.POST.get("sure"):
        outcome = do_each(request, user, "确认", lambda case: services.confirm(case=case, by=user, on=on))
        context = {
            "done": outcome.done,
            "skipped": [(c.household.head.name, why) for c, why in outcome.skipped],
        }
        return render(request, "office/decisions/batch_done.html", context)
    skipped = [(f"第 {n} 行", tables.MUST_OPEN) for n in range(len(ticked(request)) - len(chosen))]
    return render(
        request, "office/decisions/batch_sure.html", {"chosen": chosen, "confirm": _sure(chosen, skipped)}
    )


def _plain(case: Any) -> bool:
    return not case.is_relative_filed and bool(case.latest) and case.latest[0].recommends


def _sure(chosen: list[Any], skipped: list[tuple[str, str]]) -> ui.Confirm:
    persons = sum(len(case.latest[0].assessment.results["persons"]) for case in chosen)
    total = sum(case.latest[0].amount_fen for case in chosen)
    lines = [
        ui.SummaryLine("户数", f"{len(chosen)} 户"),
        ui.SummaryLine("人数", f"{persons} 人"),
        ui.SummaryLine("每月合计", f"{yuan(total)} 元", strong=True),
    ]
    return ui.Confirm(
        "批量确认这些家庭", lines, f"确认 {len(chosen)} 户", reverse("confirm_queue"), skipped=skipped
    )


def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """一份决定: 打印告知书、审批表, 登记送达。"""
    user, on = the_user(request), today()
    found = get_object_or_404(letters.decisions_of(user), pk=pk)
    may_deliver = user.role in (Role.APPROVER, Role.CLERK)
    if request.method == "POST" and not may_deliver:
        raise PermissionDenied("您的岗位不登记送达")
    form = DeliverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        take_effect(
            request, data["key"],
            lambda: str(services.deliver(decision=found, by=user, received_by=data["received_by"], on=on)),
        )  # fmt: skip
        messages.success(request, f"已登记 {found.household.head.name} 的告知书送达")
        return redirect(f"{reverse('confirm_queue')}?view=deliver")
    context = {"decision": found, "form": form, "may_deliver": may_deliver}
    return render(request, "office/decisions/decision.html", context)


def letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """告知书或审批表 (PDF)。"""
    found = get_object_or_404(letters.decisions_of(the_user(request)), pk=pk)
    response = HttpResponse(letters.render(found, kind, today()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{found.no}.pdf"'
    return response
