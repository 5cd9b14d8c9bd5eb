"""Money from one special account to another, on pages: the papers, registering, checking, declining."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.ledger import queries, services
from doudi.records.ledger.models import AccountMove
from doudi.records.ledger.special_accounts import open_accounts
from doudi.records.payments import services as payments
from doudi.records.payments.funds.special_accounts import balance_of
from doudi.store.today import today
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.funds import tables
from doudi.web.office.funds.acts import CHECKING, DECLINING, acted
from doudi.web.office.funds.forms import DeclineForm, MoveForm
from doudi.web.office.funds.views import head
from doudi.web.ui import components as ui

LIST = "fund_moves"


def moves(request: HttpRequest) -> HttpResponse:
    """专户之间的划转。"""
    user = the_user(request)
    page = Paginator(queries.account_moves(), lists.PAGE_SIZE).get_page(request.GET.get("page"))
    top = head(user, LIST, "专户划转", "fund_move_new", "登记划转")
    context = {
        **top,
        "sub": "从一个专户转到另一个专户, 凭银行的转账单据登记, 由另一人核对之后记账; 余额不够的不能转。",
        "table": tables.moves(user, page.object_list),
        "pager": lists.pager(request, page),
        "act": top["act"] if len(open_accounts()) > 1 else None,
        "empty": ui.Empty("nothing", "没有专户之间的划转", "有两个在用的专户才能划转。"),
    }
    return render(request, "office/funds/list.html", context)


def register(request: HttpRequest) -> HttpResponse:
    """登记专户划转。"""
    user, form = the_user(request), MoveForm(request.POST or None, initial={"on": today()})
    words = (
        "登记专户划转",
        "登记",
        "登记以后由发放复核对照银行单核对, 核对无误才记账。",
        "已登记, 请发放复核核对。",
    )
    return acted(request, form, LIST, words, lambda: payments.register_move(**form.told(), by=user))


def _the(pk: int) -> tuple[AccountMove, list[ui.SummaryLine]]:
    found = get_object_or_404(queries.account_moves(), pk=pk)
    return found, [
        ui.SummaryLine("转出", f"{found.source.bank} 尾号 {found.source.last4}"),
        ui.SummaryLine("转出专户余额", f"{yuan(balance_of(found.source).left_fen)} 元"),
        ui.SummaryLine("转入", f"{found.target.bank} 尾号 {found.target.last4}"),
        ui.SummaryLine("单据号", found.document_no),
        ui.SummaryLine("日期", f"{found.on}"),
        ui.SummaryLine("金额", f"{yuan(found.fen)} 元", strong=True),
        ui.SummaryLine("登记人", f"{found.registered_by.name} {found.registered_on}"),
    ]


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """核对专户划转。"""
    (found, lines), user, form = _the(pk), the_user(request), KeyedForm(request.POST or None)
    back = reverse("fund_move_decline", args=[pk])
    return acted(request, form, LIST, CHECKING, lambda: payments.check_move(found, user), lines, back)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """退回专户划转。"""
    (found, lines), user, form = _the(pk), the_user(request), DeclineForm(request.POST or None)

    def effect() -> Any:
        return services.decline(found, form.cleaned_data["reason"], user)

    return acted(request, form, LIST, DECLINING, effect, lines)
