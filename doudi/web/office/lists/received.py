"""Goods signed for by many at once: the ticked rows of a list, or all that have not signed yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from doudi.records.decisions import list_queries as queries
from doudi.records.decisions.models import ListBatch
from doudi.records.decisions.services import listing as services
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import chosen, key_of
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import take_effect
from doudi.web.ui import components as ui


def bar(user: User, one: ListBatch) -> ui.Batch | None:
    """批量登记签收的按钮; 没有等签收的、不归他登记的没有。"""
    waiting = queries.unsigned(one).count() if may_open(user, "listing_sign_for_all") else 0
    if not waiting:
        return None
    action = ui.Action("登记本人签收", reverse("listing_sign_for_all", args=[one.pk]), post=True)
    return ui.Batch("received", [action], matching=waiting, unit="人", with_sum=False)


def sign_for_all(request: HttpRequest, pk: int) -> HttpResponse:
    """登记勾选的人、或还没有签收的全部人领了实物; 有一个登记不了, 一个也不登记。"""
    one, user = get_object_or_404(queries.batches(), pk=pk), the_user(request)

    def effect() -> int:
        keys = chosen(request, lambda _: queries.unsigned(one))
        services.sign_for_all(batch=one, rows=keys, by=user, on=today())
        return len(keys)

    try:
        count = take_effect(request, key_of(request), effect)
    except Refusal as refusal:
        messages.error(request, f"一个也没有登记: {refusal.text}")
    else:
        messages.success(request, f"已登记 {count:,} 人签收。")
    return redirect("listing", one.pk)
