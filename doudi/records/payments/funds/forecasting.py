"""What relief has cost and will cost to the year's end, scheme by scheme, from what is decided already."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from doudi.law.paying import months_from
from doudi.records.awards.models import Award
from doudi.records.ledger.queries import budgets
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.periods import month_after, month_before, month_start
from doudi.records.payments.settling.dues import first_whole_month, suspended_on, until_month

OPEN = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
Kind = PayrollRun.Kind


@dataclass(frozen=True)
class Forecast:
    """一个项目到年底: 今年已支出、下个月要发、还有几个月、还需多少、预算, 单位分; 没有预算的为 None。"""

    scheme: str
    spent_fen: int
    monthly_fen: int
    months: int
    need_fen: int
    budget_fen: int | None

    @property
    def year_fen(self) -> int:
        """全年合计。"""
        return self.spent_fen + self.need_fen

    @property
    def left_fen(self) -> int | None:
        """预算余缺: 负数是不够。"""
        return None if self.budget_fen is None else self.budget_fen - self.year_fen


@dataclass(frozen=True)
class MonthSpent:
    """某月某项目锁定发放多少, 单位分。"""

    month: int
    scheme: str
    fen: int


def forecast(on: dt.date) -> list[Forecast]:
    """到年底的资金需求: 没有锁定的各月按已经决定的待遇算 (以后起的、止的、暂停的都在内), 与预算对照。

    依据: 649号令 第五条
    """
    spent, known = _spent_in(on.year), budgets(on.year)
    first = {scheme: max(month, on.year * 100 + 1) for scheme, month in _next_months().items()}
    due = _due(on.year, first, on.year * 100 + on.month)
    schemes = sorted({*spent, *known, *due})
    rows = []
    for scheme in schemes:
        months = due.get(scheme, {})
        budget = known.get(scheme)
        rows.append(
            Forecast(
                scheme, spent.get(scheme, 0), months[min(months)] if months else 0, len(months),
                sum(months.values()), budget.fen if budget else None,
            )
        )  # fmt: skip
    return rows


def _spent_in(year: int) -> dict[str, int]:
    """Locked in the year, whichever months it paid; a correction pays what was counted already."""
    runs = (
        PayrollRun.objects.filter(locked_on__year=year).exclude(state__in=OPEN).exclude(kind=Kind.CORRECTION)
    )
    return {
        scheme: int(fen) for scheme, fen in runs.order_by().values_list("scheme").annotate(Sum("total_fen"))
    }


def _next_months() -> dict[str, int]:
    """Scheme → the first month no regular run was locked for."""
    runs = PayrollRun.objects.filter(kind=Kind.REGULAR).exclude(state__in=OPEN).order_by("month")
    return {scheme: month_after(month) for scheme, month in runs.values_list("scheme", "month")}


def _due(year: int, first: dict[str, int], now: int) -> dict[str, dict[int, int]]:
    """Scheme → month → 分, from its first unpaid month (this month where none was paid yet) to December."""
    last = year * 100 + 12
    begin = min([now, *first.values()])
    found: dict[str, dict[int, int]] = defaultdict(dict)
    still = {month: suspended_on(month_start(month)) for month in months_from(begin, last)}
    suspended = _by_key(set().union(*still.values()))
    roll = _standing(month_start(begin))
    for month in months_from(begin, last):
        if month > begin:
            _changed(roll, month)
        sums = Counter(roll)
        for pk in still[month]:
            scheme, start, until, fen = suspended[pk]
            if start <= month < until:
                sums[scheme] -= fen
        for scheme, fen in sums.items():
            if month >= first.get(scheme, now) and fen:
                found[scheme][month] = fen
    return found


_ROWS = ("scheme", "from_on", "closing__ends_on", "amount_fen")


def _by_key(keys: Iterable[int]) -> dict[int, tuple[str, int, int, int]]:
    rows: Any = Award.objects.filter(pk__in=list(keys)).values_list("pk", *_ROWS)
    return {pk: (scheme, first_whole_month(a), until_month(b), fen) for pk, scheme, a, b, fen in rows}


def _standing(start: dt.date) -> Counter[str]:
    """The whole roll on a day, summed once."""
    awards = Award.objects.filter(from_on__lte=start).filter(Q(closing=None) | Q(closing__ends_on__gt=start))
    return _summed(awards)


def _changed(sums: Counter[str], month: int) -> None:
    """On to the next month: what begins and what ends in between."""
    before, start = month_start(month_before(month)), month_start(month)
    begun = Award.objects.filter(from_on__gt=before, from_on__lte=start)
    sums.update(_summed(begun.filter(Q(closing=None) | Q(closing__ends_on__gt=start))))
    ended = Award.objects.filter(
        from_on__lte=before, closing__ends_on__gt=before, closing__ends_on__lte=start
    )
    sums.subtract(_summed(ended))


def _summed(awards: QuerySet[Award]) -> Counter[str]:
    rows = awards.order_by().values_list("scheme").annotate(fen=Sum("amount_fen"))
    return Counter({scheme: int(fen) for scheme, fen in rows})


def spending(months: int) -> list[MonthSpent]:
    """最近锁定过的若干个月, 每月每项目锁定发放多少 (当期和补发)。"""
    runs = PayrollRun.objects.exclude(state__in=OPEN).exclude(kind=Kind.CORRECTION)
    known = runs.order_by("-month").values_list("month", flat=True).distinct()[:months]
    sums = runs.filter(month__in=list(known)).values_list("month", "scheme").annotate(fen=Sum("total_fen"))
    return [MonthSpent(month, scheme, int(fen)) for month, scheme, fen in sums.order_by("month", "scheme")]


def return_reasons(since: int) -> list[tuple[str, int, int]]:
    """某月以来银行没有发成和退回来的: 原因、笔数、金额 (分), 多的在前。"""
    runs = list(PayrollRun.objects.filter(month__gte=since).order_by("pk").values_list("pk", flat=True))
    lines = PayLine.objects.filter(run__in=runs, state__in=(PayLine.State.FAILED, PayLine.State.RETURNED))
    count: Counter[str] = Counter()
    fen: Counter[str] = Counter()
    for reason, amount in lines.order_by("pk").values_list("reason", "amount_fen"):
        told = reason or "银行没有写原因"
        count[told] += 1
        fen[told] += amount
    return [(reason, number, fen[reason]) for reason, number in count.most_common()]
