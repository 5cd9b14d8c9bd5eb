"""What an office has before its first case: divisions, population bases, staff, a calendar of working days."""

import datetime as dt
from itertools import pairwise

import chinese_calendar

from doudi.demo.staff import make_staff
from doudi.demo.writing import ACTOR, Writer
from doudi.law.packs import Parameters
from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area, PopulationBase
from doudi.records.areas.services import load_county
from doudi.records.policies.models import Workday
from doudi.records.policies.queries import parameters
from doudi.records.postings.models import Hotline
from doudi.records.staff.models import User
from doudi.store.today import now

CALENDAR_YEARS = (2024, 2025, 2026)
BASE_YEAR = 2026
BASE_SOURCE = "演示值"


def furnish(writer: Writer, county_code: str, on: dt.date) -> tuple[Area, dict[str, User]]:
    """区划、人口基数、人员、工作日历。Returns the county and the staff by login."""
    county = load_county(county_code)
    writer.count(Area, Area.objects.count())
    write_calendar(writer)
    _write_population(writer, county, parameters(county_code, on))
    _write_hotlines(writer, county, on)
    staff = make_staff(county)
    writer.count(User, len(staff))
    writer.note(sorted((user.username, user.role, user.area_id) for user in staff.values()))
    return county, staff


def write_calendar(writer: Writer) -> None:
    """法定节假日和调休: 只记与周一至周五不同的日子。"""
    rows = []
    for year in CALENDAR_YEARS:
        day = dt.date(year, 1, 1)
        while day.year == year:
            working = chinese_calendar.is_workday(day)
            if working != (day.weekday() < 5):
                rows.append((day, working, _reason(day, working), ACTOR, now()))
            day += dt.timedelta(days=1)
    writer.count(Workday, len(rows))
    writer.note([row[:3] for row in rows])
    Workday.objects.bulk_create(
        Workday(day=day, is_working=working, name=name, set_by=by, changed_at=at)
        for day, working, name, by, at in rows
    )


def _reason(day: dt.date, working: bool) -> str:
    if working:
        return "调休上班"
    _, name = chinese_calendar.get_holiday_detail(day)
    return _HOLIDAYS.get(str(name or ""), "放假")


_HOLIDAYS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
}  # fmt: skip


def _write_population(writer: Writer, county: Area, rules: Parameters) -> None:
    """The county's base is the pack's; each township's share follows its number of villages, to the last person."""
    townships = list(areas.townships(county.code))
    weights = [areas.villages(township.code).count() for township in townships]
    rows = []
    for kind in ("rural", "urban"):
        whole = rules.value(f"population.{kind}")
        rows.append((county.code, kind, BASE_YEAR, whole, BASE_SOURCE))
        shares = _shared(whole, weights)
        rows += [(t.code, kind, BASE_YEAR, n, BASE_SOURCE) for t, n in zip(townships, shares, strict=True)]
    writer.write(PopulationBase, ("area", "kind", "year", "persons", "source"), rows)


def _write_hotlines(writer: Writer, county: Area, on: dt.date) -> None:
    """A number for every level, none of which any telephone has: a local number never begins with 0."""
    rows = []
    above = Area.objects.filter(code__in=areas.codes_above(county.code))
    for area in [*above, *areas.townships(county.code), *areas.villages(county.code)]:
        rows.append((area.code, Hotline.Kind.PHONE.value, f"0375-0{area.code[6:]}", ACTOR, on))
        if area.level == Area.Level.VILLAGE:
            rows.append((area.code, Hotline.Kind.BOARD.value, "村务公开栏 (演示值)", ACTOR, on))
            rows.append((area.code, Hotline.Kind.BOX.value, "村委会门口 (演示值)", ACTOR, on))
    writer.write(Hotline, ("area", "kind", "text", "set_by", "set_on"), rows)


def _shared(whole: int, weights: list[int]) -> list[int]:
    edges, total, so_far = [0], sum(weights), 0
    for weight in weights:
        so_far += weight
        edges.append(whole * so_far // total)
    return [after - before for before, after in pairwise(edges)]
