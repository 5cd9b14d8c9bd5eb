"""Standards and parameters, read-only: what stands, since when, by which document."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.records.policies.values import GROUPS, Value, history, label_of, values
from doudi.store.today import today
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
HISTORY = (
    Column("值"),
    Column("自", "day"),
    Column("止 (不含)", "day"),
    Column("文号"),
    Column("条款"),
    Column("范围"),
    Column("核对", "flags"),
)


class ParameterFilter(forms.Form):
    """筛选参数, 或看某一天的。"""

    text = forms.CharField(label="名称", required=False, max_length=30)
    group = forms.ChoiceField(
        label="类别", required=False, choices=[("", "不限"), *((g, g) for g in GROUPS.values())]
    )
    on = forms.DateField(
        label="哪一天的",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"}),
    )


def parameters(request: HttpRequest) -> HttpResponse:
    """全部参数在某一天的值。"""
    form = ParameterFilter(request.GET)
    form.is_valid()
    chosen = {name: value for name in form.fields if (value := form.cleaned_data.get(name))}
    on = chosen.get("on", today())
    rows = [one for one in values(settings.COUNTY, on) if _wanted(one, chosen)]
    groups = [(name, _table(name, [one for one in rows if one.group == name])) for name in GROUPS.values()]
    chips = [ui.Chip(str(value), lists.without(request, name)) for name, value in chosen.items()]
    context = {
        "on": on,
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "groups": [(name, table) for name, table in groups if table.rows],
        "unverified": sum(not one.is_verified and bool(one.text) for one in rows),
        "empty": ui.Empty(
            "nomatch", "没有符合条件的参数", "换个名称试试。", ui.Action("清除条件", request.path)
        ),
    }
    return render(request, "office/policies/parameters.html", context)


def _wanted(one: Value, chosen: dict[str, object]) -> bool:
    text, group = str(chosen.get("text", "")), chosen.get("group")
    return (text in one.label or text in one.path) and group in (None, one.group)


def _table(name: str, rows: list[Value]) -> Table:
    return Table(
        COLUMNS, [_row(one) for one in rows], key=f"group-{list(GROUPS.values()).index(name)}", keyboard=False
    )


def _row(one: Value) -> Row:
    url = reverse("parameter", args=[one.path])
    more = f"{one.versions} 个取值" if one.versions > 1 else ""
    source = f"{one.document} {one.article}".strip()
    return Row([Link(one.label, url, more), one.text, one.since, source, one.scope, [_mark(one)]], url=url)


def _mark(one: Value) -> ui.Flag:
    return ui.Flag(one.status, "good" if one.is_verified else "soon" if one.text else "")


def parameter(request: HttpRequest, path: str) -> HttpResponse:
    """一项参数的全部取值, 新的在前。"""
    label = label_of(path)
    if not label:
        raise Http404
    found = history(settings.COUNTY, path)
    rows = [
        Row(
            [one.text, one.since, one.until, one.document, one.article, one.scope, [_mark(one)]],
            here=_stands(one),
        )
        for one in found
    ]
    context = {
        "label": label,
        "path": path,
        "table": Table(HISTORY, rows, key="history", keyboard=False),
        "empty": ui.Empty(
            "nothing", "还没有取值", "政策包里没有给出这一项; 规则用到它时会停下来说明缺哪一项。"
        ),
    }
    return render(request, "office/policies/parameter.html", context)


def _stands(one: Value) -> bool:
    on = today()
    return one.since is not None and one.since <= on and (one.until is None or on < one.until)
