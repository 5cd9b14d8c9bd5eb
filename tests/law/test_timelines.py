"""Two hundred drawn timelines: every deadline equals a day-by-day count written without the law's own code."""

import os
import random
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from chinese_calendar import constants

from doudi.law.clocks import Pause, deadline, longer, used
from doudi.law.packs import Parameters
from doudi.law.workdays import Calendar
from tests.law.procedures import packs_of

SEED = int(os.environ.get("DOUDI_SEED", "20260914"))
TIMELINES = 200
DAYS_OFF = {day for day in constants.holidays if day.year in (2024, 2025, 2026)}
DAYS_ON = {day for day in constants.workdays if day.year in (2024, 2025, 2026)}
LONGEST = 400


class Timeline(NamedTuple):
    """One case: when it began, which days are off or worked, when its clock stood still, whether it was extended."""

    start_on: date
    days_off: set[date]
    days_on: set[date]
    paused: tuple[Pause, ...]
    extended: bool

    @property
    def calendar(self) -> Calendar:
        off, on = (False, "放假"), (True, "调休")
        rows = dict.fromkeys(self.days_off, off) | dict.fromkeys(self.days_on, on)
        return Calendar(rows, frozenset(range(2023, 2029)))


def drawn(dice: random.Random) -> Timeline:
    start_on = date(2024, 1, 1) + timedelta(days=dice.randrange(1000))
    off, on = (DAYS_OFF, DAYS_ON) if dice.random() < 0.5 else _made_up(dice, start_on)
    paused = []
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        from_on = start_on + timedelta(days=dice.randrange(60))
        paused.append((from_on, from_on + timedelta(days=dice.randrange(0, 40))))
    return Timeline(start_on, off, on, tuple(paused), dice.random() < 0.4)


def _made_up(dice: random.Random, start_on: date) -> tuple[set[date], set[date]]:
    span = [start_on + timedelta(days=n) for n in range(LONGEST)]
    off = {day for day in span if dice.random() < 0.08}
    return off, {day for day in span if day not in off and day.weekday() >= 5 and dice.random() < 0.2}


def oracle(timeline: Timeline, days: int, *, workdays: bool) -> date:
    """Every day after the start, on a list; strike out what does not count; the `days`-th left is the last."""
    ordinals = list(range(timeline.start_on.toordinal() + 1, timeline.start_on.toordinal() + LONGEST))
    for from_on, until_on in timeline.paused:
        stood_still = set(range(from_on.toordinal(), until_on.toordinal()))
        ordinals = [one for one in ordinals if one not in stood_still]
    if workdays:
        worked = {day.toordinal() for day in timeline.days_on}
        rested = {day.toordinal() for day in timeline.days_off}
        ordinals = [one for one in ordinals if one in worked or (one % 7 not in (0, 6) and one not in rested)]
    return date.fromordinal(ordinals[days - 1])


def rules(example: str) -> Parameters:
    return packs_of(example).resolve("410482", date(2026, 6, 1))


TIMELINE_LIST = [drawn(random.Random(SEED + number)) for number in range(TIMELINES)]


@pytest.mark.slow
def test_deadlines_equal_the_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    compared = 0
    for timeline in TIMELINE_LIST:
        for example, plain, days, workdays in (
            ("current", "whole", 45 if timeline.extended else 30, True),
            ("current", "survey_start", 3, True),
            ("current", "county", 10, True),
            ("procedure-2012", "survey", 10, True),
            ("procedure-1999", "whole_days", 30, False),
            ("procedure-1999", "county_days", 20, False),
        ):
            parameters = rules(example)
            code = longer(plain, parameters) if plain == "whole" and timeline.extended else plain
            found = deadline(code, timeline.start_on, parameters, timeline.calendar, timeline.paused)
            expected = oracle(timeline, days, workdays=workdays)
            assert (found.due_on, found.days) == (expected, days), (SEED, timeline)
            assert used(found, found.due_on, timeline.calendar, timeline.paused) == days
            compared += 1
    paused = sum(any(a < b for a, b in one.paused) for one in TIMELINE_LIST)
    extended = sum(one.extended for one in TIMELINE_LIST)
    with capsys.disabled():
        print(
            f"\n{TIMELINES} timelines (DOUDI_SEED={SEED}): {compared} deadlines equal the oracle;"
            f" {paused} paused, {extended} extended"
        )
    assert paused > 50
    assert extended > 50


def test_the_drawn_years_have_days_off_and_days_made_up() -> None:
    for year in (2024, 2025, 2026):
        assert sum(day.year == year and day.weekday() < 5 for day in DAYS_OFF) > 10
        assert sum(day.year == year and day.weekday() >= 5 for day in DAYS_ON) >= 5


def test_the_day_of_the_pause_does_not_count_and_the_day_it_ends_does() -> None:
    friday, monday = date(2026, 6, 5), date(2026, 6, 8)
    plain = Calendar({}, frozenset({2026}))
    parameters = rules("current")
    assert deadline("county", friday, parameters, plain).due_on == date(2026, 6, 19)
    one_day = ((monday, monday + timedelta(days=1)),)
    assert deadline("county", friday, parameters, plain, one_day).due_on == date(2026, 6, 22)
    nothing = ((monday, monday),)
    assert deadline("county", friday, parameters, plain, nothing).due_on == date(2026, 6, 19)


def test_overlapping_pauses_are_not_counted_twice() -> None:
    start = date(2026, 6, 1)
    plain = Calendar({}, frozenset({2026}))
    parameters = rules("procedure-1999")
    pauses = ((date(2026, 6, 3), date(2026, 6, 8)), (date(2026, 6, 5), date(2026, 6, 10)))
    assert deadline("whole_days", start, parameters, plain, pauses).due_on == date(2026, 7, 8)


def test_only_the_whole_clock_in_workdays_may_be_extended() -> None:
    assert longer("whole", rules("current")) == "whole_extended"
    assert longer("whole_days", rules("procedure-1999")) == ""
    assert longer("county", rules("current")) == ""
