"""The working calendar, and in the demo the day the office believes it is."""

import calendar as months_of
import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.workdays import Calendar
from doudi.records.audit.services import record
from doudi.records.policies import services
from doudi.records.policies.models import Workday
from doudi.records.policies.queries import calendar
from doudi.records.staff.models import Role
from doudi.records.staff.queries import names
from doudi.store.refusal import Refusal
from doudi.store.today import move_to, today
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.settings.forms import DemoDayForm, WorkdayForm
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Row, Table

WEEKDAYS = "一二三四五六日"
FIRST_YEAR, LAST_YEAR = 2015, 2045


@dataclass(frozen=True)
class Square:
    """日历的一格: 几号、样子 (rest 放假, work 调休上班, weekend, plain, blank)、名称、是不是今天。"""

    number: int
    kind: str
    name: str = ""
    here: bool = False


@dataclass(frozen=True)
class Month:
    """一个月: 标题、六周以内的格子、工作日数。"""

    label: str
    weeks: list[list[Square]]
    working: int


def workdays(request: HttpRequest) -> HttpResponse:
    """今年的工作日历。"""
    return redirect("workdays_year", year=today().year)


def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """一年的工作日历: 系统管理员可以录入放假和调休。"""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    user, known = the_user(request), calendar()
    may_edit = user.role == Role.SYSTEM
    form = WorkdayForm(request.POST or None)
    if request.method == "POST" and may_edit and form.is_valid():
        try:
            take_effect(request, form.cleaned_data["key"], lambda: _set(request, form))
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, "日历已更改, 之后排定的时限按新的日历计算。")
            return redirect("workdays_year", year=year)
    context = {
        "year": year,
        "form": form,
        "may_edit": may_edit,
        "assumed": known.is_assumed(year),
        "months": [_month(known, year, month) for month in range(1, 13)],
        "rows": Workday.objects.filter(day__year=year).order_by("day"),
        "table": _table(year),
        "working": sum(known.is_working(day) for day in _days(year)),
        "previous": reverse("workdays_year", args=[year - 1]),
        "next": reverse("workdays_year", args=[year + 1]),
        "empty": ui.Empty(
            "nothing", f"{year} 年还没有录入放假调休", "国务院办公厅公布后, 由系统管理员录入。"
        ),
    }
    return render(request, "office/settings/workdays.html", context)


def _set(request: HttpRequest, form: WorkdayForm) -> int:
    given = form.cleaned_data
    return services.set_days(
        by=the_user(request), first=given["first"], last=given["last"], is_working=given["kind"] == "work",
        name=given["name"],
    )  # fmt: skip


def _days(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]


def _month(known: Calendar, year: int, month: int) -> Month:
    weeks = months_of.Calendar(0).monthdatescalendar(year, month)
    squares = [[_square(known, day, month) for day in week] for week in weeks]
    working = sum(known.is_working(day) for week in weeks for day in week if day.month == month)
    return Month(f"{month} 月", squares, working)


def _square(known: Calendar, day: dt.date, month: int) -> Square:
    if day.month != month:
        return Square(0, "blank")
    name, weekend = known.name(day), day.weekday() >= 5
    if name:
        kind = "work" if known.is_working(day) else "rest"
    else:
        kind = "weekend" if weekend else "plain"
    return Square(day.day, kind, name, day == today())


def _table(year: int) -> Table:
    columns = (
        Column("日期", "day"),
        Column("星期"),
        Column("安排", "flags"),
        Column("名称"),
        Column("录入人"),
    )
    known = names()
    rows = [
        Row([one.day, WEEKDAYS[one.day.weekday()], _flag(one), one.name, known.get(one.set_by, one.set_by)])
        for one in Workday.objects.filter(day__year=year).order_by("day")
    ]
    return Table(columns, rows, compact=True, key="workdays", keyboard=False)


def _flag(row: Workday) -> list[ui.Flag]:
    return [ui.Flag("上班", "soon") if row.is_working else ui.Flag("放假", "good")]


def load(request: HttpRequest, year: int) -> HttpResponse:
    """载入随系统发布的一年安排。"""
    count = services.load_year(by=the_user(request), year=year)
    messages.success(request, f"已载入 {year} 年放假调休 {count} 天, 原来录入的没有改动。")
    return redirect("workdays_year", year=year)


def clear(request: HttpRequest, year: int) -> HttpResponse:
    """去掉一天的安排。"""
    try:
        day = dt.date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None
    services.clear_day(by=the_user(request), day=day)
    messages.success(request, f"{day.isoformat()} 已恢复为按周末推算。")
    return redirect("workdays_year", year=year)


def demo_day(request: HttpRequest) -> HttpResponse:
    """拨动演示日期; 正式环境没有这一页。"""
    if not settings.DEMO:
        raise Http404
    form = DemoDayForm(request.POST or None, initial={"day": today()})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        take_effect(request, form.cleaned_data["key"], lambda: _move(request, day))
        messages.success(request, f"演示日期已拨到 {day.isoformat()}。")
        return redirect("demo_day")
    steps = [
        ("明天", today() + dt.timedelta(days=1)),
        ("公示期满之后 (8 天后)", today() + dt.timedelta(days=8)),
        ("下月 1 日", (today().replace(day=1) + dt.timedelta(days=32)).replace(day=1)),
    ]
    return render(request, "office/settings/demo_day.html", {"form": form, "today": today(), "steps": steps})


@transaction.atomic
def _move(request: HttpRequest, day: dt.date) -> str:
    before = today()
    move_to(day)
    record(by=the_user(request), action="demo.day", subject="demo:day", before=before, after=day)
    return day.isoformat()
