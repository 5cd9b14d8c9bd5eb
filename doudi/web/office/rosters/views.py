"""Rolls as offices keep them: upload, look at what was read and what is wrong, take all of it in, keep the receipt."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.services import look
from doudi.records.decisions import rosters as services
from doudi.records.decisions.models import RosterImport
from doudi.records.jobs.models import Job
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.queries import names
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import the_user
from doudi.web.office.rosters.forms import CommitForm, UploadForm
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

State = RosterImport.State
TONES = {State.DONE: "good", State.FAULTY: "over", State.READY: "soon", State.RUNNING: "soon"}
LIST = (
    Column("文件"), Column("项目"), Column("辖区"), Column("户数", "number"), Column("人数", "number"),
    Column("月金额", "money"), Column("状态", "flags"), Column("上传"), Column("入库"),
)  # fmt: skip
PLACE = (Column("工作表"), Column("行", "number"), Column("列"))
ERRORS = (*PLACE, Column("规则"), Column("要改什么"))
DIFFERENT = (*PLACE[:2], Column("表上写的"), Column("算出来的"), Column("说明"))
AGAIN = (*PLACE[:2], Column("名册金额", "money"), Column("复算金额", "money"), Column("相差", "money"))
JOB_STATES = {"queued": "waiting", "running": "running", "done": "done", "failed": "failed"}


def rosters(request: HttpRequest) -> HttpResponse:
    """上传名册; 以前的名册列在下面。"""
    user = the_user(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        row = _received(request, form)
        if row is not None:
            if row.state == State.DONE:
                when = row.imported_on.isoformat() if row.imported_on else ""
                messages.warning(
                    request,
                    f"这份文件已由 {row.imported_by} 在 {when} 入库 (回执号 {row.pk}), 这次不起作用。",
                )
            return redirect("roster", pk=row.pk)
    page = lists.page_of(
        request, RosterImport.objects.visible_to(user).select_related("area").order_by("-uploaded_at")
    )
    known = names()
    context = {
        "form": form,
        "table": Table(LIST, [_row(one, known) for one in page.object_list], key="rosters"),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("nothing", "还没有导入过名册", "从上面上传一份; 先核对, 不会直接入库。"),
    }
    return render(request, "office/rosters/list.html", context)


def _received(request: HttpRequest, form: UploadForm) -> RosterImport | None:
    file: UploadedFile = form.cleaned_data["file"]
    try:
        return services.receive(
            data=file.read(), filename=file.name or "", scheme_id=form.cleaned_data["scheme"],
            area=form.cleaned_data["area"], by=the_user(request), on=today(),
        )  # fmt: skip
    except services.RosterUnreadable as refused:
        form.add_error("file", refused.text)
    except Refusal as refusal:
        form.add_error(None, refusal.text)
    return None


def _row(one: RosterImport, known: dict[str, str]) -> Row:
    url = reverse("roster", args=[one.pk])
    done = f"{known.get(one.imported_by, '')} {one.imported_on.isoformat()}" if one.imported_on else None
    cells: list[Any] = [
        Link(one.filename, url), scheme_name(one.scheme), one.area.name, one.households, one.persons, one.amount_fen,
        [_flag(one)], f"{known.get(one.uploaded_by, one.uploaded_by)} {one.uploaded_at:%Y-%m-%d}", done,
    ]  # fmt: skip
    return Row(cells, url=url)


def _flag(one: RosterImport) -> ui.Flag:
    return ui.Flag(str(one.get_state_display()), TONES[State(one.state)])  # type: ignore[arg-type]


def the_roster(request: HttpRequest, pk: int) -> RosterImport:
    """职权范围内的一份名册; 范围外的当作没有。"""
    seen = RosterImport.objects.visible_to(the_user(request)).select_related("area")
    return get_object_or_404(seen, pk=pk)


def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """一份名册: 读出了什么、哪里有错、哪里不一致、复算多少; 入库后是回执。"""
    row = the_roster(request, pk)
    look(by=the_user(request), action="view", subject=row)
    told = row.findings
    context = {
        "row": row,
        "flag": _flag(row),
        "scheme": scheme_name(row.scheme),
        "tiles": _tiles(row),
        "next_step": _next(request, row),
        "job": _progress(row),
        "errors": _errors(told["errors"]),
        "errors_count": told["errors_count"],
        "contradictions": _contradictions(told["contradictions"]),
        "again": told["again"],
        "again_table": _again(told["again"]["rows"]),
        "notes": told["notes"],
        "columns": told["columns"],
    }
    return render(request, "office/rosters/roster.html", context)


def _tiles(row: RosterImport) -> list[ui.Tile]:
    again = row.findings["again"]
    return [
        ui.Tile("读出", f"{row.households:,}", "户", f"{row.persons:,} 人"),
        ui.Tile("每月金额", yuan(row.amount_fen), "元"),
        ui.Tile(
            "行错误",
            f"{row.findings['errors_count']:,}",
            "处",
            tone="over" if row.findings["errors_count"] else "",
        ),
        ui.Tile("复算不同", f"{again['differing']:,}", "户", f"复算了 {again['counted']:,} 户"),
    ]


def _errors(errors: list[dict[str, Any]]) -> Table:
    rows = [Row([e["sheet"], e["row"], e["column"], e["rule"], e["text"]]) for e in errors]
    return Table(ERRORS, rows, compact=True, key="errors")


def _contradictions(found: list[dict[str, Any]]) -> Table:
    rows = [Row([c["sheet"], c["row"], c["stated"], c["computed"], c["text"]]) for c in found]
    return Table(DIFFERENT, rows, compact=True, key="contradictions", keyboard=False)


def _again(found: list[dict[str, Any]]) -> Table:
    rows = [Row([a["sheet"], a["row"], a["stated"], a["again"], a["again"] - a["stated"]]) for a in found]
    return Table(AGAIN, rows, compact=True, key="again", keyboard=False)


def _next(request: HttpRequest, row: RosterImport) -> ui.NextStep:
    if row.state == State.DONE:
        return ui.NextStep("已入库", ui.Action("看在册家庭", reverse("households")))
    if row.state == State.FAULTY:
        back = ui.Action("上传改好的名册", reverse("rosters"))
        text = f"{row.findings['errors_count']} 处错误要在原表里改好"
        return ui.NextStep("改好再传", others=[back], blocks=[ui.BlockLine(text, "有一处错误, 一户也不入库")])
    if not may_open(the_user(request), "roster_commit"):
        return ui.NextStep("等县级审批入库")
    return ui.NextStep("整份入库", ui.Action("核对无误, 去入库", reverse("roster_commit", args=[row.pk])))


def _progress(row: RosterImport) -> ui.JobProgress | None:
    job = Job.objects.filter(key__startswith=f"roster:{row.pk}:").order_by("-pk").first()
    if job is None or row.state == State.DONE:
        return None
    url = reverse("roster", args=[row.pk])
    poll = reverse("roster_progress", args=[row.pk])
    return ui.JobProgress(
        "名册入库", row.households if job.state == "done" else 0, row.households, JOB_STATES[job.state],  # type: ignore[arg-type]
        message=job.message, poll_url=poll, result_url=url,
    )  # fmt: skip


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """入库进度的片段。"""
    row = the_roster(request, pk)
    job = _progress(row)
    if job is None:
        if row.state != State.DONE:
            raise Http404
        url = reverse("roster", args=[row.pk])
        job = ui.JobProgress("名册入库", row.households, row.households, "done", result_url=url)
    return render(request, "ui/parts/job.html", {"job": job})


def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """入库: 二次确认; 有不一致的要写说明。"""
    row = the_roster(request, pk)
    count = len(row.findings["contradictions"])
    form = CommitForm(request.POST or None, must_note=bool(count))
    if request.method == "POST" and form.is_valid():
        try:
            job = services.begin_commit(
                row=row, by=the_user(request), on=today(), note=form.cleaned_data["note"]
            )
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            return _receipt(request, row, in_background=job is not None)
    confirm = ui.Confirm(
        f"入库 {row.filename}",
        _facts(row, count),
        "整份入库",
        reverse("roster", args=[row.pk]),
        "入库后这些家庭从本月起列入发放; 一户有问题就一户也不入库。",
        fields=list(form.visible_fields()),
        hidden={field.name: str(field.value() or "") for field in form.hidden_fields()},
    )
    return render(request, "office/rosters/commit.html", {"row": row, "form": form, "confirm": confirm})


def _receipt(request: HttpRequest, row: RosterImport, *, in_background: bool) -> HttpResponse:
    if in_background:
        messages.success(request, "名册较大, 已转到后台入库, 可以离开这一页。")
    else:
        messages.success(request, f"已入库 {row.households:,} 户 {row.persons:,} 人, 回执号 {row.pk}。")
    return redirect("roster", pk=row.pk)


def _facts(row: RosterImport, contradictions: int) -> list[ui.SummaryLine]:
    return [
        ui.SummaryLine("项目", scheme_name(row.scheme)),
        ui.SummaryLine("辖区", row.area.name),
        ui.SummaryLine("户数和人数", f"{row.households:,} 户 {row.persons:,} 人"),
        ui.SummaryLine("每月金额", f"{yuan(row.amount_fen)} 元", strong=True),
        ui.SummaryLine("依据", f"文件指纹 {row.sha256[:16]}…"),
        ui.SummaryLine("表上写的与算出来的不一致", f"{contradictions} 处"),
    ]
