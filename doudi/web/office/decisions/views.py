"""Sign at the township; intend, confirm, refuse or send back at the county: one page a case, then the next."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.duties import duties_of
from doudi.law.procedure import CONFIRMERS, STATIONS
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.decisions import services
from doudi.records.decisions.change_queries import may_be_refused
from doudi.records.decisions.models import CountyVisit
from doudi.records.desk import deciding
from doudi.records.staff.models import Role, User
from doudi.store.kept import content
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import bar
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.decisions import tables
from doudi.web.office.decisions.forms import CountyVisitForm, RefuseForm, SendBackForm, bytes_of
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.ui import components as ui

SIGN_EMPTY = ui.Empty("done", "没有待签批的案件", "公示期满、上报的案件会到这里。")
CONFIRM_EMPTY = ui.Empty("done", "没有待确认的案件", "乡镇签批上报的案件会到这里。")
PAGE_OF = {"sign": "case_sign", "intend": "case_intend", "confirm": "case_confirm"}
QUEUE_OF = {Role.LEADER: "sign_queue", Role.APPROVER: "confirm_queue"}
# What this very step removes: it does not stand above its own button.
OWN = frozenset({"not_signed", "not_intended"})

Data = Mapping[str, Any]
Do = Callable[[Case, User, Data, dt.date], object]


@dataclass(frozen=True)
class Verb:
    """这一页上能做的一件事: 表单、怎么办、按钮、办成后说什么。"""

    name: str
    form: type[KeyedForm]
    do: Do
    label: str
    said: str
    refuse: bool = True
    stays: bool = False


SEND_BACK = Verb(
    "send_back", SendBackForm,
    lambda case, user, data, on: services.send_back(case=case, by=user, text=data["text"], on=on),
    "退回补正", "已退回",
)  # fmt: skip
SIGN = Verb(
    "sign", KeyedForm, lambda case, user, data, on: services.sign(case=case, by=user, on=on),
    "签批, 报县级", "已签批",
)  # fmt: skip
INTEND = Verb(
    "intend", KeyedForm, lambda case, user, data, on: services.intend(case=case, by=user, on=on),
    "拟确认, 转确认公示", "已拟确认, 转确认公示",
)  # fmt: skip
CONFIRM = Verb(
    "confirm", KeyedForm, lambda case, user, data, on: services.confirm(case=case, by=user, on=on),
    "确认", "已确认",
)  # fmt: skip
REFUSE = Verb(
    "refuse", RefuseForm,
    lambda case, user, data, on: services.refuse(
        case=case, by=user, reason_code=data["reasons"][0], also=data["reasons"][1:], text=data["text"], on=on
    ),
    "不予确认", "已决定不予确认",
)  # fmt: skip
CHANGED = {"increase": "确认增发", "decrease": "确认减发", "stop": "确认停发", "": "确认, 金额不变"}
RECOGNISED = {"stop": "确认终止认定", "": "确认, 认定不变"}
VISIT = Verb(
    "county_visit", CountyVisitForm,
    lambda case, user, data, on: services.county_visit(
        case=case, by=user, second=data["second"], note=data["note"], agrees=data["agrees"] == "yes",
        photo=bytes_of(data["photo"]), on=on,
    ),
    "登记县级入户核查", "已登记入户核查", refuse=False, stays=True,
)  # fmt: skip


def sign_queue(request: HttpRequest) -> HttpResponse:
    """待签批: 一户一行; 委托乡镇确认的也在这里。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, deciding.queue(user))
    confirms = any(case.station == "confirm" for case in page.object_list)
    name, label = ("confirm_batch", "批量确认") if confirms else ("sign_batch", "签批, 报县级")
    context = {
        "table": tables.waiting(page.object_list, on, PAGE_OF, bar(request, page, name, label)),
        "pager": lists.pager(request, page),
        "empty": SIGN_EMPTY,
    }
    return render(request, "office/decisions/sign_queue.html", context)


def confirm_queue(request: HttpRequest) -> HttpResponse:
    """待确认: 必须入户的在前。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, deciding.queue(user))
    context = {
        "table": tables.waiting(
            page.object_list, on, PAGE_OF, bar(request, page, "confirm_batch", "批量确认")
        ),
        "pager": lists.pager(request, page),
        "empty": CONFIRM_EMPTY,
    }
    return render(request, "office/decisions/confirm_queue.html", context)


def case_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的签批页: 签批或退回。"""
    return _deciding(request, pk, "sign", lambda sheet: (SIGN, [SEND_BACK]))


