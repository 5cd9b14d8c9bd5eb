"""Reviews that fall due: by month and place, opened in batch."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.law.clocks import first_of_month
from doudi.records.awards.models import Award
from doudi.records.desk import queues
from doudi.records.policies.queries import scheme_name
from doudi.records.reviews import services
from doudi.records.reviews.queries import due
from doudi.records.staff.models import User
from doudi.store.areas import code_range
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import Errand, Said, Shown, bar, begin, errand
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("户主"),
    Column("乡镇 / 村"),
    Column("项目"),
    Column("类别"),
    Column("人数", "number"),
    Column("每月", "money"),
    Column("应核查", "day"),
    Column("时限", "deadline"),
)
MONTHS = {"0": "本月底前", "1": "下月底前", "2": "三个月内"}


class DueForm(forms.Form):
    """筛选: 到什么时候为止、哪里。"""

    until = forms.ChoiceField(label="到期", choices=list(MONTHS.items()), required=False)
    area = forms.ChoiceField(label="乡镇 / 村", required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        areas = [(area.code, area.name) for area in queues.areas_to_choose(user)]
        self.areas = dict(areas)
        self.fields["area"].choices = [("", "不限"), *areas]  # type: ignore[attr-defined]

    def narrowing(self, on: dt.date) -> tuple[dt.date, str]:
        """到哪天为止、哪个辖区; 不认识的值当作不限。"""
        self.is_valid()
        later = int(self.cleaned_data.get("until") or 0)
        return first_of_month(on, later + 1) - dt.timedelta(days=1), self.cleaned_data.get("area", "")


def reviews_due(request: HttpRequest) -> HttpResponse:
    """到期复核: 应当核查的待遇, 勾选后立案入户。"""
    user, on = the_user(request), today()
    form = DueForm(request.GET, user=user)
    until, area = form.narrowing(on)
    rows = _listed(user, request.GET.dict(), on)
    page = lists.page_of(request, rows)
    may = may_open(user, "reviews_open")
    chips = [ui.Chip(form.areas[area], lists.without(request, "area"))] if area in form.areas else []
    batch = bar(request, page, "reviews_open", "立复核案") if may else None
    context = {
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "table": Table(
            COLUMNS, [_row(user, award, on) for award in page.object_list], key="due", batch=batch
        ),
        "pager": lists.pager(request, page),
        "until": until,
        "empty": ui.Empty(
            "done", "没有到期的复核", "下次核查日到了的在享家庭会列在这里; 可以把“到期”放宽看以后的。"
        ),
    }
    return render(request, "office/changes/due.html", context)


def _row(user: User, award: Any, on: dt.date) -> Row:
    home, place = award.household, award.village
    url = reverse("household", args=[home.pk])
    cells: list[Any] = [
        Link(shown_name(user, home.head.name), url),
        f"{place.parent.name if place.parent else ''} · {place.name}",
        scheme_name(award.scheme),
        award.klass or None,
        award.persons,
        award.amount_fen,
        award.review_on,
        ui.Deadline((award.review_on - on).days, award.review_on, "calendar"),
    ]
    return Row(cells, key=str(award.pk), url=url, amount_fen=award.amount_fen)


def _listed(user: User, said: Said, on: dt.date) -> Any:
    until, area = DueForm(said, user=user).narrowing(on)
    rows = due(user, until)
    if area:
        low, high = code_range(area)
        rows = rows.filter(village_id__gte=low, village_id__lte=high)
    return rows


def _pool(user: User) -> QuerySet[Award]:
    return Award.objects.visible_to(user).select_related("household__head").order_by("pk")


def _open_one(award: Award, user: User, said: Said, on: dt.date) -> None:
    for _, why in services.open_reviews(by=user, awards=[award.pk], on=on).skipped:
        raise Refusal(why)


OPEN = errand(
    Errand(
        "reviews_open", "立复核案", "已立复核案", "reviews_due", _pool, _listed, _open_one,
        lambda award: Shown(
            award.household.head.name, scheme_name(award.scheme), reverse("household", args=[award.household_id])
        ),
        unit="件",
    )
)  # fmt: skip


def reviews_open(request: HttpRequest) -> HttpResponse:
    """为勾选的、或者名单上全部的逐户立复核案, 立不了的写明为什么。"""
    return begin(request, OPEN)
