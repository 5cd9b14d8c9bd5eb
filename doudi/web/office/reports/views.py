"""The month's figures for a place: tables first, two charts with their tables, and a workbook."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from doudi.law.money import yuan
from doudi.records.areas.models import Area
from doudi.records.areas.queries import county, townships
from doudi.records.audit.services import look
from doudi.records.payments.periods import month_before
from doudi.records.policies.queries import scheme_name
from doudi.records.reports import queries
from doudi.records.reports import sheets as report_sheets
from doudi.records.staff.models import User
from doudi.store.areas import contains
from doudi.store.today import today
from doudi.web.office.cases.page import the_user
from doudi.web.office.reports import pictures
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCHEMES = (
    Column("项目"), Column("户数", "number"), Column("人数", "number"), Column("月金额", "money"),
    Column("人均", "money"), Column("新增户", "number"), Column("新增人", "number"), Column("退出户", "number"),
    Column("退出人", "number"), Column("覆盖率", "percent"),
)  # fmt: skip
REASONS = (Column("理由"), Column("户数", "number"))
CLASSES = (Column("类别"), Column("户数", "number"), Column("人数", "number"))
CLASS_NAMES = {"full": "全护理", "half": "半护理", "A": "A 类", "B": "B 类", "C": "C 类"}
MONTHS_BACK = 24


class WhereForm(forms.Form):
    """看哪个月、哪个地方。"""

    month = forms.TypedChoiceField(label="月份", coerce=int, required=False)
    area = forms.ChoiceField(label="地区", required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        months, areas = _months(), _areas(user)
        super().__init__({"month": str(months[0]), "area": areas[0].code} | data.dict())
        self.fields["month"].choices = [(one, f"{one // 100} 年 {one % 100} 月") for one in months]  # type: ignore[attr-defined]
        self.fields["area"].choices = [(one.code, one.name) for one in areas]  # type: ignore[attr-defined]
        self.first = (months[0], areas[0].code)

    def chosen(self) -> tuple[int, str]:
        """选定的月份和地区; 不认识的按本月、本辖区。"""
        self.is_valid()
        month, area = self.cleaned_data.get("month"), self.cleaned_data.get("area")
        return month or self.first[0], area or self.first[1]


def _months() -> list[int]:
    month = today().year * 100 + today().month
    found = [month]
    while len(found) < MONTHS_BACK:
        found.append(month_before(found[-1]))
    return found


def _areas(user: User) -> list[Area]:
    """The user's own area first, then what lies in it: nothing outside."""
    top = county()
    known = [top, *townships(top.code)]
    return [one for one in known if user.area_id and contains(user.area_id, one.code)] or [top]


def statistics(request: HttpRequest) -> HttpResponse:
    """月报。"""
    user = the_user(request)
    form = WhereForm(request.GET, user=user)
    month, area = form.chosen()
    report = queries.report(month, area)
    told, places = report.told, report.places
    context = {
        "filters": ui.FilterBar(list(form)),
        "place": Area.objects.get(code=area).name,
        "month": month,
        "told": told,
        "base": told.base,
        "tiles": _tiles(told),
        "schemes": _schemes(told),
        "places": _places(places, area),
        "reasons": _reasons(told),
        "classes": _classes(told),
        "spending": pictures.spending(month, area),
        "places_chart": pictures.places(places, month),
        "carried": [(scheme_name(one), count) for one, count in report.carried.items()],
        "xlsx": reverse("statistics_xlsx") + "?" + urlencode({"month": str(month), "area": area}),
        "empty": ui.Empty(
            "nothing", "这个月这个地方没有在册对象", "换个月份或地区; 待遇从决定次月的 1 日开始计入。"
        ),
    }
    return render(request, "office/reports/statistics.html", context)


def workbook(request: HttpRequest) -> HttpResponse:
    """月报的 xlsx; 每次下载留痕。"""
    month, area = WhereForm(request.GET, user=the_user(request)).chosen()
    look(by=the_user(request), action="download", subject=f"statistics:{month}:{area}")
    content = report_sheets.workbook(queries.statistics(month, area), month, on=today(), demo=settings.DEMO)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="doudi-{month}-{area}.xlsx"'
    return response


