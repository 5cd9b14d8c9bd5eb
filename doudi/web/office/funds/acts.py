"""What people do with the funds: register, check, decline, set a budget, close a month. One page an act."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.ledger import queries, services
from doudi.records.ledger.models import FundReceipt, MonthClose, WorkVoucher
from doudi.records.ledger.services.closing import in_words
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.store.today import today
from doudi.web.office.acting import Words, confirmed
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.funds.forms import BudgetForm, DeclineForm, MonthForm, ReceiptForm, WorkForm
from doudi.web.office.funds.views import open_months, tabs
from doudi.web.office.payments.forms import PasswordForm
from doudi.web.ui import components as ui

UNPAID_SHAPES = frozenset({"status", "service"})


def schemes() -> list[tuple[str, str]]:
    """要花钱的救助项目。"""
    return [(key, one.name) for key, one in catalogue().schemes.items() if one.shape not in UNPAID_SHAPES]


def acted(
    request: HttpRequest,
    form: KeyedForm,
    back: str,
    words: Words,
    effect: Callable[[], Any],
    lines: Sequence[ui.SummaryLine] = (),
    decline_url: str = "",
) -> HttpResponse:
    """资金的一页确认和它的回答。"""
    return confirmed(
        request, form, words, effect, template="office/funds/act.html", back=reverse(back), facts=lines,
        context={"tabs": tabs(back), "decline_url": decline_url}, refuse=words[1] == "退回",
    )  # fmt: skip


def register(request: HttpRequest) -> HttpResponse:
    """登记资金到账。"""
    user = the_user(request)
    form = ReceiptForm(request.POST or None, schemes=schemes(), initial={"on": today()})
    words = (
        "登记资金到账",
        "登记",
        "登记以后由发放复核对照银行单核对, 核对无误才记账。",
        "已登记, 请发放复核核对。",
    )
    return acted(
        request, form, "fund_receipts", words, lambda: services.register_receipt(**form.told(), by=user)
    )


def _receipt(pk: int) -> tuple[FundReceipt, list[ui.SummaryLine]]:
    found = get_object_or_404(queries.fund_receipts(), pk=pk)
    return found, [
        ui.SummaryLine("级次和种类", f"{found.get_level_display()} {found.get_kind_display()}"),
        ui.SummaryLine("文号或单据号", found.document_no),
        ui.SummaryLine("用于", scheme_name(found.scheme) if found.scheme else "全部救助"),
        *(
            [ui.SummaryLine("到账专户", f"{found.account.bank} 尾号 {found.account.last4}")]
            if found.account
            else []
        ),
        *_told(found),
    ]


def _told(found: FundReceipt | WorkVoucher) -> list[ui.SummaryLine]:
    return [
        ui.SummaryLine("日期", f"{found.on}"),
        ui.SummaryLine("金额", f"{yuan(found.fen)} 元", strong=True),
        ui.SummaryLine("登记人", f"{found.registered_by.name} {found.registered_on}"),
    ]


def _work(pk: int) -> tuple[WorkVoucher, list[ui.SummaryLine]]:
    found = get_object_or_404(queries.work_vouchers(), pk=pk)
    return found, [
        ui.SummaryLine("收支", str(found.get_kind_display())),
        ui.SummaryLine("用途", found.purpose),
        ui.SummaryLine("单据号", found.document_no),
        *_told(found),
    ]


CHECKING = (
    "核对单据",
    "核对无误, 记账",
    "请对照银行单逐项核对; 记账以后不能改, 有出入的请退回。",
    "已核对, 已记账。",
)
DECLINING = ("退回单据", "退回", "退回的不记账; 登记人可以另登记一张。", "已退回。")


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """核对资金到账。"""
    (found, lines), user, form = _receipt(pk), the_user(request), KeyedForm(request.POST or None)
    back = reverse("fund_decline", args=[pk])
    return acted(request, form, "fund_receipts", CHECKING, lambda: services.check(found, user), lines, back)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """退回资金到账。"""
    (found, lines), user, form = _receipt(pk), the_user(request), DeclineForm(request.POST or None)
    effect = lambda: services.decline(found, form.cleaned_data["reason"], user)  # noqa: E731
    return acted(request, form, "fund_receipts", DECLINING, effect, lines)


def register_work(request: HttpRequest) -> HttpResponse:
    """登记工作经费的收支。"""
    user, form = the_user(request), WorkForm(request.POST or None, initial={"on": today()})
    words = (
        "登记工作经费",
        "登记",
        "工作经费与救助资金分开记; 由发放复核核对之后记账。",
        "已登记, 请发放复核核对。",
    )
    return acted(request, form, "fund_work", words, lambda: services.register_work(**form.told(), by=user))


def check_work(request: HttpRequest, pk: int) -> HttpResponse:
    """核对工作经费的单据。"""
    (found, lines), user, form = _work(pk), the_user(request), KeyedForm(request.POST or None)
    back = reverse("fund_work_decline", args=[pk])
    return acted(request, form, "fund_work", CHECKING, lambda: services.check(found, user), lines, back)


def decline_work(request: HttpRequest, pk: int) -> HttpResponse:
    """退回工作经费的单据。"""
    (found, lines), user, form = _work(pk), the_user(request), DeclineForm(request.POST or None)
    effect = lambda: services.decline(found, form.cleaned_data["reason"], user)  # noqa: E731
    return acted(request, form, "fund_work", DECLINING, effect, lines)


def budget(request: HttpRequest) -> HttpResponse:
    """登记或调整预算。"""
    user = the_user(request)
    form = BudgetForm(request.POST or None, schemes=schemes(), initial={"year": today().year})
    words = ("登记预算", "登记", "调整另登记一次, 以前的留着, 最后一次算数。", "预算已登记。")

    def effect() -> Any:
        given = {name: form.cleaned_data[name] for name in ("scheme", "year", "fen", "document_no")}
        return services.set_budget(**given, by=user)

    return acted(request, form, "fund_budgets", words, effect)


def prepare(request: HttpRequest) -> HttpResponse:
    """结账。"""
    user = the_user(request)
    form = MonthForm(request.POST or None, months=open_months())
    words = (
        "结账",
        "结账",
        "记下到月末为止的试算平衡表, 由发放复核确认; 确认以前可以重新结。",
        "已结账, 请发放复核确认。",
    )
    return acted(
        request, form, "fund_months", words, lambda: services.prepare_close(form.cleaned_data["month"], user)
    )


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认月结。"""
    close, user = get_object_or_404(queries.month_closes(), pk=pk), the_user(request)
    form = PasswordForm(request.POST or None, user=user)
    lines = _closed(close)
    words = (
        f"确认{in_words(close.month)}月结",
        "确认月结",
        "确认以后不能再往这个月和以前记账, 也不能撤销。",
        "月结已确认。",
    )
    return acted(request, form, "fund_months", words, lambda: services.confirm_close(close, user), lines)


def _closed(close: MonthClose) -> list[ui.SummaryLine]:
    return [
        ui.SummaryLine("月份", in_words(close.month)),
        ui.SummaryLine("账务", f"{close.txns:,} 笔"),
        ui.SummaryLine("借贷合计", f"{yuan(sum(row[1] for row in close.trial))} 元", strong=True),
        ui.SummaryLine("结账", f"{close.prepared_by.name} {close.prepared_on}"),
        ui.SummaryLine("平衡表指纹", close.sha256[:16]),
    ]
