"""The bank's answer: one person brings the file and sees what it would do, another checks it and lets it count."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.payments import services
from doudi.records.payments.bank import returns
from doudi.records.payments.models import ReturnDraft
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.payments.forms import PasswordForm, ReturnForm, WithdrawForm
from doudi.web.office.payments.runs import head, the_run
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

WORDS = {
    "paid": "成功", "failed": "失败", "returned": "退票", "queried": "金额或账号不符, 待查", "unanswered": "这份里没有",
}  # fmt: skip
QUERIED = (Column("序号", "number"), Column("银行说"), Column("交出的金额", "money"), Column("哪里不符"))
UNKNOWN = (
    Column("批次"), Column("序号", "number"), Column("领款人"), Column("户编号"), Column("金额", "money"),
    Column("交银行"), Column("已过", "number"), Column("怎么办"),
)  # fmt: skip


def take_return(request: HttpRequest, pk: int) -> HttpResponse:
    """上传回盘: 先读出来看结果, 等另一人核对; 这时一行也没有入账。"""
    run = the_run(pk)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = services.stage_return(run, file.read(), file.name, by=the_user(request))
        except Refusal as refusal:
            for line in refusal.text.splitlines():
                form.add_error("file", line)
        else:
            if draft.is_replay:
                messages.warning(request, f"这份回盘 {draft.uploaded_by.name} 已经上传过, 这次不起作用。")
            else:
                messages.success(request, "回盘已上传, 还没有入账; 请发放复核核对。")
            return redirect("payroll_return_check", pk=draft.pk)
    return render(request, "office/payments/return.html", {**head(run), "form": form})


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """核对一份回盘: 看合计和不符的行; 发放复核输口令入账。"""
    draft, user = _the_draft(pk), the_user(request)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        return _settled(request, draft, form, "return_check.html", lambda: _applied(request, draft))
    return render(request, "office/payments/return_check.html", _shown(draft, user, form))


def _applied(request: HttpRequest, draft: ReturnDraft) -> dict[str, int]:
    done = services.apply_return(draft, by=the_user(request))
    counts = f"成功 {done.paid_count:,} 笔 {yuan(done.paid_fen)} 元, 失败 {done.failed_count:,} 笔"
    more = f", 退票 {done.returned_count:,} 笔" if done.returned_count else ""
    asked = f", 金额或账号不符待查 {done.queried_count:,} 笔" if done.queried_count else ""
    messages.success(request, f"回盘已入账: {counts}{more}{asked}。")
    return {"file": done.pk}


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """作废一份待核的回盘, 写明理由。"""
    draft = _the_draft(pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def effect() -> dict[str, int]:
            reason = form.cleaned_data["reason"]
            return {"draft": services.withdraw_return(draft, reason, by=the_user(request)).pk}

        return _settled(request, draft, form, "act.html", effect)
    return render(request, "office/payments/act.html", _withdrawal(draft, form))


def _settled(
    request: HttpRequest, draft: ReturnDraft, form: KeyedForm, page: str, effect: Callable[[], Any]
) -> HttpResponse:
    try:
        take_effect(request, form.cleaned_data["key"], effect)
    except Refusal as refusal:
        form.refused(refusal)
        shown = _withdrawal(draft, form) if page == "act.html" else _shown(draft, the_user(request), form)
        return render(request, f"office/payments/{page}", shown)
    return redirect("payroll_run", pk=draft.run_id)


def _withdrawal(draft: ReturnDraft, form: KeyedForm) -> dict[str, Any]:
    lines = [ui.SummaryLine("文件", draft.name), ui.SummaryLine("上传", draft.uploaded_by.name)]
    confirm = ui.Confirm(
        "作废这份回盘", lines, "作废", reverse("payroll_return_check", args=[draft.pk]),
        "原件和核对结果留着, 不入账; 同一份文件以后可以再上传。",
        fields=list(form.visible_fields()), hidden={"key": str(form["key"].value())},
    )  # fmt: skip
    return {**head(draft.run), "form": form, "confirm": confirm}


def _the_draft(pk: int) -> ReturnDraft:
    draft = returns.draft_page(pk)
    if draft is None:
        raise Http404
    return draft


def _shown(draft: ReturnDraft, user: Any, form: KeyedForm) -> dict[str, Any]:
    told = draft.summary
    rows = [Row([words, told[part]["count"], told[part]["fen"]]) for part, words in WORDS.items()]
    columns = (Column("银行说"), Column("笔数", "number"), Column("金额", "money"))
    queried = [
        Row([one["number"], one["result"], one["sent_fen"], one["why"]]) for one in told.get("lines", ())
    ]
    waiting = draft.state == ReturnDraft.State.WAITING
    return {
        **head(draft.run),
        "draft": draft,
        "form": form,
        "totals": Table(columns, rows, compact=True, key="return_totals", keyboard=False),
        "queried": Table(QUERIED, queried, compact=True, key="return_queried", keyboard=False),
        "may_check": waiting and may_open(user, "payroll_return_withdraw"),
        "is_waiting": waiting,
    }


def unknown(request: HttpRequest) -> HttpResponse:
    """交银行满了天数还没有结果的: 向银行查询, 绝不重发。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, returns.long_unknown(on))
    rows = [
        Row([
            Link(one.run.batch_no, reverse("payroll_run", args=[one.run_id])), one.number,
            shown_name(user, one.payee.name), one.household.no, one.amount_fen, one.run.handed_on,
            (on - one.run.handed_on).days, "向银行查询",
        ])
        for one in page.object_list
    ]  # fmt: skip
    context = {
        "table": Table(UNKNOWN, rows, key="unknown"),
        "pager": lists.pager(request, page),
        "days": returns.days_to_ask(on),
        "empty": ui.Empty("done", "没有久等不到结果的", "交给银行的, 都有了结果或者还没有到该查的时候。"),
    }
    return render(request, "office/payments/unknown.html", context)
