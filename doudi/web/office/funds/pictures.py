"""Three pictures of the money: spent month by month, how much of the budget is used, why the bank sent it back."""

import datetime as dt

from doudi.law.money import yuan
from doudi.records.payments.funds.forecasting import Forecast, MonthSpent
from doudi.records.policies.queries import scheme_name
from doudi.web.ui import charts
from doudi.web.ui.charts import Chart, Point, Series

FEWEST = 3
TOP = 8


def spending(rows: list[MonthSpent], on: dt.date) -> Chart | None:
    """近二十四个月锁定发放的金额; 本月没有锁定全的, 题目说上一个月。None below three months."""
    months = sorted({row.month for row in rows})
    if len(months) < FEWEST:
        return None
    schemes = list(dict.fromkeys(row.scheme for row in rows))
    fen = {(row.month, row.scheme): row.fen for row in rows}
    series = [Series(scheme_name(one), [fen.get((month, one), 0) for month in months]) for one in schemes]
    labels = [f"{month // 100}-{month % 100:02}" for month in months]
    open_ones = _not_yet(rows, months, on)
    told = months[-2] if open_ones else months[-1]
    title = f"{told // 100} 年 {told % 100} 月锁定发放 {yuan(_sum(rows, told))} 元{_than_before(rows, told)}"
    subtitle = f"万元, 当期和补发; {labels[0]} 至 {labels[-1]}, 共 {len(months)} 个月"
    if open_ones:
        subtitle += f"; {labels[-1]} 还有 {open_ones} 个项目没有锁定"
    return charts.monthly("spending", title, subtitle, labels, series)


def _not_yet(rows: list[MonthSpent], months: list[int], on: dt.date) -> int:
    """Schemes of the month before that this month still lacks: half a month compared with a whole one misleads."""
    if months[-1] < on.year * 100 + on.month:
        return 0
    last, before = ({row.scheme for row in rows if row.month == month} for month in (months[-1], months[-2]))
    return len(before - last)


def _sum(rows: list[MonthSpent], month: int) -> int:
    return sum(row.fen for row in rows if row.month == month)


def _than_before(rows: list[MonthSpent], month: int) -> str:
    last, before = _sum(rows, month), _sum(rows, month - 100)
    if not before or before == last:
        return ""
    change = abs(last - before) * 1000 // before
    return f", 比上年同月{'多' if last > before else '少'} {change // 10}.{change % 10}%"


def burn(rows: list[Forecast], on: dt.date) -> Chart | None:
    """各项目预算用了多少。None where there is no budget."""
    told = [row for row in rows if row.budget_fen]
    if not told:
        return None
    used = {row.scheme: row.spent_fen * 10_000 // (row.budget_fen or 1) for row in told}
    passed = int(f"{on:%j}") * 10_000 // int(f"{on.replace(month=12, day=31):%j}")
    fast = [scheme_name(scheme) for scheme, share in used.items() if share > passed]
    title = f"{'、'.join(fast[:3])}用得比时间快" if fast else "各项目都没有用得比时间快"
    points = [Point(scheme_name(scheme), share) for scheme, share in used.items()]
    subtitle = f"已支出占全年预算的比例; 至 {on}, 今年已过 {charts.shown(passed, 'percent')}"
    return charts.ranked(
        "burn", title, subtitle, points, unit="percent", dimension="项目", measure="已用预算",
        line=Point("今年已过", passed),
    )  # fmt: skip


def reasons(rows: list[tuple[str, int, int]], since: int) -> Chart | None:
    """银行没有发成的原因。None where nothing failed."""
    if not rows:
        return None
    total, (first, most, _) = sum(count for _, count, _ in rows), rows[0]
    title = f"没有发成的 {total:,} 笔里, {first} {most:,} 笔"
    points = [Point(reason, count) for reason, count, _ in rows[:TOP]]
    subtitle = f"笔, {since // 100}-{since % 100:02} 以来失败和退票的发放行"
    return charts.ranked("reasons", title, subtitle, points, dimension="原因", measure="笔数")
