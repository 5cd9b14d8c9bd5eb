"""工作日历：节假日和调休由办公室录入的表定，没有录入的年份只按周末推算并说明。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple


class DayRule(NamedTuple):
    """某一天是否上班，和它的名称（如 国庆节、调休上班）。"""

    is_working: bool
    name: str


class Calendar:
    """工作日历。`rows`：日期 → (是否上班, 名称)；`years` 是已经安排好的年份。

    一年里只要有一行就算已安排；也可用 `years` 明说某年没有例外。
    """

    def __init__(self, rows: Mapping[date, tuple[bool, str]], years: frozenset[int] = frozenset()) -> None:
        self._rows = {day: DayRule(*rule) for day, rule in rows.items()}
        self._years = years | {day.year for day in self._rows}

    def is_assumed(self, year: int) -> bool:
        """这一年的节假日还没有录入，只按周末推算。界面上须提醒。"""
        return year not in self._years

    def is_working(self, day: date) -> bool:
        """这一天是不是工作日：表里有就照表，没有就看周末。"""
        rule = self._rows.get(day)
        return rule.is_working if rule else day.weekday() < 5

    def name(self, day: date) -> str:
        """表里给这一天的名称，没有为空。"""
        rule = self._rows.get(day)
        return rule.name if rule else ""

    def after(self, start: date, days: int) -> date:
        """从次日起数第 `days` 个工作日；0 就是当天。"""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """从 start 次日到 end（含）的工作日数；end 在前时为负。"""
        if end < start:
            return -self.between(end, start)
        span = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in span)

    def assumed_between(self, start: date, end: date) -> tuple[int, ...]:
        """这段时间里还没有录入节假日的年份。"""
        return tuple(year for year in range(start.year, end.year + 1) if self.is_assumed(year))
