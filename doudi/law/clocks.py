"""法定时限：从哪天起、几天内、到哪天止。时限都是政策包参数，天数从次日起算。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.law.packs import Parameters
from doudi.law.units import WORKDAYS
from doudi.law.workdays import Calendar

# 计时暂停的一段：前含后不含，恢复当天照算。
Pause = tuple[date, date]


@dataclass(frozen=True)
class Deadline:
    """一个时限。`due_on` 当天仍在期内；`assumed_years` 不空时，日历有按周末推算的部分。"""

    code: str
    label: str
    start_on: date
    due_on: date
    days: int
    in_workdays: bool
    document: str
    article: str
    assumed_years: tuple[int, ...]

    def left(self, on: date, calendar: Calendar) -> int:
        """还剩几天（工作日时限数工作日）；当天到期为 0，超期为负。"""
        if self.in_workdays:
            return calendar.between(on, self.due_on)
        return (self.due_on - on).days

    def is_over(self, on: date) -> bool:
        return on > self.due_on


@dataclass(frozen=True)
class PostingPeriod:
    """公示期：张贴当日不算，`objections_until` 当天仍可提出异议，`next_step_from` 起可进入下一步。"""

    posted_on: date
    objections_until: date
    next_step_from: date


def deadline(
    code: str, start_on: date, parameters: Parameters, calendar: Calendar, paused: Sequence[Pause] = ()
) -> Deadline:
    """一项时限，`code` 是政策包 `clock.<code>`；单位是工作日就数工作日，是天就数日历天；暂停的日子不计。"""
    leaf = parameters.leaf(f"clock.{code}")
    in_workdays = leaf.unit == WORKDAYS
    due_on = start_on
    for _ in range(leaf.value):
        due_on = _next_counted(due_on, in_workdays, calendar, paused)
    assumed = calendar.assumed_between(start_on, due_on) if in_workdays else ()
    return Deadline(
        code, leaf.label, start_on, due_on, leaf.value, in_workdays, leaf.document, leaf.article, assumed
    )


def _next_counted(day: date, in_workdays: bool, calendar: Calendar, paused: Sequence[Pause]) -> date:
    day += timedelta(days=1)
    while not _counts(day, in_workdays, calendar, paused):
        day += timedelta(days=1)
    return day


def _counts(day: date, in_workdays: bool, calendar: Calendar, paused: Sequence[Pause]) -> bool:
    if any(from_on <= day < until_on for from_on, until_on in paused):
        return False
    return calendar.is_working(day) if in_workdays else True


def used(clock: Deadline, on: date, calendar: Calendar, paused: Sequence[Pause] = ()) -> int:
    """这项时限到 `on` 为止用了几天：从次日起，暂停的日子不计。"""
    span = (clock.start_on + timedelta(days=n) for n in range(1, (on - clock.start_on).days + 1))
    return sum(_counts(day, clock.in_workdays, calendar, paused) for day in span)


def longer(code: str, parameters: Parameters) -> str:
    """特殊情况可以延长到的时限（`clock.<code>_extended`）；政策包没有给的为空。依据：民发〔2021〕57号 第二十二条"""
    extended = f"{code}_extended"
    return extended if f"clock.{extended}" in parameters.leaves else ""


def first_given(codes: Iterable[str], book: str, parameters: Parameters) -> str:
    """几种时限里政策包给了值的第一种；某项目自己的（clock.<项目>_<代码>）先于通用的。都没有为空。"""
    tried = (code for plain in codes for code in (f"{book}_{plain}", plain))
    return next((code for code in tried if f"clock.{code}" in parameters.leaves), "")


def posting_period(posted_on: date, parameters: Parameters, book: str = "") -> PostingPeriod:
    """公示期，项目自己有规定的按它的；节假日照算。依据：民发〔2021〕57号 第十九条、民发〔2021〕43号"""
    last = posted_on + timedelta(
        days=parameters.value(f"clock.{first_given(('posting',), book, parameters)}")
    )
    return PostingPeriod(posted_on, last, last + timedelta(days=1))


def benefit_from(decided_on: date) -> date:
    """待遇从作出确认决定次月 1 日起。依据：民发〔2021〕57号 第二十一条。"""
    return first_of_month(decided_on, 1)


def review_due(decided_on: date, months: int) -> date:
    """下次核查日：决定之日起满 `months` 个月；没有对应日的取月末。"""
    first = first_of_month(decided_on, months)
    last = first_of_month(decided_on, months + 1) - timedelta(days=1)
    return min(first.replace(day=1) + timedelta(days=decided_on.day - 1), last)


def exit_period(decided_on: date, months: int) -> tuple[date, date]:
    """渐退期（前含后不含）：决定次月 1 日起 `months` 个整月。依据：民发〔2021〕57号 第三十三条。"""
    return first_of_month(decided_on, 1), first_of_month(decided_on, 1 + months)


def first_of_month(day: date, later: int = 0) -> date:
    """所在月（往后 `later` 个月）的 1 日。"""
    year, month = divmod(day.year * 12 + day.month - 1 + later, 12)
    return date(year, month + 1, 1)
