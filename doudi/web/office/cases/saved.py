"""Conditions kept under a name, for oneself, on the list where they were chosen."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from doudi.records.staff import services
from doudi.records.staff.queries import saved_filters
from doudi.store.refusal import Refusal
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import PlainForm
from doudi.web.ui.walking import SavedFilters

PAGES = ("cases", "households")  # lists whose conditions can be kept


class SaveForm(PlainForm):
    """存下的名字和条件。"""

    name = forms.CharField(label="名字", max_length=20)
    query = forms.CharField(max_length=300)


def bar(request: HttpRequest, page: str, query: str) -> SavedFilters:
    """一张名单上存下的筛选。"""
    kept = [
        (one.name, f"{reverse(page)}?{one.query}", reverse("filter_drop", args=[one.pk]))
        for one in saved_filters(the_user(request), page)
    ]
    return SavedFilters(kept, reverse("filter_save", args=[page]), query)


def save(request: HttpRequest, page: str) -> HttpResponse:
    """存下这张名单现在的条件, 只给自己用。"""
    user, form = the_user(request), SaveForm(request.POST)
    if page not in PAGES or not may_open(user, page):
        raise Http404
    if not form.is_valid():
        messages.warning(request, "没有存下: 请给这个筛选起个名字, 20 字以内")
        return redirect(page)
    try:
        kept = services.save_filter(by=user, page=page, **form.cleaned_data)
    except Refusal as refusal:
        messages.warning(request, refusal.text)
        return redirect(f"{reverse(page)}?{form.cleaned_data['query']}")
    messages.success(request, f"已存下筛选“{kept.name}”, 只有您自己看得到")
    return redirect(f"{reverse(page)}?{kept.query}")


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """删去自己存下的一个筛选。"""
    page = services.drop_filter(by=the_user(request), pk=pk)
    if not page:
        raise Http404
    return redirect(page)
