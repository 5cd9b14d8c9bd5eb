"""A decision that was made: its letters, its delivery with the signed slip, and whoever does not accept it."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.decisions import services
from doudi.records.decisions.models import Decision
from doudi.records.desk import deciding
from doudi.records.policies.queries import calendar, reason
from doudi.records.postings.objections import may_know_of
from doudi.records.staff.models import Role, User
from doudi.store.kept import content
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import Errand, Said, Shown, bar, begin, errand
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.changes.letters import OF_CHANGES, told_reasons
from doudi.web.office.decisions import letters, tables
from doudi.web.office.decisions.forms import AppealForm, DeliverForm, DeliverManyForm, bytes_of
from doudi.web.office.forms import take_effect
from doudi.web.ui import components as ui

DELIVER_EMPTY = ui.Empty("done", "告知书都送到了", "新的决定作出后, 告知书会列在这里。")
DELIVERERS = frozenset({Role.CLERK, Role.LEADER, Role.APPROVER})


def deliver_queue(request: HttpRequest) -> HttpResponse:
    """待送达: 不予确认的要在三个工作日内送出, 排在前面。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, deciding.undelivered(user))
    batch = bar(request, page, DELIVER.name, "登记送达", unit="份", with_sum=False)
    context = {
        "table": tables.undelivered(deciding.to_deliver(page.object_list), on, batch),
        "form": DeliverManyForm(initial={"on": on}, today=on),
        "pager": lists.pager(request, page),
        "empty": DELIVER_EMPTY,
    }
    return render(request, "office/decisions/deliver_queue.html", context)


def _said(request: HttpRequest) -> dict[str, str]:
    """How and when, for all of them. Raises Refusal naming what lacks."""
    form = DeliverManyForm(request.POST, today=today())
    if not form.is_valid():
        field, wrong = next(iter(form.errors.items()))
        raise Refusal(f"{form.fields[field].label}: {wrong[0]}")
    return {"how": form.cleaned_data["how"], "on": form.cleaned_data["on"].isoformat()}


def _deliver_one(found: Decision, user: User, said: Said, on: dt.date) -> object:
    return services.deliver(
        decision=found, by=user, received_by=found.household.head.name, how=said["how"],
        on=dt.date.fromisoformat(said["on"]),
    )  # fmt: skip


DELIVER = errand(
    Errand(
        "deliver_batch", "登记送达", "已登记送达", "deliver_queue", letters.decisions_of,
        lambda user, said, on: deciding.undelivered(user), _deliver_one,
        lambda found: Shown(found.household.head.name, found.no, reverse("decision", args=[found.pk])),
        _said, unit="份",
    )
)  # fmt: skip


def deliver_batch(request: HttpRequest) -> HttpResponse:
    """一次登记许多份送达: 同一天、同一种方式, 都由户主本人签收。"""
    return begin(request, DELIVER)


def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """一份决定: 打印告知书、审批表, 登记送达, 看有没有人不服。"""
    user, on = the_user(request), today()
    found = get_object_or_404(letters.decisions_of(user), pk=pk)
    if request.method == "POST" and user.role not in DELIVERERS:
        raise PermissionDenied("您的岗位不登记送达")
    look(by=user, action="view", subject=found)
    form = DeliverForm(request.POST or None, request.FILES or None, today=on)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            _deliver(request, found, form)
        except Refusal as refusal:
            refused = refusal.text
        else:
            messages.success(request, f"已登记 {found.household.head.name} 的告知书送达")
            return redirect("deliver_queue")
    return render(request, "office/decisions/decision.html", _context(request, found, form, refused))


def _deliver(request: HttpRequest, found: Decision, form: DeliverForm) -> None:
    data, user = form.cleaned_data, the_user(request)
    take_effect(
        request, data["key"],
        lambda: str(services.deliver(
            decision=found, by=user, received_by=data["received_by"], on=data["on"], how=data["how"],
            slip=bytes_of(data["slip"]),
        )),
    )  # fmt: skip


def _context(request: HttpRequest, found: Decision, form: DeliverForm, refused: str) -> dict[str, object]:
    user, on = the_user(request), today()
    due = deciding.notice_due(found, calendar())
    left = None if due is None or found.delivered else tables.queues.days_left(on, due, calendar())
    return {
        "decision": found,
        "form": form,
        "refused": refused,
        "may_deliver": user.role in DELIVERERS,
        "deadline": None if left is None else ui.Deadline(left, due, cite="民发〔2021〕57号 第二十一条"),
        "reasons": reasons_of(found),
        "sheets": [
            (label, reverse("decision_letter", args=[found.pk, kind]))
            for kind, label in letters.sheets_of(found)
        ],
        "appeals": list(found.appeals.order_by("-pk")),
        "appeal_form": AppealForm(auto_id="appeal_%s")
        if may_open(user, "appeal_new") and found.case_id
        else None,
        "corrections": list(found.corrections.select_related("case")),
        "by": letters.name_of(found.by),
    }


def reasons_of(found: Decision) -> list[tuple[str, str]]:
    """理由和条款, 一条一行。"""
    if found.kind in OF_CHANGES:
        return told_reasons(found)
    if found.kind != Decision.Kind.REFUSE:
        return []
    codes = [one.code for one in found.reasons.order_by("pk")] or [found.reason_code]
    cited = [reason(found.scheme, "refuse", code) for code in codes]
    return [(one.label, one.article) for one in cited]


def letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """告知书或审批表 (PDF); 审批表写着有没有异议, 与这家有近亲属备案的人打不开。"""
    user = the_user(request)
    found = get_object_or_404(letters.decisions_of(user), pk=pk)
    if kind == "shenpi" and not may_know_of(user, found.household_id):
        raise Http404
    look(by=user, action="print", subject=found)
    response = HttpResponse(letters.render(found, kind, today()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{found.no}.pdf"'
    return response


def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """签收的送达回证照片。"""
    user = the_user(request)
    found = get_object_or_404(letters.decisions_of(user), pk=pk)
    if not found.delivered or not found.delivered.slip:
        raise Http404
    look(by=user, action="view", subject=found)
    kept = found.delivered.slip
    return HttpResponse(content(kept), content_type=kept.media_type)
