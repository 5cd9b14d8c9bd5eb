"""The clocks of one case: how far they have run, when they stood still, and what this user may do about them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from doudi.law.clocks import Deadline
from doudi.law.duties import duties_of
from doudi.records.cases import queries, timing
from doudi.records.cases.models import Case, Extension, Pause
from doudi.records.cases.services import procedure_of, station_clock
from doudi.records.decisions.services import end_causes
from doudi.records.staff.models import User


@dataclass(frozen=True)
class ClockPage:
    """时限页: 全程与本站、用去几天、暂停过哪些日子、延长到几时、这个人能办哪几件。"""

    whole: Deadline
    station: Deadline | None
    used: int
    pause: Pause | None
    pauses: QuerySet[Pause]
    extensions: QuerySet[Extension]
    longer: Deadline | None
    may: frozenset[str]


def clock_page(case: Case, user: User, on: dt.date) -> ClockPage:
    """时限页的内容。"""
    pause = queries.open_pause(case)
    return ClockPage(
        whole=queries.whole_clock(case),
        station=None if case.closed_on else station_clock(case, case.station, case.station_from_on),
        used=queries.used_days(case, case.closed_on or on),
        pause=pause,
        pauses=case.pauses.select_related("by", "ended_by").order_by("-pk"),
        extensions=case.extensions.select_related("asked_by", "answered_by").order_by("-pk"),
        longer=queries.longer_limit(case),
        may=frozenset() if case.closed_on else _may(case, user, on, pause),
    )


def _may(case: Case, user: User, on: dt.date, pause: Pause | None) -> frozenset[str]:
    held = duties_of(user.role, procedure_of(case).confirm_by)
    in_time = pause is not None or on <= case.due_on
    asked = queries.extension(case)
    found = set()
    if timing.handling_duty(case) in held:
        found |= {"resume" if pause else "pause" if in_time else ""}
        found |= {"terminate"} if end_causes(case) else set()
    if timing.asking_duty(case, user) in held and in_time and asked is None and queries.longer_limit(case):
        found.add("ask_longer")
    if asked and not asked.answer and timing.signing_duty(case) in held:
        found |= {"decline", "agree" if in_time else ""}
    return frozenset(found - {""})
