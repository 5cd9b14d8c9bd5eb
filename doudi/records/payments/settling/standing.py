"""How far the money has come: paid through which month, handed over by pay day or late. Nothing here writes."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max

from doudi.law.paying import months_from
from doudi.records.awards.models import Award
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.periods import month_start
from doudi.records.payments.settling.dues import first_whole_month, suspended_on, until_month
from doudi.records.policies.queries import parameters

REGULAR = PayrollRun.Kind.REGULAR
WITH_BANK = (PayrollRun.State.HANDED, PayrollRun.State.CLOSED)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """到期的当期批次里, 按时交银行的有几批、几笔。"""

    runs: int
    runs_on_time: int
    lines: int
    lines_on_time: int

    @property
    def share_bp(self) -> int | None:
        """按时的批次占到期的万分之几; 没有到期的为空。"""
        return self.runs_on_time * 10_000 // self.runs if self.runs else None


def paid_through(scheme: str) -> int | None:
    """某项目发到哪个月了: 当期批次已交银行、前面也没有漏的最后一个月 (202612); 还没有为空。"""
    runs = PayrollRun.objects.filter(scheme=scheme, kind=REGULAR).order_by("month")
    reached = None
    for run in runs:
        if run.state not in WITH_BANK:
            break
        reached = run.month
    return reached


def award_paid_through(award: Award) -> int | None:
    """一份待遇发到哪个月了: 从起发月 (或本系统开始发放的月) 起, 入账没有漏的最后一个月; 暂停的月份不算漏。"""
    runs = PayrollRun.objects.filter(scheme=award.scheme, kind=REGULAR).order_by("month")
    first = runs.first()
    if first is None:
        return None
    last = runs.aggregate(last=Max("month"))["last"]
    closing = getattr(award, "closing", None)
    until = until_month(closing.ends_on if closing else None)
    paid = set(PayLine.objects.filter(award=award, state=PayLine.State.PAID).values_list("month", flat=True))
    reached = None
    for month in months_from(max(first_whole_month(award.from_on), first.months[0]), last):
        if month >= until:
            break
        if month in paid:
            reached = month
        elif award.pk not in suspended_on(month_start(month)):
            break
    return reached


def punctuality(*, first: int, last: int, on: dt.date) -> Punctuality:
    """从某月到某月 (都含) 的当期批次, 在期末月的发放日之前 (含当日) 交银行的有多少; 还没到发放日、也没交的不算。

    依据: 财社〔2012〕171号 第十四条
    """
    day = int(parameters(settings.COUNTY, on).value("pay.day"))
    runs = PayrollRun.objects.filter(kind=REGULAR, month__range=(first, last)).order_by("pk")
    due = [
        (run, run.handed_on is not None and run.handed_on <= pay_day(run.month, day))
        for run in runs
        if run.handed_on or pay_day(run.month, day) < on
    ]
    return Punctuality(
        len(due),
        sum(is_on_time for _, is_on_time in due),
        sum(run.lines_count for run, _ in due),
        sum(run.lines_count for run, is_on_time in due if is_on_time),
    )


def pay_day(month: int, day: int) -> dt.date:
    """某月最迟哪天交银行。"""
    return month_start(month) + dt.timedelta(days=day - 1)
