"""Back-pay and corrections: built here, beside the months' own runs; what the bank could not pay and who decides."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.services import look
from doudi.records.payments import queries, services
from doudi.records.payments.models import PayLine, PayrollRun, Release
from doudi.records.payments.periods import in_words, month_after
from doudi.records.payments.settling.reasons import Stuck, Why, stuck_lines, whys
from doudi.records.policies.queries import catalogue, scheme_name
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.acting import confirmed
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.payments.forms import BesideForm, ReleaseForm
from doudi.web.office.payments.runs import head, the_run
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

Kind = PayrollRun.Kind
RUNS = (Column("批次"), Column("种类"), Column("笔数", "number"), Column("金额", "money"), Column("现在"))
STUCK = (
    Column("领款人"), Column("户编号"), Column("项目"), Column("月份"), Column("金额", "money"),
    Column("银行的原因"), Column("现在"),
)  # fmt: skip
WHYS = (
    Column("领款人"), Column("户编号"), Column("月份"), Column("金额", "money"), Column("为什么"),
)  # fmt: skip
BUILDS = {Kind.BACKPAY: services.build_backpay, Kind.CORRECTION: services.build_correction}


def beside(request: HttpRequest) -> HttpResponse:
    """补发和更正: 起一个批次, 看已有的批次和没有发成的各笔。"""
    user = the_user(request)
    stuck = stuck_lines()
    page = Paginator(stuck, lists.PAGE_SIZE).get_page(request.GET.get("page"))
    runs = queries.runs().exclude(kind=Kind.REGULAR)[:50]
    context = {
        "form": beside_form() if may_open(user, "payroll_beside_build") else None,
        "runs": Table(RUNS, [_run(one) for one in runs], key="beside-runs"),
        "stuck": Table(STUCK, [_stuck(one, user) for one in page.object_list], key="beside-stuck"),
        "pager": lists.pager(request, page),
        "no_runs": ui.Empty(
            "nothing", "还没有补发和更正的批次", "以前的月份少发了, 或银行没有发成, 由发放经办生成。"
        ),
    }
    return render(request, "office/payments/beside.html", context)


def beside_form(data: Any = None) -> BesideForm:
    """生成补发、更正的表单: 本月和下月。"""
    month = today().year * 100 + today().month
    schemes = [(one.id, one.name) for one in catalogue().schemes.values() if one.shape == "recurring"]
    months = [(one, in_words(one)) for one in (month, month_after(month))]
    return BesideForm(data, schemes=schemes, months=months)


def _run(run: PayrollRun) -> Row:
    name = Link(run.batch_no, reverse("payroll_run", args=[run.pk]), scheme_name(run.scheme))
    return Row([name, run.get_kind_display(), run.lines_count, run.total_fen, run.get_state_display()])


def _stuck(one: Stuck, user: User) -> Row:
    line = one.line
    url = reverse("payroll_release", args=[line.pk]) if may_open(user, "payroll_release") else ""
    stage = "已提出取消应付, 等另一人批准" if one.release else "等发放经办提出取消应付"
    cells = [
        shown_name(user, line.payee.name), line.household.no, scheme_name(line.run.scheme), in_words(line.month),
        line.amount_fen, line.reason or line.get_state_display(), Link(stage, url) if url else stage,
    ]  # fmt: skip
    return Row(cells, url=url)


def build(request: HttpRequest) -> HttpResponse:
    """生成补发或更正的清册; 还没锁定的那一次接着补入。"""
    form = beside_form(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择种类、项目和月份再生成")
        return redirect("payroll_beside")
    given = form.cleaned_data
    run = BUILDS[Kind(given["kind"])](scheme=given["scheme"], month=given["month"], by=the_user(request))
    words = f"{run.get_kind_display()}清册已生成: {run.lines_count:,} 笔, {yuan(run.total_fen)} 元。"
    messages.success(request, words)
    return redirect("payroll_run", pk=run.pk)


def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """没做完的生成接着做: 已写上的行不动, 只补入缺的。"""
    run = the_run(pk)
    build_one = BUILDS.get(Kind(run.kind), services.build)
    run = build_one(scheme=run.scheme, month=run.month, by=the_user(request))
    messages.success(request, f"清册已生成: {run.lines_count:,} 笔, {yuan(run.total_fen)} 元。")
    return redirect("payroll_run", pk=run.pk)


def why(request: HttpRequest, pk: int) -> HttpResponse:
    """补发、更正批次的每一行为什么在: 哪份决定、银行的什么原因。"""
    run, user = the_run(pk), the_user(request)
    if run.kind == Kind.REGULAR:
        raise Http404
    look(by=user, action="view", subject=run)
    rows = queries.lines_of(run).select_related("payee", "household", "village", "award", "run")
    page = lists.page_of(request, rows)
    told = whys(list(page.object_list))
    context = {
        **head(run),
        "table": Table(WHYS, [_why(one, told[one.pk], user) for one in page.object_list], key="whys"),
        "pager": lists.pager(request, page),
    }
    return render(request, "office/payments/whys.html", context)


def _why(line: PayLine, why: Why, user: User) -> Row:
    url = reverse("payroll_decision", args=[why.decision_id]) if why.decision_id else ""
    cause = Link(why.text, url) if url else why.text
    return Row(
        [shown_name(user, line.payee.name), line.household.no, in_words(line.month), line.amount_fen, cause]
    )


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """取消应付: 发放经办提出, 发放复核批准。"""
    lines = PayLine.objects.defer("account").select_related("run", "payee", "household")
    line, user = get_object_or_404(lines, pk=pk), the_user(request)
    proposes = user.role == Role.PAYER
    form = (ReleaseForm if proposes else KeyedForm)(request.POST or None)
    known = next((one.release for one in stuck_lines() if one.line.pk == pk), None)
    if request.method == "GET":
        look(by=user, action="view", subject=line)
    warning = "取消以后这一笔不再重发, 账上冲回应付。那个月仍应发的不能取消。"
    label, said = (
        ("提出取消", "已提出取消应付, 请发放复核批准。")
        if proposes
        else ("批准取消", "已取消应付, 这一笔不再重发。")
    )
    return confirmed(
        request, form, ("取消应付", label, warning, said), lambda: _released(line, known, form, user),
        template="office/payments/act.html", back=reverse("payroll_beside"),
        facts=_release_facts(line, known, user), context=head(line.run),
    )  # fmt: skip


def _released(line: PayLine, known: Release | None, form: KeyedForm, by: User) -> Release:
    if by.role == Role.PAYER:
        return services.propose_release(line, form.cleaned_data["reason"], by=by)
    if known is None:
        raise Refusal("还没有人提出取消这一笔, 由发放经办先提出")
    return services.approve_release(known, by=by)


def _release_facts(line: PayLine, known: Release | None, user: User) -> list[ui.SummaryLine]:
    facts = [
        ui.SummaryLine("领款人", f"{shown_name(user, line.payee.name)} (户 {line.household.no})"),
        ui.SummaryLine("月份", in_words(line.month)),
        ui.SummaryLine("金额", f"{yuan(line.amount_fen)} 元", strong=True),
        ui.SummaryLine("银行的原因", line.reason or str(line.get_state_display())),
    ]
    if known:
        facts += [
            ui.SummaryLine("提出", f"{known.proposed_by.name} {known.proposed_on.isoformat()}"),
            ui.SummaryLine("理由", known.reason),
        ]
    return facts
