"""A scheme put on an account in use, or taken off it, on pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from doudi.records.ledger import services
from doudi.records.ledger.models import SchemeChange
from doudi.records.ledger.services.special_accounts import REST
from doudi.records.ledger.special_accounts import scheme_changes, special_accounts
from doudi.records.policies.queries import scheme_name
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.funds import tables
from doudi.web.office.funds.acts import acted, schemes
from doudi.web.office.funds.forms import DeclineForm, SchemeChangeForm
from doudi.web.ui import components as ui

LIST = "fund_accounts"


def register(request: HttpRequest, pk: int) -> HttpResponse:
    """登记专户增减项目。"""
    found, user = get_object_or_404(special_accounts(), pk=pk), the_user(request)
    form = SchemeChangeForm(request.POST or None, schemes=schemes(), account=found)
    lines = [
        ui.SummaryLine("专户", f"{found.bank} 尾号 {found.last4}"),
        ui.SummaryLine("现在发放的项目", tables.schemes_of(found)),
    ]
    words = ("专户增减项目", "登记", "登记以后由发放复核核对, 核对次日起算。", "已登记, 请发放复核核对。")

    def effect() -> Any:
        return services.register_scheme_change(**form.told(), account=found, by=user)

    return acted(request, form, LIST, words, effect, lines)


def _the(pk: int) -> tuple[SchemeChange, list[ui.SummaryLine]]:
    found = get_object_or_404(scheme_changes(), pk=pk)
    name = scheme_name(found.scheme) if found.scheme else REST
    return found, [
        ui.SummaryLine("专户", f"{found.account.bank} 尾号 {found.account.last4}"),
        ui.SummaryLine("现在发放的项目", tables.schemes_of(found.account)),
        ui.SummaryLine("增加" if found.adds else "移出", name, strong=True),
        ui.SummaryLine("登记人", f"{found.registered_by.name} {found.registered_on}"),
    ]


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """核对专户增减项目。"""
    (found, lines), user, form = _the(pk), the_user(request), KeyedForm(request.POST or None)
    words = ("核对专户增减项目", "核对无误", "核对次日起算, 以前的收付不动。", "已核对, 明天起算。")
    back = reverse("fund_change_decline", args=[pk])
    return acted(request, form, LIST, words, lambda: services.check_scheme_change(found, user), lines, back)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """退回专户增减项目。"""
    (found, lines), user, form = _the(pk), the_user(request), DeclineForm(request.POST or None)
    words = ("退回专户增减项目", "退回", "退回的不生效; 登记人可以另登记。", "已退回。")

    def effect() -> Any:
        return services.decline_scheme_change(found, form.cleaned_data["reason"], user)

    return acted(request, form, LIST, words, effect, lines)
