"""Money counted out by hand: the list, the sheet to sign, the receipt before a witness."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments import services
from doudi.records.payments.in_person.by_hand import HandPayment, hand_lines, hand_payments
from doudi.records.payments.models import PayLine
from doudi.records.payments.periods import in_words
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.acting import done_once
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.checks.papers import pdf
from doudi.web.office.forms import DayField, KeyedForm
from doudi.web.office.payments.runs import the_run
from doudi.web.ui import components as ui
from doudi.web.ui.print import offices
from doudi.web.ui.print.hand_sheets import HandList, HandRow
from doudi.web.ui.tables import Column, Link, Row, Table

WITNESSES = (Role.CLERK, Role.LEADER, Role.PAY_REVIEWER, Role.PAY_APPROVER, Role.APPROVER)
COLUMNS = (
    Column("领款人"), Column("乡镇 / 村"), Column("批次"), Column("月份"), Column("金额", "money"),
    Column("状态", "flags"), Column("签收"),
)  # fmt: skip


class ReceiptForm(KeyedForm):
    """登记领款签收: 见证人当场输自己的口令。"""

    signed_on = DayField(label="领款日期")
    signed_by = forms.CharField(label="领款签字人", max_length=60)
    is_agent = forms.BooleanField(label="代领 (签字人不是领款人本人)", required=False)
    proof = forms.FileField(
        label="签字凭据的照片", help_text="签了字、按了手印的领款表",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    witness = forms.ModelChoiceField(User.objects.none(), label="见证人", empty_label="请选择")
    password = forms.CharField(
        label="见证人的登录口令", help_text="请见证人本人输入",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        others = User.objects.filter(is_active=True, role__in=WITNESSES).exclude(pk=by.pk)
        self.fields["witness"].queryset = others.order_by("role", "name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        witness = given.get("witness")
        if witness and not witness.check_password(given.get("password", "")):
            self.add_error("password", "见证人的口令不对, 请见证人重新输入")
        return given

    def receipt(self) -> dict[str, Any]:
        """填好的签收。"""
        told = {name: self.cleaned_data[name] for name in ("signed_on", "signed_by", "is_agent", "witness")}
        return {**told, "proof": self.cleaned_data["proof"].read()}


def hand_list(request: HttpRequest) -> HttpResponse:
    """当面发放的各笔, 等签收的在前。"""
    user = the_user(request)
    found = sorted(hand_payments(hand_lines()), key=lambda one: one.receipt is not None)
    page = Paginator(found, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    look(by=user, action="view", subject="payments:by_hand")
    runs = {one.line.run_id: one.line.run for one in page.object_list}
    context = {
        "table": Table(COLUMNS, [_row(user, one) for one in page.object_list], key="by-hand"),
        "pager": lists.pager(request, page),
        "sheets": [
            (f"{in_words(run.month)}{scheme_name(run.scheme)}", reverse("payroll_hand_sheet", args=[run.pk]))
            for run in runs.values()
            if may_open(user, "payroll_hand_sheet")
        ],
        "empty": ui.Empty(
            "nothing", "没有当面发放的", "没有账户的, 处理拦截时可以决定当面发放; 锁定以后列在这里。"
        ),
    }
    return render(request, "office/recoveries/by_hand.html", context)


def _row(user: User, one: HandPayment) -> Row:
    line, receipt = one.line, one.receipt
    town = line.village.parent.name if line.village.parent else ""
    name = shown_name(user, line.payee.name)
    waits = line.state in (PayLine.State.SENT, PayLine.State.UNKNOWN)
    url = reverse("hand_sign", args=[line.pk]) if waits and may_open(user, "hand_sign") else ""
    flag = (
        ui.Flag("已领", "good") if receipt else ui.Flag("等签收", "soon") if waits else ui.Flag("还没有交出")
    )
    by = (
        f"{shown_name(user, receipt.signed_by)} {receipt.signed_on} · 见证 {receipt.witness.name}"
        if receipt
        else None
    )
    cells = [
        Link(name, url, line.household.no),
        f"{town} · {line.village.name}", Link(line.run.batch_no, reverse("payroll_run", args=[line.run_id])),
        "、".join(in_words(month) for month in one.months), one.amount_fen, [flag], by,
    ]  # fmt: skip
    return Row(cells, url=url)


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一笔的领款签收。"""
    user = the_user(request)
    line = get_object_or_404(hand_lines(), pk=pk)
    (one,) = hand_payments(hand_lines().filter(run=line.run_id, number=line.number))
    form = ReceiptForm(
        request.POST or None, request.FILES or None, by=user,
        initial={"signed_on": today(), "signed_by": line.payee.name},
    )  # fmt: skip
    if done_once(request, form, lambda: services.pay_by_hand(one.line, by=user, **form.receipt())):
        messages.success(request, "已登记领款签收。")
        return redirect("hand_payments")
    if request.method == "GET":
        look(by=user, action="view", subject=line)
    return render(request, "office/recoveries/hand_sign.html", {"one": one, "line": one.line, "form": form})


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """当面领款签收表 (PDF): 每笔一个签字的地方; 没有当面发放的没有。"""
    run = the_run(pk)
    found = hand_payments(hand_lines(run))
    if not found:
        raise Http404
    look(by=the_user(request), action="print", subject=run)
    rows = [
        HandRow(one.line.number or 0, one.line.village.name, one.line.payee.name, one.line.persons,
                "、".join(in_words(month) for month in one.months), one.amount_fen)
        for one in found
    ]  # fmt: skip
    told = HandList(
        unit=offices.civil_affairs(), scheme=scheme_name(run.scheme), month=in_words(run.month),
        batch_no=run.batch_no, rows=rows, on=today(),
    )  # fmt: skip
    return pdf(told, f"dangmian-{run.batch_no}.pdf")
