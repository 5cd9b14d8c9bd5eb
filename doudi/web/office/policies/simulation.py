"""Simulation: change parameters on paper, see who and how much, export, keep; nothing here changes a policy."""

from typing import Any

import pyarrow as pa
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.law.library import BOOKS
from doudi.records.audit.services import look
from doudi.records.checks.scenarios import keep
from doudi.records.checks.simulating import BOOK, Simulated, near_households, simulate
from doudi.records.checks.simulation_sheets import workbook as written
from doudi.records.checks.whatif import adjustable
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import take_effect
from doudi.web.office.policies import simulation_page as laid
from doudi.web.office.policies.simulation_forms import Asked, ChangesForm, KeepForm, TermsForm, address
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEAR_SHOWN = 30
NEAR = (
    Column("户主"), Column("乡镇 / 村"), Column("人数", "number"), Column("家庭年收入", "money"),
    Column("改后年标准×人口", "money"), Column("距离", "percent"), Column("改前每月", "money"),
    Column("改后每月", "money"), Column("在册", "flags"),
)  # fmt: skip


def area() -> str:
    """本县的 12 位代码。"""
    return str(settings.COUNTY).ljust(12, "0")


def simulation(request: HttpRequest) -> HttpResponse:
    """测算: 填改动, 看结果; 提交后转到写着全部条件的地址。"""
    if request.method == "POST":
        return _chosen(request)
    asked = Asked(request.GET, today())
    context: dict[str, Any] = {
        "asked": asked,
        "tabs": tabs(request, "simulation"),
        "told": None,
        "refusal": "",
    }
    if asked.changes:
        try:
            context |= _results(request, asked, simulate(asked.question(area())))
        except Refusal as refusal:
            context["refusal"] = refusal.text
    context["groups"] = asked.changes_form(area()).grouped()
    return render(request, "office/policies/simulation.html", context)


def _chosen(request: HttpRequest) -> HttpResponse:
    """The form's ninety boxes become an address that says only what was changed."""
    terms = TermsForm(request.POST, today())
    if not terms.is_valid():
        messages.error(request, "请选月份、取整和带宽再测算")
        return redirect("simulation")
    given = terms.cleaned_data
    on = Asked(request.POST, today()).on
    changes = ChangesForm(request.POST, adjustable(BOOKS[BOOK], area(), on)).changes()
    if not changes:
        messages.warning(request, "还没有改任何参数, 请在要改的参数后面填新值。")
    return redirect(
        f"{reverse('simulation')}?{address(given['month'], given['step'], given['band'], changes)}"
    )


def _results(request: HttpRequest, asked: Asked, told: Simulated) -> dict[str, Any]:
    user, query = the_user(request), asked.address()
    chips = [
        ui.Chip(f"{one.label}: {one.after}", f"{reverse('simulation')}?{asked.address(one.path)}")
        for one in told.changes
    ]
    return {
        "told": told,
        "chips": chips,
        "near": _near(request, told.near),
        "near_more": max(told.near.num_rows - NEAR_SHOWN, 0),
        "keep": KeepForm() if may_open(user, "simulation_keep") else None,
        "keep_url": f"{reverse('simulation_keep')}?{query}",
        "propose_url": f"{reverse('proposal_new')}?{query}" if may_open(user, "proposal_new") else "",
        "xlsx_url": f"{reverse('simulation_xlsx')}?{query}",
        **shown(told.figures, [one.as_json() for one in told.changes]),
    }


def shown(figures: dict[str, Any], changes: list[dict[str, str]]) -> dict[str, Any]:
    """测算数字的各张表和图; 刚算的和存下的一样看。"""
    return {
        "figures": figures,
        "changes": laid.changes(changes),
        "tiles": laid.tiles(figures),
        "moves": laid.moved(figures),
        "places": laid.places(figures),
        "funds": laid.funds(figures),
        "spread": laid.spread(figures),
        "risen": laid.most_changed(figures),
        "blind_spots": laid.blind_spots(figures),
    }


def _near(request: HttpRequest, rows: pa.Table) -> Table:
    user = the_user(request)
    found = []
    for household, one in near_households(rows, NEAR_SHOWN):
        town = household.village.parent.name if household.village.parent else ""
        name = shown_name(user, household.head.name)
        url = reverse("household", args=[household.pk])
        flag = ui.Flag("在册", "good") if one["on_roll"] else ui.Flag("不在册", "")
        found.append(
            Row([Link(name, url, household.no), f"{town} · {household.village.name}", one["persons"],
                 one["income_fen"], one["line_fen"], one["distance_bp"], one["before_fen"] or None,
                 one["after_fen"] or None, [flag]], url=url)
        )  # fmt: skip
    return Table(NEAR, found, compact=True, key="near")


def workbook(request: HttpRequest) -> HttpResponse:
    """测算结果的 xlsx: 只有合计; 每次下载留痕。"""
    asked = Asked(request.GET, today())
    told = simulate(asked.question(area()))
    look(by=the_user(request), action="download", subject=f"simulation:{asked.month}")
    content = written(told.as_json(), on=today(), demo=settings.DEMO)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="doudi-simulation-{asked.month}.xlsx"'
    return response


def save(request: HttpRequest) -> HttpResponse:
    """把地址里写着的测算存成方案; 数字由系统重算, 不由表单带来。"""
    user, asked = the_user(request), Asked(request.GET, today())
    form = KeepForm(request.POST)
    back = f"{reverse('simulation')}?{asked.address()}"
    if not form.is_valid():
        messages.error(request, "请写方案名称 (60 字以内) 再保存")
        return redirect(back)
    title, question = form.cleaned_data["title"], asked.question(area())
    try:
        pk = take_effect(
            request, form.cleaned_data["key"],
            lambda: keep(by=user, title=title, question=question, on=today()).pk,
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.text)
        return redirect(back)
    messages.success(request, f"方案“{title}”已保存, 数字不再变。")
    return redirect("scenario", pk=pk)


def tabs(request: HttpRequest, here: str) -> list[ui.Tab]:
    """测算、方案、参数改动三页。"""
    named = (("测算", "simulation"), ("方案", "scenarios"), ("参数改动", "proposals"))
    user = the_user(request)
    return [
        ui.Tab(label, reverse(name), active=name == here) for label, name in named if may_open(user, name)
    ]
