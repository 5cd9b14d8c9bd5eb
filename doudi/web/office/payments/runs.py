"""The payroll as it stands: months × schemes, one run in the order its money moves, its lines and changes."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Literal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.exchange.bank.formats import FORMATS
from doudi.law.money import yuan
from doudi.records.areas.models import Area
from doudi.records.areas.queries import full_names
from doudi.records.audit.services import look
from doudi.records.decisions.models import Decision
from doudi.records.desk.paying import Waiting, waiting_of
from doudi.records.payments import queries
from doudi.records.payments.bank import returns
from doudi.records.payments.comparing.difference import LABELS, Change
from doudi.records.payments.models import BankFile, PayLine, PayrollRun
from doudi.records.payments.periods import in_words, month_after, month_before
from doudi.records.payments.settling.standing import paid_through
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.payments import sections
from doudi.web.office.payments.forms import BuildForm, LinesFilter
from doudi.web.office.payments.register import register_pdf, slip_pdf
from doudi.web.office.payments.steps import next_step
from doudi.web.ui import components as ui
from doudi.web.ui.context import unit_name
from doudi.web.ui.print.sheets import REGISTER_ROWS
from doudi.web.ui.tables import Column, Link, Row, Table

MONTHS = 12
FORMAT_NAMES = {one.id: one.title for one in FORMATS.values()}
State = PayrollRun.State
LINES = (
    Column("序号", "number"), Column("领款人"), Column("户编号"), Column("村"), Column("人数", "number"),
    Column("金额", "money"), Column("账户"), Column("状态", "flags"), Column("原因"),
)  # fmt: skip
CHANGES = (
    Column("户编号"), Column("户主"), Column("变化"), Column("上月", "money"), Column("本月", "money"),
    Column("增减人数", "number"), Column("依据"),
)  # fmt: skip
JOB_STATES: dict[str, Literal["waiting", "running", "done", "failed"]] = {
    "queued": "waiting",
    "running": "running",
    "done": "done",
    "failed": "failed",
}
TONES = {
    PayLine.State.PAID: "good", PayLine.State.FAILED: "over", PayLine.State.RETURNED: "over",
    PayLine.State.UNKNOWN: "soon", PayLine.State.HELD: "soon",
}  # fmt: skip


def payroll(request: HttpRequest) -> HttpResponse:
    """各月各项目的发放批次; 发放经办从这里生成。"""
    found = list(queries.runs()[: MONTHS * 8])
    schemes = list(dict.fromkeys(sorted(run.scheme for run in found)))
    now = today().year * 100 + today().month
    months = sorted({now, *(run.month for run in found)} if found else [], reverse=True)[:MONTHS]
    regular = [run for run in found if run.kind == PayrollRun.Kind.REGULAR]
    by_place = {(run.month, run.scheme): run for run in regular}
    columns = [Column("月份"), *(Column(scheme_name(one)) for one in schemes), Column("合计", "money")]
    rows = [_month_row(month, schemes, by_place) for month in months]
    user = the_user(request)
    context = {
        "table": Table(
            columns, rows, foot=["已发至", *(_reached(one) for one in schemes), None], key="payroll"
        ),
        "form": build_form() if may_open(user, "payroll_build") else None,
        "waiting": [
            _waiting(user, one)
            for one in waiting_of([run for run in found if run.state != State.CLOSED], today())
        ],
        "to_ask": returns.long_unknown(today()).count(),
        "empty": ui.Empty("nothing", "还没有发放批次", "有在册待遇的项目, 由发放经办按月生成清册。"),
    }
    return render(request, "office/payments/payroll.html", context)


def _reached(scheme: str) -> str:
    month = paid_through(scheme)
    return in_words(month) if month else "还没有"


def _month_row(month: int, schemes: list[str], runs: dict[tuple[int, str], PayrollRun]) -> Row:
    mine = [runs.get((month, one)) for one in schemes]
    total = sum(run.total_fen for run in mine if run)
    return Row([in_words(month), *(_run_cell(run) for run in mine), total or None])


def _run_cell(run: PayrollRun | None) -> Any:
    if run is None:
        return "未生成"
    words = f"{run.lines_count:,} 笔 · {yuan(run.total_fen)} 元"
    return Link(str(run.get_state_display()), reverse("payroll_run", args=[run.pk]), words)


def _waiting(user: User, one: Waiting) -> tuple[str, str, str, ui.Tone]:
    """(batch, address, who does what next, its tone) of a run that is not finished: only one's own turn stands out."""
    assert one.run is not None  # asked of runs
    words = f"等{one.owner.label}: {one.act}" if one.owner else "已办结"
    tone: ui.Tone = "soon" if one.owner == user.role else ""
    return head(one.run)["run_name"], reverse("payroll_run", args=[one.run.pk]), words, tone


