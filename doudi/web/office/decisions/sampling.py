"""C2, the county's sample: how the month stands, draw, the list, who goes, what they found, and the draw again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.decisions import sampled, services
from doudi.records.decisions.models import SampleDraw
from doudi.records.desk import deciding
from doudi.records.policies.queries import scheme_name
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.batches import ticked
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.decisions import letters, tables
from doudi.web.office.decisions.forms import AssignForm, CountyVisitForm, bytes_of
from doudi.web.office.decisions.views import PAGE_OF
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

EMPTY = ui.Empty("nothing", "还没有抽过签", "有案件等着抽查时, 上面会出现“抽签”。")


def samples(request: HttpRequest) -> HttpResponse:
    """县级抽查: 本月应抽、已抽、已去, 待抽签的各批, 历次抽签。"""
    user, on = the_user(request), today()
    page = lists.page_of(request, sampled.draws_of(user))
    month = on.year * 100 + on.month
    context = {
        "standings": [(scheme_name(one.scheme), one) for one in sampled.standing_of(user, month)],
        "month": f"{on.year} 年 {on.month} 月",
        "pools": [_pool(pool) for pool in sampled.pools(user, on)],
        "key": KeyedForm()["key"],
        "table": _draws(page.object_list),
        "pager": lists.pager(request, page),
        "empty": EMPTY,
    }
    return render(request, "office/decisions/samples.html", context)


def _pool(pool: sampled.Pool) -> dict[str, Any]:
    return {
        "scheme": pool.scheme, "name": scheme_name(pool.scheme), "stage": pool.stage, "month": pool.month,
        "when": str(SampleDraw.Stage(pool.stage).label), "size": len(pool.cases), "must": len(pool.must),
        "rate_bp": pool.rate_bp, "needed": sampled.needed(len(pool.cases), pool.rate_bp),
    }  # fmt: skip


def _draws(rows: Any) -> Table:
    columns = (
        Column("抽签编号"), Column("项目"), Column("时机"), Column("日期", "day"), Column("名单", "number", "件"),
        Column("比例", "percent"), Column("抽中", "number", "件"),
    )  # fmt: skip
    return Table(
        columns,
        [
            Row(
                [
                    Link(one.no, reverse("sample", args=[one.pk])), scheme_name(one.scheme), one.get_stage_display(),
                    one.on, len(one.frame), one.rate_bp, len(one.drawn),
                ],
                url=reverse("sample", args=[one.pk]),
            )
            for one in rows
        ],
        key="draws",
    )  # fmt: skip


def sample_draw(request: HttpRequest) -> HttpResponse:
    """抽签。"""
    user, on = the_user(request), today()
    form = KeyedForm(request.POST)
    month = request.POST.get("month", "")
    if not form.is_valid() or not month.isdigit():
        return redirect("samples")
    made = take_effect(
        request, form.cleaned_data["key"],
        lambda: services.draw(
            by=user, scheme=request.POST.get("scheme", ""), stage=request.POST.get("stage", ""),
            month=int(month), on=on,
        ).pk,
    )  # fmt: skip
    return redirect("sample", made)


def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """一次抽签: 种子、名单、重算核对; 勾选抽中的派给入户的人。"""
    user, on = the_user(request), today()
    found = get_object_or_404(sampled.draws_of(user), pk=pk)
    rows = sampled.entries_of(found)
    form = AssignForm(request.POST or None, visitors=deciding.colleagues(user))
    if request.method == "POST" and form.is_valid():
        chosen = list(rows.filter(pk__in=ticked(request)).exclude(result="passed"))
        data = form.cleaned_data
        take_effect(
            request, data["key"],
            lambda: services.assign_visitors(entries=chosen, by=user, visitors=list(data["visitors"]), on=on),
        )  # fmt: skip
        said = f"已派 {len(chosen)} 件" if chosen else "还没有勾选要派的案件"
        (messages.success if chosen else messages.warning)(request, said)
        return redirect("sample", pk)
    context = {
        "draw": found,
        "scheme": scheme_name(found.scheme),
        "by": letters.name_of(found.by),
        "verified": services.verified(found),
        "needed": sampled.needed(len(found.frame), found.rate_bp),
        "table": tables.entries(rows, PAGE_OF),
        "form": form,
    }
    return render(request, "office/decisions/sample.html", context)


def sample_case(request: HttpRequest, pk: int) -> HttpResponse:
    """抽中的一件: 登记县级入户看到的情况; 不符的退回, 已确认的立案更正。"""
    case, user, on = opened(request, pk), the_user(request), today()
    form = CountyVisitForm(
        request.POST or None, request.FILES or None, visitors=deciding.visitors(user), auto_id="visit_%s"
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            take_effect(
                request, data["key"],
                lambda: str(services.county_visit(
                    case=case, by=user, second=data["second"], note=data["note"], agrees=data["agrees"] == "yes",
                    photo=bytes_of(data["photo"]), on=on,
                )),
            )  # fmt: skip
        except Refusal as refusal:
            refused = refusal.text
        else:
            messages.success(request, f"已登记 {case.household.head.name} 的县级入户")
            return redirect("sample_case", pk)
    sheet = deciding.sheet(case, user, on)
    context = {**frame(request, case, "case"), "sheet": sheet, "form": form, "refused": refused}
    return render(request, "office/decisions/sample_case.html", context)
