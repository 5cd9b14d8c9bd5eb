"""A raise at the doors: the letters of each village, and the families whose change is decided by a case."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.areas.queries import full_name, full_names
from doudi.records.audit.services import look, look_at_all
from doudi.records.decisions import raise_queries as queries
from doudi.records.decisions.models import RaiseLine
from doudi.records.desk.paid import short_name
from doudi.records.reviews import services
from doudi.records.reviews.queries import raised_to_review
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.batches import Errand, Said, Shown, bar, begin, errand
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.decisions import letters as decision_letters
from doudi.web.office.raises.views import the_raise
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

WAITING = (
    Column("户主"), Column("乡镇 / 村"), Column("项目"), Column("调标结果"), Column("在册每月", "money"),
    Column("按新标准", "money"), Column("每月增减", "change"), Column("依据"),
)  # fmt: skip
TOLD = (
    Column("依据"), Column("乡镇 / 村"), Column("提高", "number", unit="户"), Column("已送达", "number", unit="户"),
    Column("告知书"),
)  # fmt: skip


def waiting(request: HttpRequest) -> HttpResponse:
    """调标以后要立案核实的各户: 降低、不再符合、保障的人有变; 勾选以后一次立案。"""
    user = the_user(request)
    page = lists.page_of(request, raised_to_review(user))
    may = may_open(user, "raise_reviews_open")
    batch = bar(request, page, "raise_reviews_open", "立案核实") if may else None
    look_at_all(
        by=user, action="view", subjects=[f"household:{one.household_id}" for one in page.object_list]
    )
    context = {
        **_tabs(request, user, page.paginator.count),
        "table": Table(WAITING, [_row(user, one) for one in page.object_list], key="raised", batch=batch),
        "pager": lists.pager(request, page),
        "empty": ui.Empty(
            "done", "没有要立案核实的", "调标签发以后, 降低、不再符合、保障的人有变的会列在这里。"
        ),
    }
    return render(request, "office/raises/homes.html", context)


def _tabs(request: HttpRequest, user: User, count: int | None = None) -> dict[str, list[ui.Tab]]:
    tabs = [("raise_homes", "要立案核实", count), ("raise_told", "告知书", None)]
    shown = [
        ui.Tab(label, reverse(name), reverse(name) == request.path, number)
        for name, label, number in tabs
        if may_open(user, name)
    ]
    return {"tabs": shown}


def _row(user: User, line: RaiseLine) -> Row:
    url, place = reverse("household", args=[line.household_id]), line.village
    cells = [
        Link(shown_name(user, line.household.head.name), url, line.household.no),
        f"{place.parent.name if place.parent else ''} · {place.name}", short_name(line.scheme),
        str(line.get_effect_display()), line.was_fen, line.now_fen or None, line.now_fen - line.was_fen,
        line.raising.proposal.document,
    ]  # fmt: skip
    return Row(cells, key=str(line.pk), url=url)


def _open_one(line: RaiseLine, user: User, said: Said, on: dt.date) -> object:
    return services.open_for_raise(line=line, by=user, on=on)


OPEN = errand(
    Errand(
        "raise_reviews_open", "立案", "已立案", "raise_homes",
        lambda user: RaiseLine.objects.visible_to(user).select_related("household__head").order_by("pk"),
        lambda user, said, on: raised_to_review(user), _open_one,
        lambda line: Shown(
            line.household.head.name, short_name(line.scheme), reverse("household", args=[line.household_id])
        ),
    )
)  # fmt: skip


def open_cases(request: HttpRequest) -> HttpResponse:
    """为勾选的、或者名单上全部的逐户立案, 立不了的写明为什么。"""
    return begin(request, OPEN)


def letters(request: HttpRequest) -> HttpResponse:
    """调标的告知书: 一批一村一份, 打印以后送到户, 送达照常登记。"""
    user = the_user(request)
    rows = queries.told(user)
    names = full_names(sorted({one.village for one in rows}))
    context = {
        **_tabs(request, user),
        "table": Table(TOLD, [_told(one, names[one.village]) for one in rows], key="told"),
        "deliver_url": reverse("deliver_queue") if may_open(user, "deliver_queue") and rows else "",
        "empty": ui.Empty("nothing", "还没有调标的告知书", "调标签发、写入以后, 各村的告知书在这里打印。"),
    }
    return render(request, "office/raises/homes.html", context)


def _told(one: queries.Told, place: str) -> Row:
    url = reverse("raise_letters", args=[one.raising.pk, one.village])
    cells = [one.raising.proposal.document, place, one.households, one.delivered,
             Link(f"打印 {one.households:,} 份", url)]  # fmt: skip
    return Row(cells, url=url)


def book(request: HttpRequest, pk: int, village: str) -> HttpResponse:
    """一个村的调标告知书 (PDF), 一户一份; 每次打印留痕。没有写决定的村没有。"""
    raising, user, on = the_raise(pk), the_user(request), today()
    get_object_or_404(Area, code=village)
    numbers = queries.letters(user, raising, village)
    if not numbers:
        raise Http404
    found = list(decision_letters.decisions_of(user).filter(pk__in=numbers).order_by("household_id"))
    look(by=user, action="print", subject=raising)
    look_at_all(by=user, action="print", subjects=[f"decision:{one.pk}" for one in found])
    title = f"{raising.proposal.document} 调标告知书 {full_name(village)}"
    response = HttpResponse(decision_letters.book(found, title, on), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="tiaobiao-{raising.pk}-{village}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