def build_form(data: Any = None) -> BuildForm:
    """生成清册的表单: 本月和前后一月, 城乡低保和特困等按月发放的项目。"""
    month = today().year * 100 + today().month
    months = [month, month_after(month), month_before(month)]
    schemes = [(one.id, one.name) for one in catalogue().schemes.values() if one.shape == "recurring"]
    return BuildForm(data, schemes=schemes, months=[(one, in_words(one)) for one in months])


def the_run(pk: int) -> PayrollRun:
    """一个批次; 没有就 404。"""
    return get_object_or_404(queries.runs(), pk=pk)


def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """一个批次: 按钱走的次序, 谁办了什么, 下一步归谁。"""
    run, user = the_run(pk), the_user(request)
    look(by=user, action="view", subject=run)
    building = run.state == State.BUILDING
    found = None if building else queries.difference(run)
    unexplained = found.unexplained if found else 0
    bank = queries.conservation(run)
    totals, steps, waiting = queries.totals(run), queries.stepper(run), queries.open_interceptions(run)
    context = {
        **head(run),
        **sections.filled(run, found, bank),
        **sections.kept(run, user),
        "sections": sections.sections(run, steps, waiting, unexplained, bank),
        "next_step": next_step(run, user, steps, waiting, unexplained),
        "totals": totals,
        "waiting": waiting,
        "tiles": _tiles(run, totals, waiting),
        "difference": _difference(run, found) if found and run.kind == PayrollRun.Kind.REGULAR else None,
        "job": _progress(run) if building else None,
        "is_locked": run.state not in (State.BUILDING, State.DRAFT),
    }
    return render(request, "office/payments/run.html", context)


def head(run: PayrollRun) -> dict[str, Any]:
    """批次各页都要的内容。"""
    mark = "" if run.kind == PayrollRun.Kind.REGULAR else str(run.get_kind_display())
    first, last = run.months
    months = in_words(last) if first == last else f"{in_words(first)}至{last % 100}月"
    return {
        "run": run,
        "run_name": f"{months}{scheme_name(run.scheme)}{mark}",
        "is_regular": not mark,
        "formats": FORMAT_NAMES,
    }


def _tiles(run: PayrollRun, totals: dict[str, Any], waiting: int) -> list[ui.Tile]:
    held = reverse("payroll_interceptions", args=[run.pk])
    listed = reverse("payroll_lines", args=[run.pk])
    return [
        ui.Tile(
            "本月应发" if _is_one_month(run) else "本批应发",
            yuan(totals["fen"]),
            "元",
            f"{totals['lines']:,} 笔",
            listed,
        ),
        ui.Tile("保障户数", f"{totals['households']:,}", "户", persons_words(run, totals["persons"]), listed),
        ui.Tile("待处理拦截", f"{waiting:,}", "条", "由发放复核逐条决定", held, "soon" if waiting else ""),
    ]


def persons_words(run: PayrollRun, persons: int) -> str:
    """几人; 一次发几个月的一人一个月算一人次。"""
    return f"{persons:,} {'人' if _is_one_month(run) else '人次'}"


def _is_one_month(run: PayrollRun) -> bool:
    return run.kind == PayrollRun.Kind.REGULAR and run.months[0] == run.month


