"""The working days of a year, kept by the system administrator: the only code that writes them."""

import datetime as dt
from collections.abc import Iterator

import chinese_calendar
from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.policies.models import Workday
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal

LONGEST = 31


class NotSystemAdministrator(Refusal):
    """工作日历由系统管理员维护。"""


class PeriodUnreadable(Refusal):
    """起止日期不对。"""


class YearNotPublished(Refusal):
    """这一年的放假安排还没有随系统发布。"""


@transaction.atomic
def set_days(*, by: User, first: dt.date, last: dt.date, is_working: bool, name: str) -> int:
    """把一段日子 (含首尾, 最多 31 天) 定为上班或放假。Returns how many days changed. Raises PeriodUnreadable."""
    _require_system(by)
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST:
        raise PeriodUnreadable(f"起止日期应在 {LONGEST} 天以内, 且止日不早于起日")
    changed = sum(_set(by, first + dt.timedelta(days=n), is_working, name) for n in range(days))
    if changed:
        record(
            by=by, action="workday.set", subject=f"workdays:{first.year}", first=first, last=last,
            is_working=is_working, name=name,
        )  # fmt: skip
    return changed


@transaction.atomic
def clear_day(*, by: User, day: dt.date) -> None:
    """去掉某日的安排, 回到按周末推算。"""
    _require_system(by)
    if Workday.objects.filter(day=day).delete()[0]:
        record(by=by, action="workday.clear", subject=f"workdays:{day.year}", day=day)


@transaction.atomic
def load_year(*, by: User, year: int) -> int:
    """载入国务院公布的某年放假调休安排 (随系统发布的年份), 已录入的日子不动。Raises YearNotPublished."""
    _require_system(by)
    try:
        published = list(_published(year))
    except NotImplementedError:
        raise YearNotPublished(
            f"{year} 年的放假安排还没有随系统发布, 请照国务院办公厅的通知逐段录入"
        ) from None
    known = set(Workday.objects.filter(day__year=year).values_list("day", flat=True))
    fresh = [(day, working, name) for day, working, name in published if day not in known]
    for day, working, name in fresh:
        Workday.objects.create(day=day, is_working=working, name=name, set_by=by.username)
    if fresh:
        record(by=by, action="workday.load", subject=f"workdays:{year}", days=len(fresh))
    return len(fresh)


def _published(year: int) -> Iterator[tuple[dt.date, bool, str]]:
    """The days that are not what their weekday says."""
    day = dt.date(year, 1, 1)
    while day.year == year:
        working = chinese_calendar.is_workday(day)
        holiday, named = chinese_calendar.get_holiday_detail(day)
        if working != (day.weekday() < 5) or (holiday and named):
            yield day, working, HOLIDAYS.get(named or "", "节假日") + ("调休" if working else "")
        day += dt.timedelta(days=1)


HOLIDAYS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
}  # fmt: skip


def _set(by: User, day: dt.date, is_working: bool, name: str) -> bool:
    known = Workday.objects.filter(day=day).first()
    if known and (known.is_working, known.name) == (is_working, name):
        return False
    Workday.objects.update_or_create(
        day=day, defaults={"is_working": is_working, "name": name, "set_by": by.username}
    )
    return True


def _require_system(by: User) -> None:
    if by.role != Role.SYSTEM or not by.is_active:
        raise NotSystemAdministrator("工作日历由系统管理员维护")
