"""Standards and parameters, read-only: what stands, since when, by which document."""

import datetime as dt
from collections import Counter
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.law.library import BOOKS
from doudi.records.policies.rulebooks import users_of
from doudi.records.policies.values import Value, barred, books, history, label_of, standing, values, warnings
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("参数"),
    Column("值"),
    Column("自", "day"),
    Column("文号与条款"),
    Column("范围"),
    Column("核对", "flags"),
)
BARRED = (
    Column("待遇"),
    Column("与待遇"),
    Column("规定"),
    Column("自", "day"),
    Column("依据"),
    Column("范围"),
)
STATES = {"checked": "已核", "unchecked": "演示值、待核", "none": "没有取值"}
HISTORY = (
    Column("值"),
    Column("自", "day"),
    Column("止 (不含)", "day"),
    Column("文号"),
    Column("条款"),
    Column("范围"),
    Column("核对", "flags"),
)


ALL = "quanbu"
TABLE = "huchi"


class ParameterFilter(forms.Form):
    """筛选参数, 或看某一天的。"""

    text = forms.CharField(label="名称", required=False, max_length=30)
    state = forms.ChoiceField(label="核对", required=False, choices=[("", "不限"), *STATES.items()])
    on = forms.DateField(
        label="哪一天的",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"}),
    )


def parameters(request: HttpRequest) -> HttpResponse:
    """一个制度的参数在某一天的值; 按名称找时, 各制度的都找。"""
    form = ParameterFilter(request.GET)
    form.is_valid()
    chosen = {name: value for name in form.fields if (value := form.cleaned_data.get(name))}
    on = chosen.get("on", today())
    rows = [one for one in values(settings.COUNTY, on) if _wanted(one, chosen)]
    shown = _shown(request, chosen)
    mine = [one for one in rows if shown in (ALL, one.book)]
    chips = [ui.Chip(_said(name, value), lists.without(request, name)) for name, value in chosen.items()]
    context = {
        "on": on,
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "tabs": _tabs(request, rows, shown, on),
        "sections": [] if shown == TABLE else _sections(mine),
        "table": _barred(on) if shown == TABLE else None,
        "unverified": sum(not one.is_verified and bool(one.text) for one in mine),
        "warnings": warnings(),
        "empty": ui.Empty(
            "nomatch", "没有符合条件的参数", "换个名称试试。", ui.Action("清除条件", request.path)
        ),
    }
    return render(request, "office/policies/parameters.html", context)


def _shown(request: HttpRequest, chosen: dict[str, object]) -> str:
    """Which scheme is shown: the one asked for, all of them in a search, else the first."""
    wanted = request.GET.get("zhidu", "")
    if wanted in (ALL, TABLE, *books()):
        return wanted
    return ALL if "text" in chosen or "state" in chosen else books()[0]


def _tabs(request: HttpRequest, rows: list[Value], shown: str, on: dt.date) -> list[ui.Tab]:
    query = request.GET.copy()
    counts = Counter(one.book for one in rows)
    named = [(book, book, counts[book]) for book in books()]
    named += [(TABLE, "互斥", len(barred(settings.COUNTY, on))), (ALL, "全部", len(rows))]
    tabs = []
    for code, label, count in named:
        query["zhidu"] = code
        tabs.append(ui.Tab(label, f"{request.path}?{query.urlencode()}", active=code == shown, count=count))
    return tabs


def _sections(rows: list[Value]) -> list[tuple[str, list[tuple[str, Table]]]]:
    """Scheme → its groups, each a table."""
    found = []
    for book in dict.fromkeys(one.book for one in rows):
        mine = [one for one in rows if one.book == book]
        groups = list(dict.fromkeys(one.group for one in mine))
        tables = [(name, _table([one for one in mine if one.group == name], book, name)) for name in groups]
        found.append((book, tables))
    return found


def _said(name: str, value: object) -> str:
    return STATES.get(str(value), str(value)) if name == "state" else str(value)


def _wanted(one: Value, chosen: dict[str, object]) -> bool:
    text, state = str(chosen.get("text", "")), chosen.get("state")
    return (text in one.label or text in one.path) and state in (None, _state(one))


def _state(one: Value) -> str:
    if not one.text:
        return "none"
    return "checked" if one.is_verified else "unchecked"


def _table(rows: list[Value], book: str, group: str) -> Table:
    return Table(COLUMNS, [_row(one) for one in rows], key=f"group-{book}-{group}", keyboard=False)


def _row(one: Value) -> Row:
    url = reverse("parameter", args=[one.path])
    more = f"{one.versions} 个取值" if one.versions > 1 else ""
    source = f"{one.document} {one.article}".strip()
    return Row([Link(one.label, url, more), one.text, one.since, source, one.scope, [_mark(one)]], url=url)


def _barred(on: dt.date) -> Table:
    rows = [
        Row([one.first, one.second, one.rule, one.since, one.article, one.scope])
        for one in barred(settings.COUNTY, on)
    ]
    return Table(BARRED, rows, key="barred", keyboard=False)


def _mark(one: Value) -> ui.Flag:
    return ui.Flag(one.status, "good" if one.is_verified else "soon" if one.text else "")


def parameter(request: HttpRequest, path: str) -> HttpResponse:
    """一项参数的全部取值, 新的在前。"""
    label = label_of(path)
    if not label:
        raise Http404
    found = history(settings.COUNTY, path)
    here = standing(settings.COUNTY, path, today())
    rows = [
        Row(
            [one.text, one.since, one.until, one.document, one.article, one.scope, [_mark(one)]],
            here=one == here,
        )
        for one in found
    ]
    may = may_open(request.user, "proposal_new")
    context = {
        "label": label,
        "path": path,
        "propose_url": f"{reverse('proposal_new')}?{urlencode({'path': path})}" if may else "",
        "users": [
            (BOOKS[book].title, title, f"{reverse('rulebook')}?{urlencode({'book': book})}#v-{name}")
            for book, name, title in users_of(path)
        ],
        "table": Table(HISTORY, rows, key="history", keyboard=False),
        "empty": ui.Empty(
            "nothing", "还没有取值", "政策包里没有给出这一项; 规则用到它时会停下来说明缺哪一项。"
        ),
    }
    return render(request, "office/policies/parameter.html", context)
