"""What people do with a run: build, lock, approve twice, send, close. One page an act."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doudi.exchange.bank.formats import FORMATS
from doudi.law.money import upper_yuan, yuan
from doudi.records.payments import queries, services
from doudi.records.payments.in_person.by_hand import runs_without_bank
from doudi.records.payments.models import Approval, PayrollRun
from doudi.store.refusal import Refusal
from doudi.store.today import today
from doudi.web.office.acting import Words, confirmed
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.payments.forms import ExportForm, PasswordForm, ReopenForm
from doudi.web.office.payments.register import paid_from
from doudi.web.office.payments.runs import build_form, head, persons_words, the_run
from doudi.web.ui import components as ui

State = PayrollRun.State


def build(request: HttpRequest) -> HttpResponse:
    """生成清册; 再生成一次只补入缺的。"""
    form = build_form(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择项目和月份再生成")
        return redirect("payroll")
    given = {name: form.cleaned_data[name] for name in ("scheme", "month")}
    run = services.build(**given, by=the_user(request))
    messages.success(
        request, f"清册已生成: {run.lines_count:,} 笔, {yuan(run.total_fen)} 元。请处理拦截后锁定。"
    )
    return redirect("payroll_run", pk=run.pk)


def _confirmed(
    request: HttpRequest,
    run: PayrollRun,
    form: KeyedForm,
    act: Words,
    effect: Callable[[], Model],
    extra: Sequence[ui.SummaryLine] = (),
    *,
    keyed: bool = True,
) -> HttpResponse:
    """A confirm page of a run and its answer."""
    back = reverse("payroll_run", args=[run.pk])
    return confirmed(
        request, form, act, effect, template="office/payments/act.html", back=back, facts=[*_facts(run), *extra],
        context=head(run), keyed=keyed,
    )  # fmt: skip


def _facts(run: PayrollRun) -> list[ui.SummaryLine]:
    totals = queries.totals(run)
    return [
        ui.SummaryLine("批次号", run.batch_no),
        ui.SummaryLine("户数和人数", f"{totals['households']:,} 户 {persons_words(run, totals['persons'])}"),
        ui.SummaryLine("笔数", f"{totals['lines']:,} 笔"),
        ui.SummaryLine("金额", f"{yuan(totals['fen'])} 元", strong=True),
        ui.SummaryLine("大写", f"人民币{upper_yuan(totals['fen'])}"),
    ]


def _account(run: PayrollRun) -> list[ui.SummaryLine]:
    name = paid_from(run, today())
    return [ui.SummaryLine("付款专户", name)] if name else []


def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """锁定: 之后清册不能再改; 锁不上时新查出的拦截要留下, 所以不套在提交键的事务里。"""
    run, user = the_run(pk), the_user(request)
    form = PasswordForm(request.POST or None, user=user)
    warning = "锁定时再查一遍拦截, 抄进领款账户, 记应付账。锁定以后一行也不能改。"
    act = ("锁定发放清册", "锁定", warning, "清册已锁定, 请发放复核复核。")
    return _confirmed(request, run, form, act, lambda: services.lock(run, by=user), keyed=False)


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """复核 (第一级)。"""
    run = the_run(pk)
    act = ("复核这个批次", "复核通过", "复核人不能是经办人, 也不能再做审批人。", "已复核, 请发放审批审批。")
    return _approved(request, run, Approval.Step.REVIEW, act)


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """审批 (第二级)。"""
    run = the_run(pk)
    act = ("审批这个批次", "审批通过", "审批以后可以导出代发文件。", "已审批, 可以导出代发文件。")
    return _approved(request, run, Approval.Step.APPROVE, act)


def _approved(request: HttpRequest, run: PayrollRun, step: int, act: Words) -> HttpResponse:
    form = PasswordForm(request.POST or None, user=the_user(request))
    found = queries.difference(run)
    lines = [
        ui.SummaryLine("经办人", run.maker.name),
        ui.SummaryLine("与上月比", f"{found.after.households - found.before.households:+,} 户, "
                                   f"{yuan(found.after.fen - found.before.fen)} 元"),
        ui.SummaryLine("说不清的变化", f"{found.unexplained} 户"),
    ]  # fmt: skip
    return _confirmed(
        request, run, form, act, lambda: services.approve(run, step, by=the_user(request)), lines
    )


def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """退回重做: 导出以前发现不对的, 整批回到待锁定。"""
    run, user = the_run(pk), the_user(request)
    form = ReopenForm(request.POST or None, user=user)
    warning = "清册回到待锁定, 应付账冲回, 已批的不算; 改好以后重新锁定、复核、审批。已导出的批次不能退回。"
    act = ("退回重做", "退回重做", warning, "已退回, 请发放经办处理后重新锁定。")
    lines = [ui.SummaryLine("现在", str(run.get_state_display())), ui.SummaryLine("经办人", run.maker.name)]
    return _confirmed(
        request, run, form, act, lambda: services.reopen(run, form.cleaned_data["reason"], by=user), lines
    )


def export(request: HttpRequest, pk: int) -> HttpResponse:
    """导出代发文件: 每次下载留名; 同一格式逐字节相同。"""
    run = the_run(pk)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["format"]
        try:
            file, content = services.export(run, chosen, by=the_user(request))
        except Refusal as refusal:
            form.refused(refusal)
        else:
            response = HttpResponse(content, content_type="application/octet-stream")
            suffix = FORMATS[chosen].suffix
            response["Content-Disposition"] = f'attachment; filename="{run.batch_no}{suffix}"'
            response["X-Content-SHA256"] = file.sha256
            response["Cache-Control"] = "no-store"
            return response
    context = {
        **head(run),
        "form": form,
        "files": queries.bank_files_of(run),
        "facts": [*_facts(run), *_account(run)],
        "next_url": reverse("payroll_run", args=[run.pk]),
    }
    return render(request, "office/payments/export.html", context)


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """登记代发文件已交银行; 全部当面发放的, 登记交出。"""
    run = the_run(pk)
    warning = "登记以后, 每一笔的结果由银行回盘说了算; 没有回盘的绝不重发。"
    act = ("登记代发文件已交银行", "登记已交银行", warning, "已登记交银行, 等银行回盘。")
    if runs_without_bank([run.pk]):
        warning = "这个批次没有一笔交银行。登记以后凭签字的领款凭据逐笔登记签收, 全部签收才能办结。"
        act = ("登记交出, 当面发放", "登记交出", warning, "已登记交出, 请凭签字登记领款签收。")
    lines = [ui.SummaryLine("文件指纹 sha256", one.sha256) for one in queries.bank_files_of(run)]
    form = KeyedForm(request.POST or None)
    return _confirmed(request, run, form, act, lambda: services.hand_over(run, by=the_user(request)), lines)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """办结: 每一笔都有银行结果才行。"""
    run = the_run(pk)
    told = queries.conservation(run)
    lines = [
        ui.SummaryLine("成功", f"{told.paid.count:,} 笔 {yuan(told.paid.fen)} 元"),
        ui.SummaryLine("失败和退票", f"{told.failed.count + told.returned.count:,} 笔 "
                                     f"{yuan(told.failed.fen + told.returned.fen)} 元, 另起更正批次补发"),
        ui.SummaryLine("结果未知", f"{told.unknown.count:,} 笔"),
    ]  # fmt: skip
    form = KeyedForm(request.POST or None)
    act = ("办结这个批次", "办结", "导出的等于成功、失败、退票之和, 才能办结。", "批次已办结。")
    return _confirmed(request, run, form, act, lambda: services.close(run, by=the_user(request)), lines)
