"""What was held back, and the person who decides: release or not this month, always with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments import queries, services
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.staff.queries import names
from doudi.web.office.access import may_open
from doudi.web.office.acting import confirm_of, done_once
from doudi.web.office.cases import lists
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.payments.forms import ResolveForm
from doudi.web.office.payments.runs import head, the_run
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

COLUMNS = (
    Column("领款人"), Column("户编号"), Column("金额", "money"), Column("原因"), Column("说明"),
    Column("处理", "flags"), Column("理由"), Column("处理人"),
)  # fmt: skip


def interceptions(request: HttpRequest, pk: int) -> HttpResponse:
    """一个批次的拦截, 待处理的在前。"""
    run, user = the_run(pk), the_user(request)
    page = lists.page_of(request, queries.interceptions_of(run))
    may_resolve = may_open(user, "payroll_resolve") and run.state == PayrollRun.State.DRAFT
    known = names()
    rows = [_row(one, shown_name(user, one.line.payee.name), may_resolve, known) for one in page.object_list]
    context = {
        **head(run),
        "table": Table(COLUMNS, rows, key="interceptions"),
        "pager": lists.pager(request, page),
        "waiting": queries.open_interceptions(run),
        "empty": ui.Empty("done", "没有拦截", "这个批次没有查出死亡、共用账户、户名不符、互斥待遇这些情况。"),
    }
    return render(request, "office/payments/interceptions.html", context)


def _row(one: Interception, name: str, may_resolve: bool, known: dict[str, str]) -> Row:
    url = reverse("payroll_resolve", args=[one.pk]) if may_resolve and not one.outcome else ""
    flag = ui.Flag(str(one.get_outcome_display()), "good" if one.outcome else "soon")
    who = f"{known.get(one.by, one.by)} {one.on:%m-%d}" if one.on else None
    cells = [Link(name, url) if url else name, one.line.household.no, one.line.amount_fen, one.get_cause_display(),
             one.detail, [flag], one.reason, who]  # fmt: skip
    return Row(cells, url=url)


def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """处理一条拦截。"""
    related = Interception.objects.select_related("line__payee", "line__household", "line__run__maker")
    found = get_object_or_404(related.defer("line__account"), pk=pk)
    form = ResolveForm(request.POST or None)

    def resolved() -> Interception:
        told = form.cleaned_data
        return services.resolve(found, told["outcome"], told["reason"], by=the_user(request))

    if done_once(request, form, resolved):
        return _next(request, found.line.run)
    if request.method == "GET":
        look(by=the_user(request), action="view", subject=found)
    title = f"{found.get_cause_display()}: {found.line.payee.name}"
    facts = [ui.SummaryLine("户编号", found.line.household.no), ui.SummaryLine("说明", found.detail)]
    warning = "放行和不发都由您决定并留名; 系统不会自己停发或追缴。"
    back = reverse("payroll_interceptions", args=[found.line.run_id])
    confirm = confirm_of(form, (title, "记下处理", warning, ""), facts, back)
    context = {**head(found.line.run), "form": form, "confirm": confirm, "amount": found.line.amount_fen}
    return render(request, "office/payments/resolve.html", context)


def _next(request: HttpRequest, run: PayrollRun) -> HttpResponse:
    """The next open one, so that a list is worked through without going back to it."""
    left = queries.interceptions_of(run).filter(outcome=Interception.Outcome.OPEN)
    following = left.first()
    if following is None:
        messages.success(request, "拦截已全部处理, 可以请发放经办锁定。")
        return redirect("payroll_run", pk=run.pk)
    messages.success(request, f"已记下。还有 {left.count()} 条。")
    return redirect("payroll_resolve", pk=following.pk)