def case_intend(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的县级审核页: 拟确认后转确认公示, 先要入户的登记核查。"""
    return _deciding(request, pk, "intend", lambda sheet: (INTEND, [VISIT, SEND_BACK]))


def case_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """一件案子的确认页: 确认、不予确认、退回, 先要入户的登记核查。"""
    return _deciding(request, pk, "confirm", _confirming)


def _confirming(sheet: deciding.Sheet) -> tuple[Verb | None, list[Verb]]:
    if sheet.difference and not may_be_refused(sheet.case):  # what is paid goes up, down, stops or stays
        words = RECOGNISED if sheet.difference.before.recognition else CHANGED
        return replace(CONFIRM, label=words[sheet.difference.kind]), [VISIT, SEND_BACK]
    recommended = bool(sheet.opinion and sheet.opinion.recommends)
    return (CONFIRM if recommended else None), [VISIT, REFUSE, SEND_BACK]


def _deciding(
    request: HttpRequest,
    pk: int,
    station: str,
    verbs_of: Callable[[deciding.Sheet], tuple[Verb | None, list[Verb]]],
) -> HttpResponse:
    case, user, on = opened(request, pk), the_user(request), today()
    place, sheet = deciding.place_of(user, case), deciding.sheet(case, user, on)
    main, others = verbs_of(sheet)
    held = duties_of(user.role, procedure_of(case).confirm_by)
    others = [verb for verb in others if verb is not VISIT or "sample" in held]
    offered = [verb for verb in (main, *others) if verb]
    chosen = next((verb for verb in offered if verb.name == request.POST.get("act")), None)
    forms = {verb.name: _form(verb, case, user, request if verb is chosen else None) for verb in offered}
    refused = ""
    if chosen and forms[chosen.name].is_valid():
        refused = _refusal_of(request, chosen, forms[chosen.name].cleaned_data, case, user, on)
        if not refused:
            return _onwards(request, case, user, chosen, place)
    may = case.station == station and deciding.may_decide(user, case)
    context = {
        **frame(request, case, PAGE_OF[station]),
        "sheet": sheet,
        "station": STATIONS[station].label,
        "main": main and (main, forms[main.name]),
        "others": [(verb, forms[verb.name], verb is chosen or _due(verb, sheet)) for verb in others],
        "blocks": [block for block in sheet.blocks if block.code not in OWN],
        "refused": refused,
        "may": may,
        "waits": "" if may else _waits(case, user, station),
        "place": place,
        "next_url": reverse(PAGE_OF[place.following.station], args=[place.following.pk])
        if place.following
        else "",
    }
    return render(request, "office/decisions/decide.html", context)


def _refusal_of(request: HttpRequest, verb: Verb, data: Data, case: Case, user: User, on: dt.date) -> str:
    """What stood in the way, in words; empty when it took effect."""
    try:
        take_effect(request, data["key"], lambda: str(verb.do(case, user, data, on)))
    except Refusal as refusal:
        return refusal.text
    return ""


def _form(verb: Verb, case: Case, user: User, request: HttpRequest | None) -> KeyedForm:
    options: dict[str, Any] = {"auto_id": f"{verb.name}_%s"}
    if verb is REFUSE:
        options["case"] = case
    if verb is VISIT:
        options["visitors"] = deciding.visitors(user)
    return verb.form(request.POST, request.FILES, **options) if request else verb.form(**options)


def _due(verb: Verb, sheet: deciding.Sheet) -> bool:
    """What has to be done now is open: a visit that stands in the way, a refusal that was advised."""
    if verb is VISIT:
        return any(block.code in ("county_visit_due", "sample_visit_due") for block in sheet.blocks)
    return verb is REFUSE and bool(sheet.opinion and not sheet.opinion.recommends)


def _waits(case: Case, user: User, station: str) -> str:
    """Why this person only reads here."""
    if case.closed_on:
        return f"这件案子已办结: {case.get_outcome_display()}。"
    if case.station != station:
        return f"这件案子现在在“{STATIONS[case.station].label}”, 还不到这一步。"
    who = CONFIRMERS[procedure_of(case).confirm_by]
    return f"这件案子由{who}确认, 您在这里只看不办。"


def _onwards(request: HttpRequest, case: Case, user: User, verb: Verb, place: deciding.Place) -> HttpResponse:
    """After one, the next one of the same queue; a county visit stays on its case."""
    messages.success(request, f"{case.household.head.name} ({case.no}) {verb.said}")
    here = Case.objects.get(pk=case.pk)
    if verb.stays and here.station in PAGE_OF and not here.closed_on:
        return redirect(PAGE_OF[here.station], case.pk)
    following = place.following
    return redirect(PAGE_OF[following.station], following.pk) if following else redirect(_queue(user))


def _queue(user: User) -> str:
    return next(
        (QUEUE_OF[role] for role in QUEUE_OF if role == user.role and may_open(user, QUEUE_OF[role])), "home"
    )


def county_visit_photo(request: HttpRequest, pk: int, visit: int) -> HttpResponse:
    """县级入户的照片。"""
    case = opened(request, pk)
    found = CountyVisit.objects.filter(case=case, pk=visit).select_related("photo").first()
    if found is None or found.photo is None:
        raise Http404
    return HttpResponse(content(found.photo), content_type=found.photo.media_type)
