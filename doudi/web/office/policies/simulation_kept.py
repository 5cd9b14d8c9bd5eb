"""Scenarios that were kept: the list, one as it was frozen, several side by side."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from doudi.law.money import yuan
from doudi.records.policies.proposals import open_proposal_of, scenarios
from doudi.records.staff.queries import names
from doudi.web.office.access import may_open
from doudi.web.office.cases.lists import page_of, pager
from doudi.web.office.cases.page import the_user
from doudi.web.office.policies.simulation import shown, tabs
from doudi.web.office.policies.simulation_page import delta
from doudi.web.ui import charts
from doudi.web.ui import components as ui
from doudi.web.ui.chart_base import Point
from doudi.web.ui.tables import Column, Link, Row, Table

LIST = (
    Column("方案"), Column("月份"), Column("改动"), Column("改后每月", "money"), Column("每月增减", "change"),
    Column("新进", "number", unit="户"), Column("退出", "number", unit="户"), Column("测算人"),
    Column("测算日期", "day"),
)  # fmt: skip
MOST = 4


def listed(request: HttpRequest) -> HttpResponse:
    """存下的方案, 新的在前; 勾几个并排看。"""
    page = page_of(request, scenarios())
    known = names()
    batch = ui.Batch(
        "compare", [ui.Action("并排看", reverse("scenarios_compare"))], unit="个方案", with_sum=False
    )
    context = {
        "tabs": tabs(request, "scenarios"),
        "table": Table(LIST, [_row(one, known) for one in page.object_list], key="scenarios", batch=batch),
        "pager": pager(request, page),
        "empty": ui.Empty(
            "nothing", "还没有存下的方案", "在“测算”里改几项参数, 看过结果后存成方案, 就能在这里并排比。",
            ui.Action("去测算", reverse("simulation")),
        ),
    }  # fmt: skip
    return render(request, "office/policies/simulation_list.html", context)


def month_words(month: int) -> str:
    """202701 写成 2027 年 1 月。"""
    return f"{month // 100} 年 {month % 100} 月"


def _row(one: Any, known: dict[str, str]) -> Row:
    told, url = one.figures, reverse("scenario", args=[one.pk])
    changed = ", ".join(f"{change['label']} {change['after']}" for change in one.changes)
    monthly = told["after"]["amount_fen"] - told["before"]["amount_fen"]
    cells = [
        Link(one.title, url), f"{one.month // 100}-{one.month % 100:02}", changed, told["after"]["amount_fen"], monthly,
        told["moves"]["in"]["households"], told["moves"]["out"]["households"], known.get(one.by, one.by), one.on,
    ]  # fmt: skip
    return Row(cells, key=str(one.pk), url=url)


def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """一个方案: 当时算出的数字, 不重算。"""
    one = get_object_or_404(scenarios(), pk=pk)
    may_propose = may_open(the_user(request), "proposal_new")
    query = [("month", str(one.month)), *(("set", f"{c['path']}={c['value']}") for c in one.changes)]
    context = {
        "one": one,
        "told": None,
        "month": month_words(one.month),
        "open": open_proposal_of(one),
        "propose_url": f"{reverse('proposal_new')}?{urlencode([('scenario', one.pk)])}"
        if may_propose
        else "",
        "again_url": f"{reverse('simulation')}?{urlencode([*query, ('step', '100'), ('band', '500')])}",
        **shown(one.figures, one.changes),
    }
    return render(request, "office/policies/simulation_kept.html", context)


def compared(request: HttpRequest) -> HttpResponse:
    """几个方案并排: 每行一个数, 每列一个方案。"""
    wanted = [int(text) for text in request.GET.getlist("row") if text.isascii() and text.isdigit()][:MOST]
    found = list(scenarios().filter(pk__in=wanted))[::-1]
    context = {
        "table": _side_by_side(found) if len(found) > 1 else None,
        "chart": _chart(found) if len(found) > 1 else None,
        "most": MOST,
        "empty": ui.Empty(
            "nomatch", "要选两个以上的方案", f"在方案名单里勾选 2 到 {MOST} 个, 再按“并排看”。",
            ui.Action("回方案名单", reverse("scenarios")),
        ),
    }  # fmt: skip
    return render(request, "office/policies/simulation_compare.html", context)


def _side_by_side(found: Sequence[Any]) -> Table:
    told = [one.figures for one in found]
    lines: list[tuple[str, list[Any]]] = [
        ("月份", [month_words(one.month) for one in found]),
        ("改动", ["; ".join(f"{c['label']} {c['before']} → {c['after']}" for c in one.changes) for one in found]),
        ("改前每月 (元)", [yuan(t["before"]["amount_fen"]) for t in told]),
        ("改后每月 (元)", [yuan(t["after"]["amount_fen"]) for t in told]),
        ("每月增减 (元)", [delta(t["after"]["amount_fen"] - t["before"]["amount_fen"]) for t in told]),
        ("全年增减 (元)", [delta(t["year"]["after_fen"] - t["year"]["before_fen"]) for t in told]),
        ("改后户数", [f"{t['after']['households']:,}" for t in told]),
        ("改后人数", [f"{t['after']['persons']:,}" for t in told]),
        *(
            (f"{label}户数", [f"{t['moves'][name]['households']:,}" for t in told])
            for name, label in (("in", "新进"), ("out", "退出"), ("up", "提高"), ("down", "降低"))
        ),
        ("测算日期", [one.on.isoformat() for one in found]),
    ]  # fmt: skip
    columns = [Column("项目"), *(Column(one.title) for one in found)]
    return Table(columns, [Row([label, *cells]) for label, cells in lines], key="side", keyboard=False)


def _chart(found: Sequence[Any]) -> charts.Chart:
    told = [(one.title, one.figures["year"]) for one in found]
    points = [Point(title, max(year["after_fen"], 0)) for title, year in told]
    most = max(told, key=lambda row: row[1]["after_fen"])
    title = f"“{most[0]}”最多, 全年 {yuan(most[1]['after_fen'])} 元"
    return charts.columns(
        "yearly",
        title,
        "万元, 改后全年 (按 12 个月)",
        points,
        unit="money",
        dimension="方案",
        measure="改后全年",
    )
