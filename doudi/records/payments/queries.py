"""Payrolls, their lines, where the money of each went. Nothing here writes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Substr

from doudi.records.audit.queries import events_of
from doudi.records.jobs.models import Job
from doudi.records.payments.comparing.difference import Change, Changed, Difference, difference
from doudi.records.payments.models import (
    Approval,
    BankFile,
    Interception,
    PayLine,
    PayrollRun,
    ReturnFile,
    ReturnLine,
)
from doudi.records.people.models import Household
from doudi.records.staff.models import Role, User

__all__ = ["Change", "Changed", "Difference", "difference"]

Line = PayLine.State
_ROAD = [state.value for state in PayrollRun.State]


@dataclass(frozen=True, slots=True)
class Amount:
    """笔数和金额 (分)。"""

    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class Conservation:
    """一个批次的钱在哪里: 导出的必等于成功、失败、退票、未知之和。"""

    exported: Amount
    paid: Amount
    failed: Amount
    returned: Amount
    unknown: Amount

    @property
    def holds(self) -> bool:
        """笔数和金额都守恒。"""
        parts = (self.paid, self.failed, self.returned, self.unknown)
        return self.exported == Amount(sum(part.count for part in parts), sum(part.fen for part in parts))


@dataclass(frozen=True, slots=True)
class Step:
    """步骤条的一格: 名称、归谁办、办了没有、谁哪天办的。`state` is done, current or waiting."""

    key: str
    label: str
    owner: str
    state: str
    by: str
    on: dt.date | None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """发放清册的一行; 账号只印后四位。"""

    number: int
    village: str
    household_no: str
    payee: str
    persons: int
    amount_fen: int
    bank: str
    account_last4: str
    state: str


def runs() -> QuerySet[PayrollRun]:
    """全部发放批次, 新的在前。"""
    return PayrollRun.objects.select_related("maker").order_by("-month", "scheme", "kind", "correction_no")


def last_locked_month() -> int | None:
    """最后一个锁定了当月发放的月份 (202610); 一个也没有为空。"""
    shut = PayrollRun.objects.filter(kind=PayrollRun.Kind.REGULAR).exclude(
        state__in=(PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
    )
    last: int | None = shut.aggregate(last=Max("month"))["last"]
    return last


def run_of(scheme: str, month: int) -> PayrollRun | None:
    """某项目某月的当月发放批次。"""
    return runs().filter(scheme=scheme, month=month, kind=PayrollRun.Kind.REGULAR, correction_no=0).first()


def job_of(run: PayrollRun) -> Job | None:
    """正在生成或最近一次生成这个批次的任务, 供页面看进度。"""
    return Job.objects.filter(key__startswith=f"payroll:{run.batch_no}").order_by("-pk").first()


def lines_of(run: PayrollRun, state: str = "") -> QuerySet[PayLine]:
    """批次的行, 按清册序号; 账号不取出, 只有后四位。`state` narrows to one PayLine.State."""
    rows = PayLine.objects.filter(run=run).defer("account").select_related("payee", "household", "village")
    return (rows.filter(state=state) if state else rows).order_by(
        F("number").asc(nulls_last=True), "village_id", "pk"
    )


def lines_seen_by(user: User, run: PayrollRun) -> QuerySet[PayLine]:
    """批次里这个人职权范围内的行。"""
    return lines_of(run).filter(pk__in=PayLine.objects.visible_to(user).filter(run=run).values("pk"))


def interceptions_of(run: PayrollRun) -> QuerySet[Interception]:
    """批次的拦截, 待处理的在前。"""
    rows = Interception.objects.filter(line__run=run).select_related("line__payee", "line__household")
    return rows.defer("line__account").order_by("outcome", "line__village_id", "pk")


def bank_files_of(run: PayrollRun) -> QuerySet[BankFile]:
    """批次导出过的银行文件: 笔数、总额、指纹, 供交接单和下载记录。"""
    return BankFile.objects.filter(run=run).order_by("pk")


def return_files_of(run: PayrollRun) -> QuerySet[ReturnFile]:
    """批次登记过的回盘。"""
    return ReturnFile.objects.filter(run=run).order_by("pk")


def queried_of(run: PayrollRun) -> QuerySet[ReturnLine]:
    """回盘里金额或账号与清册不符、要向银行查的行。"""
    rows = ReturnLine.objects.filter(file__run=run, is_queried=True).select_related("line__payee", "file")
    return rows.defer("line__account").order_by("file_id", "number")


def payments_of(household: Household) -> QuerySet[PayLine]:
    """一户历月的发放, 新的在前; 账号不取出。"""
    rows = PayLine.objects.filter(household=household).defer("account").select_related("run", "payee")
    return rows.order_by("-month", "run__scheme", "pk")


def conservation(run: PayrollRun) -> Conservation:
    """钱在哪里: 交给银行的笔数金额 (取自银行文件), 与行的状态逐类相加的结果。"""
    file = BankFile.objects.filter(run=run).order_by("pk").first()
    with_bank = PayLine.objects.filter(run=run, number__isnull=False).exclude(account_bi=None)
    states = with_bank.order_by().values("state")
    found = {
        row["state"]: Amount(row["n"], row["fen"])
        for row in states.annotate(n=Count("number", distinct=True), fen=Sum("amount_fen"))
    }
    nothing = Amount(0, 0)
    waiting = [found.get(state, nothing) for state in (Line.PENDING, Line.SENT, Line.UNKNOWN)] if file else []
    return Conservation(
        exported=Amount(file.count, file.total_fen) if file else nothing,
        paid=found.get(Line.PAID, nothing),
        failed=found.get(Line.FAILED, nothing),
        returned=found.get(Line.RETURNED, nothing),
        unknown=Amount(sum(part.count for part in waiting), sum(part.fen for part in waiting)),
    )


def stepper(run: PayrollRun) -> list[Step]:
    """发放步骤条: 生成、拦截处理、锁定、复核、审批、代发、交银行、回盘办结, 每格一个经手人。"""
    approvals = {
        row.step: row for row in Approval.objects.filter(run=run, round=run.round).select_related("user")
    }
    file = BankFile.objects.filter(run=run).order_by("pk").first()
    review, approval = approvals.get(Approval.Step.REVIEW), approvals.get(Approval.Step.APPROVE)
    actors = _actors(run)
    place = _ROAD.index(run.state)
    facts: list[tuple[str, str, Role, int, str, dt.date | None]] = [
        ("build", "生成", Role.PAYER, 1, run.maker.name, run.built_on),
        ("lock", "锁定", Role.PAYER, 2, actors.get("payroll.lock", ""), run.locked_on),
        ("review", "复核", Role.PAY_REVIEWER, 3, review.user.name if review else "", review.on if review else None),
        ("approve", "审批", Role.PAY_APPROVER, 4, approval.user.name if approval else "",
         approval.on if approval else None),
        ("export", "代发文件", Role.PAY_APPROVER, 5, actors.get("payroll.export", ""), file.on if file else None),
        ("hand_over", "交银行", Role.PAY_APPROVER, 6, run.handed_by.name if run.handed_by else "",
         run.handed_on),
        ("close", "回盘办结", Role.PAYER, 7, actors.get("payroll.close", ""), run.closed_on),
    ]  # fmt: skip
    return [
        Step(key, label, owner.label, _progress(place, reached), by if place >= reached else "", on)
        for key, label, owner, reached, by, on in facts
    ]


def _actors(run: PayrollRun) -> dict[str, str]:
    """Action → the name of who did it, out of the audit chain."""
    done = dict(events_of(f"payrollrun:{run.pk}").order_by("seq").values_list("action", "actor"))
    names = dict(User.objects.filter(username__in=done.values()).values_list("username", "name"))
    return {action: names.get(actor, actor) for action, actor in done.items()}


def _progress(place: int, reached: int) -> str:
    return "done" if place >= reached else "current" if place == reached - 1 else "waiting"


def open_interceptions(run: PayrollRun) -> int:
    """还没处理的拦截条数。"""
    return Interception.objects.filter(line__run=run, outcome="").count()


def totals(run: PayrollRun) -> dict[str, Any]:
    """批次的户数、人数、笔数和金额 (分); 决定本月不发的不算。"""
    dropped = Q(interceptions__outcome=Interception.Outcome.DROPPED)
    return PayLine.objects.filter(run=run).exclude(dropped).aggregate(
        households=Count("household", distinct=True), persons=Sum("persons", default=0), lines=Count("pk"),
        fen=Sum("amount_fen", default=0),
    )  # fmt: skip


def by_township(run: PayrollRun) -> list[tuple[str, Amount]]:
    """锁定的清册各乡镇多少笔、多少钱: (九位代码, 笔数金额), 按代码。"""
    lines = PayLine.objects.filter(run=run, number__isnull=False).annotate(place=Substr("village_id", 1, 9))
    placed = lines.order_by().values("place")
    sums = placed.annotate(n=Count("number", distinct=True), fen=Sum("amount_fen")).order_by("place")
    return [(one["place"], Amount(one["n"], one["fen"])) for one in sums]


def register_rows(run: PayrollRun, area_code: str = "") -> Iterator[RegisterRow]:
    """发放清册的各行, 按序号; 锁定之后才有。`area_code` narrows to a township or village."""
    lines = PayLine.objects.filter(run=run, number__isnull=False).order_by("number")
    if area_code:
        lines = lines.within(area_code)
    rows: Any = lines.values_list(
        "number", "village__name", "household__no", "payee__name", "persons", "amount_fen", "bank",
        "account_last4", "state",
    )  # fmt: skip
    for _, group in groupby(rows.iterator(chunk_size=5_000), key=lambda row: row[0]):
        months = list(group)
        *before, _, bank, last4, state = months[0]
        yield RegisterRow(*(*before, sum(row[5] for row in months), bank, last4, Line(state).label))
