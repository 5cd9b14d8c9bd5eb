"""What happened and who looked, for those who audit; whether the trail is whole."""

import datetime as dt
import json
import re
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from doudi.law.masking import mask_name
from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.queries import verify
from doudi.records.audit.services import look
from doudi.records.staff.models import User
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.policies.links import rules_of_events
from doudi.web.office.settings.actions import codes_of, words_of
from doudi.web.office.settings.forms import TrailFilter
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

EVENTS = (
    Column("序号", "number"),
    Column("时间", "minute"),
    Column("操作人"),
    Column("动作"),
    Column("对象"),
    Column("内容"),
    Column("指纹"),
)
LOOKS = (Column("时间", "minute"), Column("查看人"), Column("动作"), Column("对象"), Column("用途"))
SHOWN = 90
FINGERPRINT = re.compile(r"\b[0-9a-f]{40,64}\b")
NAMES = frozenset({"name", "received_by", "member_present", "holder"})


def events(request: HttpRequest) -> HttpResponse:
    """审计事件, 新的在前。"""
    return _page(request, Event.objects.order_by("-seq"), EVENTS, "events")


def looks(request: HttpRequest) -> HttpResponse:
    """查看记录, 新的在前。"""
    return _page(request, Look.objects.order_by("-id"), LOOKS, "looks")


def _page(request: HttpRequest, rows: QuerySet[Any], columns: tuple[Column, ...], kind: str) -> HttpResponse:
    form = TrailFilter(request.GET)
    form.is_valid()
    chosen = {name: value for name in form.fields if (value := form.cleaned_data.get(name))}
    page = lists.page_of(request, _narrowed(rows, chosen))
    names = _names(page.object_list)
    write = partial(_event, rules=rules_of_events(page.object_list)) if kind == "events" else _look
    chips = [ui.Chip(str(value), lists.without(request, name)) for name, value in chosen.items()]
    look(by=the_user(request), action="view", subject=f"audit:{kind}")
    context = {
        "tabs": _tabs(kind),
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "table": Table(columns, [write(one, names) for one in page.object_list], compact=True, key=kind),
        "pager": lists.pager(request, page),
        "empty": _empty(request, bool(chips)),
    }
    return render(request, "office/settings/audit.html", context)


def _empty(request: HttpRequest, chosen: bool) -> ui.Empty:
    if chosen:
        return ui.Empty(
            "nomatch", "没有符合条件的记录", "换个条件试试。", ui.Action("清除条件", request.path)
        )
    return ui.Empty("nothing", "还没有记录", "有人办理或查看之后, 记录会列在这里。")


def _narrowed(rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
    if "actor" in chosen:
        rows = rows.filter(actor=chosen["actor"])
    if "action" in chosen:
        rows = rows.filter(Q(action__startswith=chosen["action"]) | Q(action__in=codes_of(chosen["action"])))
    if "subject" in chosen:
        rows = rows.filter(subject=chosen["subject"])
    if "day" in chosen:
        start = timezone.make_aware(dt.datetime.combine(chosen["day"], dt.time.min))
        rows = rows.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))
    return rows


def _names(rows: Any) -> dict[str, str]:
    logins = {one.actor for one in rows}
    return dict(User.objects.filter(username__in=logins).values_list("username", "name"))


def _who(login: str, names: dict[str, str]) -> str:
    return f"{names[login]} ({login})" if login in names else login


def _event(one: Event, names: dict[str, str], rules: dict[int, str]) -> Row:
    words = "; ".join(
        f"{key} {_plain(key, value, one)}" for key, value in json.loads(one.body).items() if value != ""
    )
    words = FINGERPRINT.sub(lambda found: found[0][:12] + "…", words)
    content: str | Link = words if len(words) <= SHOWN else words[:SHOWN] + "…"
    if one.seq in rules:
        content = Link(str(content), rules[one.seq], "看当时的规则和 SQL")
    return Row(
        [one.seq, one.at, _who(one.actor, names), words_of(one.action), one.subject, content, one.hash[:12]]
    )


def _plain(key: str, value: Any, one: Event) -> str:
    """Names of the people served are masked: who audits needs the act, not the person."""
    if key in NAMES and not one.subject.startswith("user:"):
        return mask_name(str(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _look(one: Look, names: dict[str, str]) -> Row:
    return Row([one.at, _who(one.actor, names), words_of(one.action), one.subject, one.purpose])


def _tabs(kind: str) -> list[ui.Tab]:
    told = (("events", "事件", "audit"), ("looks", "查看", "audit_looks"), ("verify", "核验", "audit_verify"))
    return [ui.Tab(label, reverse(name), active=kind == code) for code, label, name in told]


def verification(request: HttpRequest) -> HttpResponse:
    """核验审计链、查看记录和锚; 点了才核验。"""
    found = verify() if request.method == "POST" else None
    columns = (Column("种类"), Column("在哪里"), Column("不符之处"))
    faults = [Row([one.kind, one.place, one.message]) for one in found.faults[:500]] if found else []
    context = {
        "tabs": _tabs("verify"),
        "found": found,
        "table": Table(columns, faults, key="faults"),
        "anchors": Anchor.objects.order_by("-last_seq")[:10],
        "events": Event.objects.count(),
    }
    return render(request, "office/settings/verification.html", context)
