"""发放：哪份待遇这个月该发多少、少发多少、多发多少；周期和分期。"""

from __future__ import annotations

from datetime import date, timedelta

from doudi.law.entities import AWARD
from doudi.law.language import greatest, none_of, when
from doudi.law.rulebook import Rulebook
from doudi.law.units import COUNT, FEN_MONTH, FLAG, Count, Fen, Flag

OPEN_ENDED = 999912

PAYING = Rulebook("paying", "按月发放")
_MONTHS = (190001, OPEN_ENDED)
PAYING.input(AWARD, "month", unit=COUNT, label="发放月份", domain=_MONTHS)
PAYING.input(AWARD, "from_month", unit=COUNT, label="起发月份", domain=_MONTHS)
PAYING.input(
    AWARD, "until_month", unit=COUNT, label="止发月份（当月起不发）", domain=_MONTHS, usual=OPEN_ENDED
)
PAYING.input(AWARD, "amount", unit=FEN_MONTH, label="月待遇")
PAYING.input(AWARD, "suspended", unit=FLAG, label="已暂停", usual=False)
PAYING.input(AWARD, "held", unit=FLAG, label="有未处理的拦截事实", usual=False)
PAYING.input(AWARD, "already", unit=FEN_MONTH, label="本月已经发过的（扣去已追缴的）", usual=0)


@PAYING.rule(AWARD, cite="民发〔2021〕57号 第二十一条、第三十二条", unit=FLAG, since="2014-05-01")
def in_force(month: Count, from_month: Count, until_month: Count) -> Flag:
    """本月在待遇期内"""
    return (from_month <= month) & (month < until_month)


@PAYING.rule(AWARD, cite="649号令 第十三条", unit=FEN_MONTH, since="2014-05-01")
def entitled(in_force: Flag, suspended: Flag, amount: Fen) -> Fen:
    """本月应发"""
    return when(in_force & none_of(suspended), amount)


@PAYING.rule(AWARD, cite="649号令 第十三条", unit=FEN_MONTH, since="2014-05-01")
def due(entitled: Fen, held: Flag) -> Fen:
    """本月可发（有未处理的拦截事实时先不发，等人决定）"""
    return when(none_of(held), entitled)


@PAYING.rule(AWARD, cite="649号令 第十三条", unit=FEN_MONTH, since="2014-05-01")
def withheld(entitled: Fen, due: Fen) -> Fen:
    """本月暂缓"""
    return entitled - due


@PAYING.rule(AWARD, cite="649号令 第十三条", unit=FEN_MONTH, since="2014-05-01")
def owed(entitled: Fen, already: Fen) -> Fen:
    """本月少发（应补发）"""
    return greatest(entitled - already, 0)


@PAYING.rule(AWARD, cite="649号令 第六十八条", unit=FEN_MONTH, since="2014-05-01")
def overpaid(entitled: Fen, already: Fen) -> Fen:
    """本月多发（应追缴）"""
    return greatest(already - entitled, 0)


PAYING.pays("due", AWARD)
PAYING.seal()


CYCLES = {"month": 1, "quarter": 3, "year": 12}


def cycle_of(cycle: str, month: int) -> tuple[int, int]:
    """发放周期里含这个月的那一期：起月和止月，都含。按季为自然季，按年为自然年，都在期末月发。

    Money is never paid for a month that has not begun, so the run of a quarter is made in its last month.
    依据: 财社〔2012〕171号 第十四条. Raises KeyError for an unknown cycle.
    """
    size = CYCLES[cycle]
    last = -(-(month % 100) // size) * size
    year = month // 100 * 100
    return year + last - size + 1, year + last


def months_from(first: int, last: int) -> list[int]:
    """从起月到止月（都含）的各月：202611 到 202702 为四个月；起月在后为空。"""
    begin, end = (month // 100 * 12 + month % 100 - 1 for month in (first, last))
    return [place // 12 * 100 + place % 12 + 1 for place in range(begin, end + 1)]


def equal_instalments(fen: int, count: int, first_on: date) -> list[tuple[date, int]]:
    """平均分期：每月一期，各期整分，除不尽的放在最后一期；各期之和等于 `fen`。

    The day of the month is kept, or the last day of a shorter month. Raises ValueError below one 分 an instalment.
    """
    if not 0 < count <= fen:
        raise ValueError("每期至少一分")
    first = month_number(first_on)
    months = months_from(first, first + 100 * (count // 12 + 1))[:count]
    days = [_day_in(month, first_on.day) for month in months]
    share = fen // count
    return [(day, share) for day in days[:-1]] + [(days[-1], fen - share * (count - 1))]


def _day_in(month: int, day: int) -> date:
    after = date(month // 100 + month % 100 // 12, month % 100 % 12 + 1, 1)
    return min(date(month // 100, month % 100, 1) + timedelta(days=day - 1), after - timedelta(days=1))


def month_number(day: date) -> int:
    """月份写成整数：2026-11-05 → 202611。"""
    return day.year * 100 + day.month
