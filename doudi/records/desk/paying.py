"""The desk of who pays: the runs of the period and what each waits for, the pay day, what hangs at the bank."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Q

from doudi.law.paying import cycle_of, month_number
from doudi.records.desk.figures import Figure
from doudi.records.payments.funds.funding import level_sums
from doudi.records.payments.in_person.by_hand import runs_without_bank
from doudi.records.payments.models import Interception, PayLine, PayrollRun, Recovery, ReturnDraft
from doudi.records.payments.periods import month_start
from doudi.records.payments.recovery import recoveries
from doudi.records.payments.settling.cycles import pays_every
from doudi.records.payments.settling.standing import pay_day, punctuality
from doudi.records.policies.queries import parameters
from doudi.records.staff.models import Role, User

State, Line = PayrollRun.State, PayLine.State
MONEY = frozenset({Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER})
SOON_DAYS = 3
YEAR = 100  # of months written as 202611
NEXT = {
    State.BUILDING: (Role.PAYER, "接着生成"),
    State.DRAFT: (Role.PAYER, "锁定"),
    State.LOCKED: (Role.PAY_REVIEWER, "复核"),
    State.REVIEWED: (Role.PAY_APPROVER, "审批"),
    State.APPROVED: (Role.PAY_APPROVER, "导出代发文件"),
    State.EXPORTED: (Role.PAY_APPROVER, "登记已交银行"),
    State.HANDED: (Role.PAYER, "登记回盘"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """一个批次等谁办什么; 本期还没有生成的项目 `run` 为空。`due_on`: 最迟哪天交银行, 已经交了的为空。"""

    scheme: str
    month: int
    run: PayrollRun | None
    owner: Role | None
    act: str
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Desk:
    """发放岗的工作台: 各批次 (等自己办的在前), 发放日, 近一年按时交银行的有几批。"""

    rows: tuple[Waiting, ...]
    figures: tuple[Figure, ...]
    pay_day: dt.date
    on_time: int
    due: int


def desk(user: User, on: dt.date) -> Desk:
    """这个人今天的发放工作台。"""
    rows = _period(on)
    mine = sorted(rows, key=lambda one: one.owner != user.role)
    last = pay_day(month_number(on), _day(on))
    punctual = punctuality(first=month_number(on) - YEAR + 1, last=month_number(on), on=on)
    figures = tuple(_figures(user, rows, last, on))
    return Desk(tuple(mine), figures, last, punctual.runs_on_time, punctual.runs)


def _day(on: dt.date) -> int:
    return int(parameters(settings.COUNTY, on).value("pay.day"))


def _period(on: dt.date) -> list[Waiting]:
    """Every run that is not finished, this month's finished ones, and the schemes nobody has built yet."""
    month, day = month_number(on), _day(on)
    found = PayrollRun.objects.filter(Q(month=month) | ~Q(state=State.CLOSED))
    runs = list(found.order_by("month", "scheme", "kind", "correction_no"))
    return [*waiting_of(runs, on), *_not_built(runs, month, day)]


def waiting_of(runs: Sequence[PayrollRun], on: dt.date) -> list[Waiting]:
    """这些批次各等谁办什么, 次序不变。"""
    owners, day = _owners(runs), _day(on)
    return [_waiting(run, owners.get(run.pk, NEXT.get(State(run.state))), day) for run in runs]


def _owners(runs: Iterable[PayrollRun]) -> dict[int, tuple[Role, str]]:
    """Where a run waits for somebody else than its state says: the interceptions, the bank's answer, the close."""
    drafts = [run.pk for run in runs if run.state == State.DRAFT]
    handed = [run.pk for run in runs if run.state == State.HANDED]
    held = Interception.objects.filter(line__run__in=drafts, outcome="").order_by()
    told = {
        run: (Role.PAY_REVIEWER, f"处理 {count} 条拦截")
        for run, count in (held.values_list("line__run").annotate(n=Count("pk")) if drafts else ())
    }
    approved = [run.pk for run in runs if run.state == State.APPROVED]
    if approved:
        told |= dict.fromkeys(runs_without_bank(approved), (Role.PAY_APPROVER, "登记交出, 当面发放"))
    if not handed:
        return told
    open_lines = PayLine.objects.filter(run__in=handed, state__in=(Line.PENDING, Line.SENT, Line.UNKNOWN))
    unanswered = set(open_lines.order_by().values_list("run", flat=True).distinct())
    told |= {run: (Role.PAYER, "办结") for run in handed if run not in unanswered}
    staged = ReturnDraft.objects.filter(run__in=handed, state=ReturnDraft.State.WAITING)
    return told | dict.fromkeys(staged.values_list("run", flat=True), (Role.PAY_REVIEWER, "核对回盘"))


