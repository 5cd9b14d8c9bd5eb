"""A rulebook on a page: its picture with a table twin, the SQL of a run, the versions of its rules by date."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doudi.law.diagram import diagram
from doudi.law.entities import Entity
from doudi.law.formula import formula
from doudi.law.library import BOOKS
from doudi.law.rulebook import UnknownValue
from doudi.law.rules import Input, Lift, Rule
from doudi.law.units import BY_NAME, show
from doudi.records.policies.rulebooks import (
    DIALECTS,
    Standing,
    Start,
    list_names,
    run_sql,
    standing,
    starts,
)
from doudi.store.today import today
from doudi.web.office.policies.pictures import picture
from doudi.web.ui import components as ui

LISTED = 8  # codes named in the table; the entry form has them all
TABS = {"tu": "图与表", "sql": "批量 SQL", "banben": "版本"}
UNITS = {unit: name for name, unit in BY_NAME.items()}


class RulesForm(forms.Form):
    """看哪一本规则书、哪一天的、哪一个值。"""

    book = forms.ChoiceField(
        label="规则书", required=False, choices=lambda: [(book.id, book.title) for book in BOOKS.values()]
    )
    on = forms.DateField(
        label="哪一天的",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"}),
    )

    def __init__(self, *args: Any, values: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = forms.ChoiceField(
            label="只看得出这个值的", required=False, choices=[("", "全部"), *values]
        )


@dataclass(frozen=True)
class Used:
    """一条规则用到的一项参数在这一天的值; 没有取值的 text 为空, 缺了就算不起来的 missing。"""

    label: str
    text: str
    source: str
    url: str
    missing: bool


@dataclass(frozen=True)
class Line:
    """表里的一个值。needs 和 users 是 (名字, 中文名)。"""

    name: str
    label: str
    note: str
    kind: str
    unit: str
    how: str
    needs: tuple[tuple[str, str], ...]
    users: tuple[tuple[str, str], ...]
    used: tuple[Used, ...]
    cite: str
    since: dt.date | None


def rulebook(request: HttpRequest) -> HttpResponse:
    """一本规则书在某一天: 图与表、批量 SQL、各个版本。"""
    form = RulesForm(request.GET)
    form.is_valid()
    book_id = form.cleaned_data.get("book") or next(iter(BOOKS))
    on = form.cleaned_data.get("on") or today()
    tab = request.GET.get("ye", "")
    tab = tab if tab in TABS else "tu"
    context = {"on": on, "book": BOOKS[book_id], "tab": tab, "tabs": _tabs(request, tab)}
    try:
        found = standing(book_id, settings.COUNTY, on)
    except UnknownValue as error:
        shown = _shown(form, book_id, on, [])
        return render(
            request, "office/policies/rulebook.html", context | {"filters": shown, "refused": str(error)}
        )
    context |= {
        "filters": _shown(form, book_id, on, _values(found) if tab == "tu" else []),
        "found": found,
        "counts": _counts(found),
        "kept": _kept(request, found),
        **_content(request, tab, found, form),
    }
    return render(request, "office/policies/rulebook.html", context)


def _content(request: HttpRequest, tab: str, found: Standing, form: RulesForm) -> dict[str, Any]:
    if tab == "sql":
        return _sql(request, found)
    if tab == "banben":
        return {"starts": [_start(found, one) for one in starts(found.book)]}
    return _drawn(found, str(form["value"].value() or ""))


# ---- head ----------------------------------------------------------------------------------------------


def _shown(form: RulesForm, book_id: str, on: dt.date, values: list[tuple[str, str]]) -> ui.FilterBar:
    """The form as it was understood; the choice of a value only where there is a picture."""
    wanted = str(form["value"].value() or "")
    given = {"book": book_id, "on": on, "value": wanted if wanted in dict(values) else ""}
    bound = RulesForm(initial=given, values=values)
    return ui.FilterBar([bound[name] for name in ("book", "on", *(("value",) if values else ()))])


def _tabs(request: HttpRequest, tab: str) -> list[ui.Tab]:
    kept = request.GET.copy()
    tabs = []
    for code, label in TABS.items():
        kept["ye"] = code
        tabs.append(ui.Tab(label, f"{request.path}?{kept.urlencode()}", active=code == tab))
    return tabs


def _values(found: Standing) -> list[tuple[str, str]]:
    paid = [pay.name for pay in found.book.payable]
    rest = [item.name for item in reversed(found.edition.order) if item.name not in paid]
    return [(name, found.edition.told[name].label) for name in (*paid, *rest) if name in found.edition.told]


def _counts(found: Standing) -> list[ui.Tile]:
    order = found.edition.order
    rules = sum(isinstance(item, Rule) for item in order)
    inputs = {name for item in order for name in item.needs} - set(found.edition.by_name)
    cited = {item.cite for item in order if item.cite}
    return [
        ui.Tile("规则", str(rules), "条", f"另有汇总 {len(order) - rules} 条"),
        ui.Tile("依据的条款", str(len(cited)), "处"),
        ui.Tile("用到的参数", str(len(found.edition.parameters)), "项",
                f"{len(found.missing)} 项这一天缺值" if found.missing else "选用的这一天都有取值",
                tone="soon" if found.missing else ""),
        ui.Tile("要录入的", str(len(inputs)), "项"),
    ]  # fmt: skip


def _kept(request: HttpRequest, found: Standing) -> dict[str, Any]:
    """Whether a stored assessment was made by just these rules and parameters."""
    version, digest = request.GET.get("banben_cun", ""), request.GET.get("zhiwen_cun", "")
    if not version and not digest:
        return {}
    return {
        "version": version,
        "digest": digest,
        "same": (version, digest) == (found.edition.version, found.digest),
        "rules_same": version == found.edition.version,
    }


# ---- picture and table ---------------------------------------------------------------------------------


def _drawn(found: Standing, value: str) -> dict[str, Any]:
    edition = found.edition
    value = value if value in edition.home else ""
    paid = [pay.name for pay in found.book.payable]
    drawn = diagram(edition, paid, value=value, inputs=bool(value))
    whole = diagram(edition, paid, value=value) if not value else drawn
    names = {box.name for box in whole.boxes}
    entities = [entity for lane in whole.lanes for entity in lane.entities]
    groups = [(entity.label, list(_lines(found, entity, names))) for entity in entities]
    label = edition.told[value].label if value else ""
    unseen = len(names) - len(drawn.boxes)
    return {"picture": picture(drawn, found.missing), "groups": groups, "only": label, "inputs": unseen}


def _lines(found: Standing, entity: Entity, names: set[str]) -> Iterable[Line]:
    edition = found.edition
    inputs = [one for one in found.book.inputs.values() if one.entity is entity and one.name in names]
    yield from (_input_line(found, one) for one in inputs)
    for item in edition.order:
        if item.entity is entity and item.name in names:
            yield _line(found, item)


def _line(found: Standing, item: Rule | Lift) -> Line:
    told = found.edition.told
    paid = any(pay.name == item.name for pay in found.book.payable)
    kind = "汇总" if isinstance(item, Lift) else "规则"
    paths = sorted(item.expr.leaves("parameter")) if isinstance(item, Rule) else []
    label = told[item.name].label
    return Line(
        name=item.name, label=label, note="" if item.title == label else item.title,
        kind=f"{kind} · 支付" if paid else kind, unit=UNITS.get(item.unit, ""),
        how=formula(item, told, found.parameters.declared),
        needs=_named(found, item.needs), users=_users(found, item.name),
        used=tuple(_used(found, path) for path in paths), cite=item.cite,
        since=item.since if isinstance(item, Rule) else None,
    )  # fmt: skip


def _input_line(found: Standing, one: Input) -> Line:
    if one.names:
        listed = [f"“{name}”" for name in one.names.values()]
        more = f"等 {len(listed)} 种" if len(listed) > LISTED else ""
        how = f"照实选：{''.join(listed[:LISTED])}{more}"
    elif isinstance(one.domain, tuple):
        low, high = (show(bound, one.unit) for bound in one.domain)
        how = f"{low} 至 {high}"
    else:
        how = "是或否" if one.unit.kind == "flag" else "照实录入"
    return Line(
        one.name,
        one.label,
        "",
        "录入",
        UNITS.get(one.unit, ""),
        how,
        (),
        _users(found, one.name),
        (),
        "",
        None,
    )


def _named(found: Standing, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, found.edition.told[name].label) for name in dict.fromkeys(names))


def _users(found: Standing, name: str) -> tuple[tuple[str, str], ...]:
    return _named(found, (item.name for item in found.edition.order if name in item.needs))


def _used(found: Standing, path: str) -> Used:
    leaf = found.parameters.leaves.get(path)
    url = reverse("parameter", args=[path])
    if leaf is None:
        return Used(found.label(path), "", "", url, path in found.missing)
    document = " ".join(part for part in (leaf.document, leaf.article) if part)
    text = show(leaf.value, leaf.unit, leaf.names or list_names().get(path)) or "没有"
    return Used(leaf.label, text, f"{document}, {leaf.since.isoformat()} 起", url, missing=False)


# ---- SQL and versions ----------------------------------------------------------------------------------


def _sql(request: HttpRequest, found: Standing) -> dict[str, Any]:
    dialect = request.GET.get("ku", "")
    dialect = dialect if dialect in DIALECTS else next(iter(DIALECTS))
    kept = request.GET.copy()
    tabs = []
    for code, (label, _) in DIALECTS.items():
        kept["ku"] = code
        tabs.append(ui.Tab(label, f"{request.path}?{kept.urlencode()}", active=code == dialect))
    if found.missing:
        lacking = [found.label(path) for path in sorted(found.missing)]
        return {"dialects": tabs, "lacking": lacking, "levels": {}}
    return {"dialects": tabs, "lacking": [], "levels": run_sql(found, dialect)}


def _start(found: Standing, one: Start) -> dict[str, Any]:
    declared = found.parameters.declared
    edition = found.book.edition(one.on)
    changed = [
        (edition.told[new.name].label, formula(new, edition.told, declared), written(old, found, one.on))
        for new, old in one.changed
    ]
    return {
        "on": one.on,
        "version": one.version,
        "standing": one.version == found.edition.version,
        "new": [edition.told[item.name].label for item in one.new],
        "changed": changed,
    }


def written(item: Rule | Lift, found: Standing, before: dt.date) -> str:
    """改动以前的写法。"""
    edition = found.book.edition(before - dt.timedelta(days=1))
    return formula(item, edition.told, found.parameters.declared)
