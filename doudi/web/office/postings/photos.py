"""Photographs of the boards, sent from a phone by whoever hung them; seen by the office through a guarded address."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doudi.records.audit.services import look
from doudi.records.postings import boards, services
from doudi.records.postings.models import BoardPhoto, Posting
from doudi.records.postings.queries import contacts
from doudi.records.staff.models import User
from doudi.store.kept import content
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.postings.forms import PhotoForm
from doudi.web.ui import components as ui

SHEETS = 50  # on one page


def sheets(request: HttpRequest) -> HttpResponse:
    """公示照片: 哪张榜该拍了, 拍了的看得到。"""
    user, on = the_user(request), today()
    page = Paginator(boards.hung_sheets(user, on), SHEETS).get_page(request.GET.get("page"))
    found = list(page.object_list)
    context = {
        "due": [_shown(one, on) for one in found if one.due(on)],
        "rest": [_shown(one, on) for one in found if not one.due(on)],
        "pager": lists.pager(request, page),
        "may_send": may_open(user, "board_photo_send"),
        "empty": ui.Empty("done", "没有要拍的榜", "张贴公示以后, 贴出的榜会列在这里。"),
    }
    return render(request, "office/postings/photos.html", context)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    """传回一张榜的照片: 手机上拍了就传。"""
    user, on = the_user(request), today()
    sheet = _sheet(user, pk)
    form = PhotoForm(
        request.POST or None, request.FILES or None, initial={"moment": sheet.due(on) or "first"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            take_effect(request, form.cleaned_data["key"], lambda: _send(sheet.posting, user, form, on))
        except (services.PhotoTooEarly, services.PhotoUnusable) as refusal:
            form.add_error("photo", refusal.text)
        else:
            messages.success(request, "照片已传回")
            return redirect("board_photos")
    context = {
        "sheet": _shown(sheet, on),
        "form": form,
        "place": contacts("board", sheet.posting.village_id)[:1],
    }
    return render(request, "office/postings/photo_send.html", context, status=422 if form.errors else 200)


def _send(posting: Posting, user: User, form: forms.Form, on: dt.date) -> int:
    data = form.cleaned_data["photo"].read()
    sent = services.send_photo(posting=posting, by=user, moment=form.cleaned_data["moment"], data=data, on=on)
    return int(sent.pk)


def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """一张公示照片; 榜上有姓名, 打开留痕。"""
    user = the_user(request)
    try:
        found = boards.photo(user, pk)
    except BoardPhoto.DoesNotExist:
        raise Http404 from None
    look(by=user, action="view", subject=found)
    response = HttpResponse(content(found.file), content_type=found.file.media_type)
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _sheet(user: User, pk: int) -> boards.HungSheet:
    try:
        return boards.hung_sheet(user, pk)
    except Posting.DoesNotExist:
        raise Http404 from None


def _shown(sheet: boards.HungSheet, on: dt.date) -> dict[str, object]:
    one = sheet.posting
    length, gone = (one.until_on - one.posted_on).days, (on - one.posted_on).days
    return {
        "pk": one.pk,
        "title": f"{one.village.name} · {one.get_station_display()}",
        "town": one.village.parent.name if one.village.parent else "",
        "posting": one,
        "households": sheet.households,
        "days": f"第 {gone} 天, 共 {length} 天" if gone <= length else "已期满",
        "due": dict(BoardPhoto.Moment.choices).get(sheet.due(on), ""),
        "missing": sheet.missing,
        "photos": sheet.photos,
    }