def _waiting(run: PayrollRun, following: tuple[Role, str] | None, day: int) -> Waiting:
    owner, act = following or (None, "")
    is_due = run.kind == PayrollRun.Kind.REGULAR and run.handed_on is None
    return Waiting(run.scheme, run.month, run, owner, act, pay_day(run.month, day) if is_due else None)


def _not_built(runs: Iterable[PayrollRun], month: int, day: int) -> list[Waiting]:
    built = {run.scheme for run in runs if run.month == month and run.kind == PayrollRun.Kind.REGULAR}
    before = PayrollRun.objects.filter(kind=PayrollRun.Kind.REGULAR, month__gte=month - YEAR).order_by()
    known = before.values_list("scheme").annotate(last=Max("month")).order_by("scheme")
    return [
        Waiting(scheme, month, None, Role.PAYER, "生成清册", pay_day(month, day))
        for scheme, _ in known
        if scheme not in built and cycle_of(pays_every(scheme, month_start(month)), month)[1] == month
    ]


def _figures(user: User, rows: list[Waiting], last: dt.date, on: dt.date) -> Iterable[Figure]:
    mine = sum(one.owner == user.role for one in rows)
    yield Figure("待我办的批次", mine, "个", "payroll", tone="soon" if mine else "")
    yield _until(rows, last, on)
    if user.role == Role.PAYER:
        bank = _at_the_bank(on)
        yield _figure("没发成, 等重发", bank["failed"], "笔", "unpaid_lines", "over")
        yield _figure("结果待查", bank["unknown"], "笔", "payroll_unknown", "soon", "向银行查询, 不要重发")
    if user.role == Role.PAY_REVIEWER:
        held = Interception.objects.filter(outcome="").count()
        yield _figure("未处理的拦截", held, "条", "payroll", "soon")
        staged = ReturnDraft.objects.filter(state=ReturnDraft.State.WAITING).exclude(uploaded_by=user).count()
        yield _figure("待核回盘", staged, "份", "payroll", "soon")
        yield _late(on)
    if user.role == Role.PAY_APPROVER:
        yield _figure("待批的追缴和核销", recoveries.waiting_for(user), "件", "recoveries", "soon")
    if rows and user.role != Role.PAY_REVIEWER:
        yield _short()


def _figure(label: str, value: int, unit: str, page: str, tone: str, note: str = "") -> Figure:
    return Figure(label, value, unit, page, "", note if value else "", tone if value else "")


def _until(rows: list[Waiting], last: dt.date, on: dt.date) -> Figure:
    """Days to the pay day; past it, only while a run of the month has not gone to the bank."""
    left = sum(one.due_on is not None for one in rows)
    days = (last - on).days
    words = f"{last.isoformat()} 前交银行, 还有 {left} 批没交" if left else f"{last.isoformat()}, 都已交银行"
    if days < 0:
        tone = "over" if left else ""
        return Figure("过了发放日", -days, "天", "payroll", "", words, tone)
    return Figure("离发放日", days, "天", "payroll", "", words, "soon" if left and days <= SOON_DAYS else "")


def _at_the_bank(on: dt.date) -> Counter[str]:
    """Lines of the last year that failed or came back and were not sent again, and those to ask the bank about."""
    runs = list(
        PayrollRun.objects.filter(month__gte=month_number(on) - YEAR).order_by().values_list("pk", flat=True)
    )
    lines = PayLine.objects.filter(run__in=runs, state__in=(Line.FAILED, Line.RETURNED, Line.UNKNOWN))
    waiting = lines.filter(repaid_by=None).order_by().values_list("state").annotate(n=Count("pk"))
    told: Counter[str] = Counter()
    for state, count in waiting:
        told["unknown" if state == Line.UNKNOWN else "failed"] += count
    return told


def _late(on: dt.date) -> Figure:
    rows = recoveries.standings(Recovery.objects.filter(state=Recovery.State.ORDERED), on)
    late = sum(one.overdue_fen > 0 for one in rows)
    return _figure("追缴逾期", late, "件", "recoveries", "over")


def _short() -> Figure:
    """What the levels' money does not cover: the county owes it to the account."""
    short = -sum(min(one.left_fen, 0) for one in level_sums())
    return _figure("资金缺口", -(-short // 100), "元", "funds", "over", "已锁定的超过到账的资金")
