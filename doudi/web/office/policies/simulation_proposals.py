"""A change of policy on its way: propose, see what waits, sign or send back with a reason."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.language import RuleError
from doudi.law.library import BOOKS
from doudi.law.pack_text import typed
from doudi.law.packs import Parameters
from doudi.law.units import BY_NAME
from doudi.records.checks.simulating import BOOK
from doudi.records.checks.whatif import Change, shown, what_if
from doudi.records.policies import services
from doudi.records.policies.closed_months import open_from
from doudi.records.policies.models import PolicyProposal, ProposedValue, Scenario
from doudi.records.policies.proposals import proposals, scenarios
from doudi.records.policies.queries import packs, parameters
from doudi.records.policies.services.proposals import NewValue
from doudi.records.policies.written import TABLES, read, write
from doudi.records.staff.queries import names
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.acting import done_once
from doudi.web.office.cases.lists import page_of, pager
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.policies.simulation import area, tabs
from doudi.web.office.policies.simulation_forms import Asked
from doudi.web.office.policies.simulation_page import tiles
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

State = PolicyProposal.State
TONES = {State.PENDING: "soon", State.SIGNED: "good", State.SENT_BACK: "over", State.WITHDRAWN: ""}
LIST = (
    Column("改动"), Column("自", "day"), Column("文号"), Column("提出人"), Column("提出日期", "day"),
    Column("签发或退回人"), Column("状态", "flags"),
)  # fmt: skip
ITEMS = (Column("参数"), Column("原值"), Column("拟改为"), Column("条款"))
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"})


class ProposalForm(KeyedForm):
    """提出改动: 每项的新值、生效日、文号、条款、理由。"""

    since = forms.DateField(label="自哪天起", widget=DAY)
    document = forms.CharField(label="文号", max_length=120, help_text="如 汝民〔2026〕12号")
    article = forms.CharField(label="条款", max_length=60, required=False)
    reason = forms.CharField(label="改动理由", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, items: Sequence["Item"], since: dt.date) -> None:
        super().__init__(data, initial={"since": since})
        earliest = open_from()
        if earliest:
            self.fields["since"].help_text = f"最早 {earliest.isoformat()}; 以前的月份已经锁定发放"
        for one in items:
            widget = forms.Textarea(attrs={"rows": 4}) if one.is_table else forms.TextInput()
            self.fields[f"value:{one.path}"] = forms.CharField(
                label=f"{one.label}的新值{one.unit}", max_length=4000, initial=one.text, widget=widget,
                help_text=f"现行 {one.before or '没有取值'}",
                error_messages={"required": "请填写"},
            )  # fmt: skip
        self.order_fields(["key", *(f"value:{one.path}" for one in items)])

    def values(self, items: Sequence["Item"]) -> list[NewValue]:
        """各项新值。"""
        article = self.cleaned_data["article"]
        return [NewValue(one.path, self.cleaned_data[f"value:{one.path}"], article) for one in items]


class Item:
    """要提出的一项: 现行值和预填的新值。"""

    def __init__(self, rules: Parameters, path: str, text: str) -> None:
        declared, leaf = rules.declared[path], rules.leaves.get(path)
        self.path, self.label, self.text = path, declared.label, text
        self.is_table = declared.unit.kind in TABLES
        self.unit = f" ({declared.unit.suffix})" if declared.unit.suffix else ""
        self.before = shown(leaf.value, leaf.unit, leaf.names) if leaf else ""


def listed(request: HttpRequest) -> HttpResponse:
    """参数改动: 待签发的在前。"""
    page, known = page_of(request, proposals()), names()
    context = {
        "tabs": tabs(request, "proposals"),
        "table": Table(LIST, [_row(one, known) for one in page.object_list], key="proposals"),
        "pager": pager(request, page),
        "empty": ui.Empty(
            "nothing", "还没有参数改动", "先测算, 再从测算结果或某项参数的页面提出; 局领导签发后才生效。",
            ui.Action("去测算", reverse("simulation")),
        ),
    }  # fmt: skip
    return render(request, "office/policies/simulation_proposals.html", context)


def _row(one: PolicyProposal, known: Mapping[str, str]) -> Row:
    items = list(one.items.all())
    more = f"等 {len(items)} 项" if len(items) > 1 else ""
    url = reverse("proposal", args=[one.pk])
    text = f"{items[0].label}: {_words(items[0], items[0].before)} → {_words(items[0], items[0].value)}"
    cells = [
        Link(text, url, more), one.since, one.document, known.get(one.proposed_by, one.proposed_by),
        one.proposed_on, known.get(one.decided_by, one.decided_by) or None, [_flag(one)],
    ]  # fmt: skip
    return Row(cells, url=url)


def _words(item: ProposedValue, text: str) -> str:
    """A value as people say it: with its unit, a code by its name."""
    if not text:
        return "没有取值"
    unit, declared = BY_NAME[item.unit], packs().declared.get(item.path)
    return shown(typed(read(text, unit), unit), unit, declared.names if declared else {})


def _flag(one: PolicyProposal) -> ui.Flag:
    return ui.Flag(one.get_state_display(), TONES[State(one.state)])  # type: ignore[arg-type]


def propose(request: HttpRequest) -> HttpResponse:
    """提出改动: 从测算、从方案或从一项参数来。"""
    if not request.GET:
        messages.warning(request, "请先测算, 或从“标准与参数”里打开一项再提出。")
        return redirect("simulation")
    scenario, items, since = _asked(request)
    form = ProposalForm(request.POST or None, items, since)

    def proposed() -> PolicyProposal:
        given = {name: form.cleaned_data[name] for name in ("since", "document", "reason")}
        return services.propose(
            by=the_user(request), area_code=str(area())[:6], values=form.values(items), on=today(), scenario=scenario,
            **given,
        )  # fmt: skip

    if pk := done_once(request, form, proposed):
        messages.success(request, "改动已提出, 等局领导签发; 签发之前照旧。")
        return redirect("proposal", pk=pk)
    context = {"form": form, "scenario": scenario, "back": reverse("proposals")}
    return render(request, "office/policies/simulation_propose.html", context)


def _asked(request: HttpRequest) -> tuple[Scenario | None, list[Item], dt.date]:
    """What the address asks to change; an address that names nothing known does not exist."""
    number = request.GET.get("scenario", "")
    if number:
        if not (number.isascii() and number.isdigit()):
            raise Http404
        scenario = get_object_or_404(scenarios(), pk=int(number))
        on = dt.date(scenario.month // 100, scenario.month % 100, 1)
        rules = parameters(scenario.area_code, on)
        told = [(one["path"], one["value"]) for one in scenario.changes if one["path"] in rules.declared]
        return scenario, [Item(rules, *one) for one in told], on
    asked = Asked(request.GET, today())
    rules = parameters(area(), asked.on)
    path = request.GET.get("path", "")
    if path in rules.declared:
        leaf = rules.leaves.get(path)
        return None, [Item(rules, path, write(leaf.value, leaf.unit) if leaf else "")], asked.on
    changes = _resolved(asked)
    if not changes:
        raise Http404
    return None, [Item(rules, one.path, one.text) for one in changes], asked.on


def _resolved(asked: Asked) -> tuple[Change, ...]:
    try:
        return what_if(BOOKS[BOOK], area(), asked.on, asked.changes, asked.step).changes
    except (Refusal, RuleError):
        return ()


def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """一件改动: 原来多少、拟改多少、谁提的; 局领导在这里签发或退回。"""
    one = get_object_or_404(proposals(), pk=pk)
    return _page(request, one)


def _page(request: HttpRequest, one: PolicyProposal, form: forms.Form | None = None) -> HttpResponse:
    user = the_user(request)
    pending = one.state == State.PENDING
    items = [Row([i.label, _words(i, i.before), _words(i, i.value), i.article]) for i in one.items.all()]
    context = {
        "one": one,
        "flag": _flag(one),
        "table": Table(ITEMS, items, key="items", keyboard=False),
        "tiles": tiles(one.scenario.figures) if one.scenario else [],
        "form": form or SendBackForm(),
        "keyed": KeyedForm(),
        "may_sign": pending and may_open(user, "proposal_sign") and user.username != one.proposed_by,
        "may_withdraw": pending and one.proposed_by == user.username,
    }
    return render(request, "office/policies/simulation_proposal.html", context)


class SendBackForm(KeyedForm):
    """退回的理由。"""

    answer = forms.CharField(label="退回理由", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签发: 成为新的参数值。"""
    return _act(
        request, pk, KeyedForm(request.POST), "已签发, 自生效日起用; 旧值一直都在。",
        lambda one, _: services.sign(proposal=one, by=the_user(request), on=today()),
    )  # fmt: skip


def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """退回, 写明理由。"""
    return _act(
        request, pk, SendBackForm(request.POST), "已退回提出人。",
        lambda one, given: services.send_back(
            proposal=one, by=the_user(request), answer=given["answer"], on=today()
        ),
    )  # fmt: skip


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """提出人撤回。"""
    return _act(
        request, pk, KeyedForm(request.POST), "已撤回。",
        lambda one, _: services.withdraw(proposal=one, by=the_user(request), on=today()),
    )  # fmt: skip


def _act(
    request: HttpRequest,
    pk: int,
    form: KeyedForm,
    said: str,
    effect: Callable[[PolicyProposal, dict[str, Any]], PolicyProposal],
) -> HttpResponse:
    one = get_object_or_404(proposals(), pk=pk)
    if not form.is_valid():
        return _page(request, one, form if isinstance(form, SendBackForm) else None)
    try:
        take_effect(request, form.cleaned_data["key"], lambda: effect(one, form.cleaned_data).pk)
    except Refusal as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, said)
    return redirect("proposal", pk=pk)
