"""Panels of the home township's villages, one that met and one whose meeting is overdue."""

import datetime as dt
from random import Random

from django.db import transaction

from doudi.demo.names import Namer
from doudi.demo.plan import OPENS_ON
from doudi.demo.staff import hands_of, home_township
from doudi.demo.survey_papers import signed_paper
from doudi.law.workdays import Calendar
from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.checks import services as checks
from doudi.records.checks.meetings import PanelMember
from doudi.records.policies.queries import calendar
from doudi.records.staff.models import User
from doudi.store.today import move_to

VILLAGES = 3
SEATS = (
    PanelMember.Standing.TOWNSHIP,
    *(PanelMember.Standing.COMMITTEE,) * 2,
    *(PanelMember.Standing.DELEGATE,) * 6,
)
MET_DAYS_AGO = (12, 75)  # the second village's meetings are overdue, the third has not met yet


def make_panels(staff: dict[str, User], county: str, *, seed: int) -> int:
    """成立评议小组, 开过两次会。Returns how many panels."""
    names, days = Namer(Random(seed)), calendar()
    home = home_township(county.ljust(12, "0")).code
    villages = list(areas.villages(home)[:VILLAGES])
    for place, village in enumerate(villages):
        with transaction.atomic():
            _deliberate(village, hands_of(village.code, staff).clerk, names, days, place)
    return len(villages)


def _deliberate(village: Area, clerk: User, names: Namer, days: Calendar, place: int) -> None:
    formed_on = OPENS_ON - dt.timedelta(days=MET_DAYS_AGO[place] + 20 if place < len(MET_DAYS_AGO) else 10)
    move_to(formed_on)
    members = [
        checks.MemberDraft(name=names.person(male=seat % 3 > 0, year=1968 + seat)[0], standing=standing)
        for seat, standing in enumerate(SEATS)
    ]
    panel = checks.form_panel(village=village, by=clerk, members=members, on=formed_on)
    if place >= len(MET_DAYS_AGO):
        return
    day = days.after(OPENS_ON - dt.timedelta(days=MET_DAYS_AGO[place]), 1)
    move_to(day)
    present = list(panel.members.order_by("pk"))[: len(SEATS) - 1]
    meeting = checks.hold_meeting(
        panel=panel, by=clerk, on=day, place="村部会议室", chair=present[1], present=present,
        notes="通报低保政策和本村在册名单, 没有需要评议的新申请。",
    )  # fmt: skip
    checks.keep_minutes(meeting=meeting, by=clerk, picture=signed_paper())
