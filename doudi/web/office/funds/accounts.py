"""The special accounts on pages: what stands on each, and registering, checking, declining and closing one."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.services import look
from doudi.records.ledger import queries, services
from doudi.records.ledger.models import SpecialAccount
from doudi.records.ledger.special_accounts import special_accounts
from doudi.records.payments import services as payments
from doudi.records.payments.funds.special_accounts import account_sums, balance_of
from doudi.store.today import today
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.funds import sheets, tables
from doudi.web.office.funds.acts import acted, schemes
from doudi.web.office.funds.forms import AccountForm, DeclineForm, PlaceForm
from doudi.web.office.funds.views import head
from doudi.web.office.workbooks import sent_as_file
from doudi.web.ui import components as ui

LIST = "fund_accounts"


def accounts(request: HttpRequest) -> HttpResponse:
    """资金专户。"""
    user = the_user(request)
    page = Paginator(special_accounts(), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **head(user, LIST, "资金专户", "fund_account_new", "登记专户"),
        "export_url": reverse("fund_accounts_xlsx"),
        "sub": "救助资金只进专户、只从专户付; 一个项目同时只从一个专户发。余额为零才能销户。",
        "table": tables.accounts(user, page.object_list),
        "pager": lists.pager(request, page),
        "empty": ui.Empty(
            "nothing", "还没有登记专户", "登记以后由发放复核核对; 从此登记到账要写明进了哪个专户。"
        ),
    }
    return render(request, "office/funds/list.html", context)


def accounts_file(request: HttpRequest) -> HttpResponse:
    """各专户收付和余额的 xlsx 或 CSV; 每次下载留痕。"""
    on = today()
    look(by=the_user(request), action="download", subject="specialaccounts:all")
    page = sheets.accounts(account_sums(), on=on, demo=settings.DEMO)
    return sent_as_file(request, f"zhuanhu-{on:%Y%m%d}", [page], on=on)


def register(request: HttpRequest) -> HttpResponse:
    """登记专户。"""
    user, form = the_user(request), AccountForm(request.POST or None, schemes=schemes())
    words = (
        "登记专户",
        "登记",
        "登记以后由发放复核对照开户许可证核对, 核对无误才能用; 从此登记到账要写明进了哪个专户。",
        "已登记, 请发放复核核对。",
    )
    return acted(request, form, LIST, words, lambda: services.register_account(**form.told(), by=user))


def _the(pk: int) -> tuple[SpecialAccount, list[ui.SummaryLine]]:
    found = get_object_or_404(special_accounts(), pk=pk)
    return found, [
        ui.SummaryLine("户名", found.holder_name),
        ui.SummaryLine("开户行", found.bank),
        ui.SummaryLine("账号", f"尾号 {found.last4}"),
        ui.SummaryLine("发放的项目", tables.schemes_of(found)),
        ui.SummaryLine("开户日期", f"{found.opened_on}"),
        ui.SummaryLine("登记人", f"{found.registered_by.name} {found.registered_on}"),
    ]


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """核对专户: 账号写全, 好对照开户许可证。"""
    (found, lines), user, form = _the(pk), the_user(request), KeyedForm(request.POST or None)
    if found.state == SpecialAccount.State.WAITING:
        digits = found.number
        whole = " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
        lines[2] = ui.SummaryLine("账号", whole, strong=True)
    words = (
        "核对专户",
        "核对无误, 启用",
        "请对照开户许可证逐项核对; 启用以后不能改, 有出入的请退回。",
        "已核对, 可以用了。",
    )
    back = reverse("fund_account_decline", args=[pk])
    return acted(request, form, LIST, words, lambda: services.check_account(found, user), lines, back)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """退回专户。"""
    (found, lines), user, form = _the(pk), the_user(request), DeclineForm(request.POST or None)
    words = ("退回专户", "退回", "退回的不能用; 登记人可以另登记一次。", "已退回。")
    effect = lambda: services.decline_account(found, form.cleaned_data["reason"], user)  # noqa: E731
    return acted(request, form, LIST, words, effect, lines)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """销户。"""
    (found, lines), user, form = _the(pk), the_user(request), KeyedForm(request.POST or None)
    lines.append(ui.SummaryLine("余额", f"{yuan(balance_of(found).left_fen)} 元", strong=True))
    words = (
        "专户销户",
        "销户",
        "余额为零、当天没有收付才能销户; 销户以后不能再用, 它的项目可以另设专户。",
        "已销户。",
    )
    return acted(request, form, LIST, words, lambda: payments.close_account(found, user), lines)


def place(request: HttpRequest, pk: int) -> HttpResponse:
    """设专户以前登记的到账, 补写进了哪个专户。"""
    found, user = get_object_or_404(queries.fund_receipts(), pk=pk), the_user(request)
    form = PlaceForm(request.POST or None)
    lines = [
        ui.SummaryLine("文号或单据号", found.document_no),
        ui.SummaryLine("日期", f"{found.on}"),
        ui.SummaryLine("金额", f"{yuan(found.fen)} 元", strong=True),
        ui.SummaryLine("登记人", f"{found.registered_by.name} {found.registered_on}"),
    ]
    words = ("补写到账专户", "补写", "请对照银行单; 只写一次, 写了不能改。", "已写明到账专户。")

    def effect() -> Any:
        return services.place_receipt(found, form.cleaned_data["account"], user)

    return acted(request, form, "fund_receipts", words, effect, lines)
