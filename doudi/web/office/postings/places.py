"""The tip boxes and who opened them; the telephone numbers and places that every sheet carries."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.postings import objections, services
from doudi.records.postings.models import Hotline
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.postings.forms import BoxForm, HotlineForm
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Row, Table


def boxes(request: HttpRequest) -> HttpResponse:
    """意见箱: 乡镇两人一同开, 几封信记几封。"""
    user, on = the_user(request), today()
    form = BoxForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        take_effect(request, form.cleaned_data["key"], lambda: _open(user, form.cleaned_data, on))
        messages.success(request, "已登记开箱。每封信到公示管理里对着那一户登记, 途径选意见箱。")
        return redirect("boxes")
    page = lists.page_of(request, objections.openings(user).prefetch_related("taken"))
    columns = (
        Column("开箱日期", "day"), Column("村(社区)"), Column("开箱人"), Column("信件", "number", "封"),
        Column("已登记", "number", "条"),
    )  # fmt: skip
    rows = [
        Row([one.opened_on, one.village.name, f"{one.first.name}、{one.second.name}", one.letters,
             len(one.taken.all())])
        for one in page.object_list
    ]  # fmt: skip
    context = {
        "form": form,
        "table": Table(columns, rows),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", "还没有开箱记录", "开一次登记一次, 没有信也登记。"),
    }
    return render(request, "office/postings/boxes.html", context, status=422 if form.errors else 200)


def _open(user: User, data: dict[str, Any], on: dt.date) -> int:
    village = Area.objects.get(code=data["village"])
    opening = services.open_box(
        village=village, by=user, second=data["second"], letters=data["letters"], on=on
    )
    return int(opening.pk)


def hotlines(request: HttpRequest) -> HttpResponse:
    """监督电话、公示栏、意见箱: 各级各村一份, 印在榜上。"""
    user, on = the_user(request), today()
    code = request.GET.get("area") or areas.county().code
    known = [*areas.codes_above(areas.county().code)]
    area = get_object_or_404(Area, code=code)
    kept = {row.kind: row.text for row in Hotline.objects.filter(area=area)}
    form = HotlineForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        take_effect(request, form.cleaned_data["key"], lambda: _set(area, user, form.cleaned_data, on))
        messages.success(request, f"{area.name}的监督渠道已保存, 之后打印的榜照这个印")
        return redirect(f"{reverse('hotlines')}?area={area.code}")
    set_below = set(Hotline.objects.filter(area__parent=area).values_list("area", flat=True))
    below = [(child, child.code in set_below) for child in areas.children(area.code)]
    above = Area.objects.filter(code__in={*known, *areas.codes_above(area.code)}).order_by("code")
    context = {
        "area": area,
        "form": form,
        "above": above,
        "below": below,
        "at_village": area.level == "village",
    }
    return render(request, "office/postings/hotlines.html", context)


def _set(area: Area, user: User, data: dict[str, Any], on: dt.date) -> str:
    for kind in Hotline.Kind:
        services.set_hotline(area=area, kind=kind, text=data[kind], by=user, on=on)
    return area.code