def _difference(run: PayrollRun, found: queries.Difference) -> ui.Difference:
    here = reverse("payroll_changes", args=[run.pk])
    changes = []
    for kind in Change:
        told = found.sum_of(kind)
        if told.households:
            homes = {Change.NEW: told.households, Change.STOPPED: -told.households}.get(kind, 0)
            words = f"{told.households:,} 户, 每户都连到决定"
            changes.append(
                ui.Change(LABELS[kind], homes, told.persons, told.fen, words, f"{here}?change={kind}")
            )
    before, after = found.before, found.after
    last, now = ("上月", "本月") if _is_one_month(run) else ("上期末月", "本期末月")
    return ui.Difference(
        ui.Change(
            f"{last} ({in_words(month_before(run.months[0]))})", before.households, before.persons, before.fen
        ),
        changes,
        ui.Change(f"{now} ({in_words(run.month)})", after.households, after.persons, after.fen),
    )


def _progress(run: PayrollRun) -> ui.JobProgress | None:
    job = queries.job_of(run)
    if job is None:
        return None
    url = reverse("payroll_run", args=[run.pk])
    poll = reverse("payroll_progress", args=[run.pk])
    return ui.JobProgress(
        "生成发放清册",
        job.done,
        job.total,
        JOB_STATES[job.state],
        message=job.message,
        poll_url=poll,
        result_url=url,
    )


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """生成进度的片段, 页面每两秒取一次。"""
    job = _progress(the_run(pk))
    if job is None:
        raise Http404
    return render(request, "ui/parts/job.html", {"job": job})


