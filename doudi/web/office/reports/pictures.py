"""Two pictures of a month: what was paid over a year, and where the people are. Titles state the finding."""

from collections import defaultdict

from doudi.law.money import yuan
from doudi.records.policies.queries import scheme_name
from doudi.records.reports.queries import MonthSum, Place, paid_by_month
from doudi.web.ui import charts
from doudi.web.ui.charts import Chart, Point, Series

YEAR = 12
FEWEST = 3


def spending(month: int, area: str) -> Chart | None:
    """近十二个月发放成功的金额和人次。None where fewer than three months were paid."""
    rows = paid_by_month(month, area, YEAR)
    months = sorted({one.month for one in rows})
    if len(months) < FEWEST:
        return None
    schemes = list(dict.fromkeys(one.scheme for one in rows))
    fen: dict[tuple[int, str], MonthSum] = {(one.month, one.scheme): one for one in rows}
    spent = [
        Series(scheme_name(s), [fen[m, s].amount_fen if (m, s) in fen else 0 for m in months])
        for s in schemes
    ]
    people = Series("人次", [sum(one.persons for one in rows if one.month == m) for m in months])
    last = sum(one.amount_fen for one in rows if one.month == months[-1])
    title = f"{_words(months[-1])}发放 {yuan(last)} 元{_trend(rows, months)}"
    labels = [f"{m // 100}-{m % 100:02}" for m in months]
    subtitle = f"万元, 银行回盘成功的金额; {labels[0]} 至 {labels[-1]}"
    return charts.monthly("spending", title, subtitle, labels, spent, people)


def _trend(rows: list[MonthSum], months: list[int]) -> str:
    first = sum(one.amount_fen for one in rows if one.month == months[0])
    last = sum(one.amount_fen for one in rows if one.month == months[-1])
    if not first or first == last:
        return ""
    change = abs(last - first) * 1000 // first
    return f", 比 {_words(months[0])}{'多' if last > first else '少'} {change // 10}.{change % 10}%"


def places(rows: list[Place], month: int) -> Chart | None:
    """各地区在册人数, 由多到少。None where there are fewer than three places."""
    persons: dict[str, int] = defaultdict(int)
    names = {one.code: one.name for one in rows}
    for one in rows:
        persons[one.code] += one.persons
    if len(persons) < FEWEST:
        return None
    most = max(persons, key=lambda code: (persons[code], code))
    whole = sum(persons.values())
    share = persons[most] * 1000 // whole
    title = f"{names[most]}在册 {persons[most]:,} 人, 占 {share // 10}.{share % 10}%"
    points = [Point(names[code], count) for code, count in persons.items()]
    subtitle = f"人, 各项目相加; {_words(month)}末在册"
    return charts.ranked("places", title, subtitle, points, dimension="地区", measure="在册人数")


def _words(month: int) -> str:
    return f"{month // 100} 年 {month % 100} 月"