def _tiles(told: queries.Statistics) -> list[ui.Tile]:
    rows = told.schemes
    households, persons = sum(r.households for r in rows), sum(r.persons for r in rows)
    came, went = sum(r.entered.persons for r in rows), sum(r.left.persons for r in rows)
    homes_in, homes_out = sum(r.entered.households for r in rows), sum(r.left.households for r in rows)
    return [
        ui.Tile("月末在册", f"{persons:,}", "人", f"{households:,} 户"),
        ui.Tile("每月保障金额", yuan(sum(r.amount_fen for r in rows)), "元", "各项目相加"),
        ui.Tile(
            "本月新增", f"{came:,}", "人", f"{homes_in:,} 户{_moved('迁入', [r.moved_in for r in rows])}"
        ),
        ui.Tile(
            "本月退出", f"{went:,}", "人", f"{homes_out:,} 户{_moved('迁出', [r.moved_out for r in rows])}"
        ),
    ]


def _moved(word: str, heads: list[queries.Heads]) -> str:
    """Moves within the county are no entries and no exits, but the roll of a township follows from them too."""
    homes, persons = sum(one.households for one in heads), sum(one.persons for one in heads)
    return f"; 另县内{word} {homes:,} 户 {persons:,} 人" if homes or persons else ""


def _schemes(told: queries.Statistics) -> Table:
    rows = [
        Row([scheme_name(r.id), r.households, r.persons, r.amount_fen, r.average_fen, r.entered.households,
             r.entered.persons, r.left.households, r.left.persons, r.coverage_bp])
        for r in told.schemes
    ]  # fmt: skip
    total = [sum(row.cells[place] for row in rows) for place in (1, 2, 3, 5, 6, 7, 8)]
    foot = ["合计", *total[:3], None, *total[3:], None]
    return Table(SCHEMES, rows, foot=foot, key="schemes", keyboard=False)


def _places(places: list[queries.Place], area: str) -> Table:
    """One row a place: persons of each scheme, then all persons and the money."""
    schemes = list(dict.fromkeys(one.scheme for one in sorted(places, key=lambda one: -one.persons)))
    found: dict[str, dict[str, queries.Place]] = {}
    for one in places:
        found.setdefault(one.code, {})[one.scheme] = one
    columns = [Column("地区"), *(Column(scheme_name(one), "number", unit="人") for one in schemes)]
    columns += [Column("合计", "number", unit="人"), Column("月金额", "money")]
    rows = [_place_row(code, mine, schemes, area) for code, mine in found.items()]
    sums = [sum(one.persons for one in places if one.scheme == scheme) for scheme in schemes]
    foot = ["合计", *sums, sum(sums), sum(one.amount_fen for one in places)]
    return Table(columns, rows, foot=foot, compact=True, key="places")


def _place_row(code: str, mine: dict[str, queries.Place], schemes: list[str], area: str) -> Row:
    url = f"{reverse('households')}?{urlencode({'area': code})}"
    name = next(iter(mine.values())).name
    persons = [mine[one].persons if one in mine else None for one in schemes]
    whole = [sum(one.persons for one in mine.values()), sum(one.amount_fen for one in mine.values())]
    return Row([Link(name, url) if code != area else name, *persons, *whole])


def _reasons(told: queries.Statistics) -> Table:
    rows = [
        Row([f"{queries.reason_label(one.id, code)} ({scheme_name(one.id)})", count])
        for one in told.schemes
        for code, count in sorted(one.left.by_reason.items(), key=lambda item: -item[1])
    ]
    rows += [
        Row([f"增减: {queries.reason_label(one.id, code)} ({scheme_name(one.id)})", count])
        for one in told.schemes
        for code, count in sorted(one.changed.items(), key=lambda item: -item[1])
    ]
    return Table(REASONS, rows, compact=True, key="reasons", keyboard=False)


def _classes(told: queries.Statistics) -> Table:
    rows = [
        Row([f"{scheme_name(one.id)} {CLASS_NAMES.get(klass.id, klass.id)}", klass.households, klass.persons])
        for one in told.schemes
        for klass in one.classes
    ]
    return Table(CLASSES, rows, compact=True, key="classes", keyboard=False)