def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """与上月的差异逐户: 每一行连到解释它的决定。"""
    run, user = the_run(pk), the_user(request)
    found = queries.difference(run)
    kind = request.GET.get("change", "")
    rows = [one for one in found.rows if kind not in list(Change) or one.change == kind]
    page = Paginator(rows, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    here = reverse("payroll_changes", args=[run.pk])
    tabs = [ui.Tab("全部", here, kind not in list(Change), len(found.rows))]
    tabs += [
        ui.Tab(LABELS[one], f"{here}?change={one}", kind == one, count)
        for one in Change
        if (count := found.sum_of(one).households)
    ]
    context = {
        **head(run),
        "tabs": tabs,
        "unexplained": found.unexplained,
        "table": Table(
            CHANGES, [_changed(one, shown_name(user, one.head)) for one in page.object_list], key="changes"
        ),
        "pager": lists.pager(request, page),
        "empty": ui.Empty("done", "与上月没有不同", "每一户的人数和金额都与上月一样。"),
    }
    return render(request, "office/payments/changes.html", context)


def _changed(one: Any, name: str) -> Row:
    cause: Any = ui.Flag("说不清, 查清才能锁定", "over")
    first = one.because[0] if one.because else None
    if first and not one.unexplained:
        more = f"另有 {len(one.because) - 1} 项" if len(one.because) > 1 else ""
        url = reverse("payroll_decision", args=[first.decision_id]) if first.decision_id else ""
        cause = Link(first.text, url, more) if url else first.text
    return Row(
        [one.household_no, name, LABELS[one.change], one.before_fen, one.after_fen, one.persons, cause]
    )


def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """一份决定: 只有发放要知道的: 文号、种类、日期、金额、理由、依据、开停的待遇。"""
    found = get_object_or_404(Decision.objects.select_related("household__village"), pk=pk)
    look(by=the_user(request), action="view", subject=found)
    context = {
        "decision": found,
        "scheme": scheme_name(found.scheme),
        "opened": [one.award for one in found.opens.select_related("award").order_by("pk")],
        "closed": found.closes.select_related("award").order_by("pk"),
    }
    return render(request, "office/payments/decision.html", context)


def lines(request: HttpRequest, pk: int) -> HttpResponse:
    """清册的行; 账号只有后四位。"""
    run, user = the_run(pk), the_user(request)
    form = LinesFilter(request.GET)
    form.is_valid()
    state = form.cleaned_data.get("state", "")
    page = lists.page_of(request, queries.lines_of(run, state))
    chips = [ui.Chip(str(PayLine.State(state).label), lists.without(request, "state"))] if state else []
    context = {
        **head(run),
        "filters": ui.FilterBar(list(form), chips, request.path if chips else ""),
        "table": _lines(user, run, page.object_list),
        "pager": lists.pager(request, page),
        "is_locked": run.state not in (State.BUILDING, State.DRAFT),
        "empty": ui.Empty("nomatch", "没有这样的行", "换个条件试试。", ui.Action("清除条件", request.path)),
    }
    return render(request, "office/payments/lines.html", context)


def household_url(user: User, household: int) -> str:
    """一户的发放经过: 发放岗看全县的, 别的岗位看自己辖区的。"""
    name = "payroll_household" if may_open(user, "payroll_household") else "household_money"
    return reverse(name, args=[household])


def _lines(user: User, run: PayrollRun, found: Iterable[PayLine]) -> Table:
    """Where one run pays several months, each line says which it is for."""
    if _is_one_month(run):
        return Table(LINES, [_line(user, one) for one in found], key="lines")
    columns = (LINES[0], Column("月份"), *LINES[1:])
    told = [(in_words(one.month), _line(user, one).cells) for one in found]
    return Table(columns, [Row([cells[0], month, *cells[1:]]) for month, cells in told], key="lines")


def _line(user: User, one: PayLine) -> Row:
    name = shown_name(user, one.payee.name)
    account = f"{one.bank} 尾号 {one.account_last4}" if one.account_last4 else None
    flag = ui.Flag(str(one.get_state_display()), TONES.get(PayLine.State(one.state), ""))  # type: ignore[arg-type]
    cells = [
        one.number,
        name,
        Link(one.household.no, household_url(user, one.household_id)),
        one.village.name,
        one.persons,
        one.amount_fen,
        account,
        [flag],
        one.reason,
    ]
    return Row(cells)


def registers(request: HttpRequest, pk: int) -> HttpResponse:
    """发放清册按乡镇打印; 笔数不多的可以整册打印。"""
    run = locked_run(pk)
    places = queries.by_township(run)
    names = full_names([code.ljust(12, "0") for code, _ in places])
    here = reverse("payroll_register", args=[run.pk])
    rows = [
        Row([Link(names[code.ljust(12, "0")], f"{here}?area={code}"), told.count, told.fen])
        for code, told in places
    ]
    count = sum(told.count for _, told in places)
    foot = ["全县", count, sum(told.fen for _, told in places)]
    columns = (Column("乡镇"), Column("笔数", "number"), Column("金额", "money"))
    context = {
        **head(run),
        "table": Table(columns, rows, foot=foot, key="registers"),
        "whole": here if count <= REGISTER_ROWS else "",
    }
    return render(request, "office/payments/registers.html", context)


def register(request: HttpRequest, pk: int) -> HttpResponse:
    """发放清册 PDF: 横版, 页小计, 总额大写; 锁定之后才有。Raises RegisterTooLong."""
    run = locked_run(pk)
    area = Area.objects.filter(code=request.GET.get("area", "").ljust(12, "0")).first()
    look(by=the_user(request), action="download", subject=run)
    user = the_user(request)
    content = register_pdf(
        run, area, unit_name=unit_name(), on=today(), demo=settings.DEMO, named=partial(shown_name, user)
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = (
        f'inline; filename="{run.batch_no}{"-" + area.code[:9] if area else ""}.pdf"'
    )
    response["Cache-Control"] = "no-store"
    return response


def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """代发文件交接单 PDF: 一份文件一张, 随文件交银行。"""
    file = get_object_or_404(BankFile.objects.select_related("run__maker"), pk=pk)
    look(by=the_user(request), action="download", subject=file.run)
    content = slip_pdf(file, unit_name=unit_name(), on=today(), demo=settings.DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file.run.batch_no}-jiaojiedan.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def locked_run(pk: int) -> PayrollRun:
    """锁定了的批次; 没有锁定就 404。"""
    run = the_run(pk)
    if run.state in (State.BUILDING, State.DRAFT):
        raise Http404
    return run
