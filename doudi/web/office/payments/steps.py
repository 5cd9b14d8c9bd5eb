"""The run's steps for the page: where the money stands, what is next, who does it, what holds it up."""

from collections.abc import Sequence

from django.urls import reverse

from doudi.records.payments import queries
from doudi.records.payments.bank.returns import unanswered, waiting_draft
from doudi.records.payments.in_person.by_hand import runs_without_bank
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.ui import components as ui

State = PayrollRun.State
# What is done at each state: goal, address of the act.
ACTS = {
    State.BUILDING: ("接着生成清册", "payroll_resume"),
    State.DRAFT: ("锁定清册", "payroll_lock"),
    State.LOCKED: ("复核", "payroll_review"),
    State.REVIEWED: ("审批", "payroll_approve"),
    State.APPROVED: ("导出代发文件", "payroll_export"),
    State.EXPORTED: ("登记已交银行", "payroll_hand_over"),
    State.HANDED: ("登记回盘", "payroll_return"),
}


def next_step(
    run: PayrollRun, user: User, steps: Sequence[queries.Step], waiting: int, unexplained: int
) -> ui.NextStep:
    """下一步: 归自己办的给按钮, 归别人办的写明等谁。"""
    if run.state == State.CLOSED:
        return ui.NextStep("这个批次已办结", others=_others(run, user))
    goal, name = ACTS[State(run.state)]
    owner = next((step.owner for step in steps if step.state == "current"), "")
    if run.state == State.APPROVED and runs_without_bank([run.pk]):
        goal, name, owner = "登记交出, 当面发放", "payroll_hand_over", Role.PAY_APPROVER.label
    draft = waiting_draft(run) if run.state == State.HANDED else None
    if draft:
        goal, name, owner = "核对回盘", "payroll_return_check", Role.PAY_REVIEWER.label
    elif run.state == State.HANDED and _all_answered(run):
        goal, name = "办结", "payroll_close"
    blocks, others = _blocks(run, waiting, unexplained), _others(run, user)
    if not may_open(user, name) or (draft and user.role != Role.PAY_REVIEWER):
        return ui.NextStep(f"等{owner}: {goal}", blocks=blocks, others=others)
    url = reverse(name, args=[draft.pk if draft else run.pk])
    return ui.NextStep(goal, ui.Action(goal, url, post=run.state == State.BUILDING), blocks, others=others)


def _all_answered(run: PayrollRun) -> bool:
    waiting = (PayLine.State.PENDING, PayLine.State.SENT, PayLine.State.UNKNOWN)
    return not PayLine.objects.filter(run=run, state__in=waiting).exists()


def _blocks(run: PayrollRun, waiting: int, unexplained: int) -> list[ui.BlockLine]:
    if run.state != State.DRAFT:
        return []
    found = []
    if waiting:
        url = reverse("payroll_interceptions", args=[run.pk])
        found.append(ui.BlockLine(f"{waiting} 条拦截等发放复核决定", "", url))
    if unexplained:
        url = reverse("payroll_changes", args=[run.pk])
        found.append(ui.BlockLine(f"与上月的差异有 {unexplained} 户说不清", "", url))
    return found


def _others(run: PayrollRun, user: User) -> list[ui.Action]:
    found, by_hand = [], runs_without_bank([run.pk])
    if run.state in (State.LOCKED, State.REVIEWED, State.APPROVED) and may_open(user, "payroll_reopen"):
        found.append(ui.Action("退回重做", reverse("payroll_reopen", args=[run.pk])))
    if (
        run.state in (State.EXPORTED, State.HANDED, State.CLOSED)
        and may_open(user, "payroll_export")
        and not by_hand
    ):
        found.append(ui.Action("再下载代发文件", reverse("payroll_export", args=[run.pk])))
    again = run.state == State.CLOSED or (
        run.state == State.HANDED and (_all_answered(run) or waiting_draft(run))
    )
    if again and may_open(user, "payroll_return") and not by_hand:
        found.append(ui.Action("再登记一份回盘", reverse("payroll_return", args=[run.pk])))
    late = unanswered(run, today())
    if late["count"]:
        words = f"{late['count']:,} 笔久等不到, 向银行查询"
        found.append(ui.Action(words, reverse("payroll_unknown")))
    return found
