"""Statutory clocks: the golden calendar of September and October 2026, and the edges of counting."""

from datetime import date, timedelta

import pytest
from chinese_calendar import constants

from doudi.law.clocks import benefit_from, deadline, exit_period, posting_period, review_due
from doudi.law.packs import Parameters
from doudi.law.workdays import Calendar
from tests.rules.situations import shipped

RECEIVED = date(2026, 9, 14)


@pytest.fixture
def calendar() -> Calendar:
    off = dict.fromkeys(constants.holidays, (False, "节假日"))
    return Calendar(off | dict.fromkeys(constants.workdays, (True, "调休上班")))


@pytest.fixture
def parameters() -> Parameters:
    return shipped().resolve("410482", RECEIVED)


def test_the_golden_clock(calendar: Calendar, parameters: Parameters) -> None:
    survey = deadline("survey_start", RECEIVED, parameters, calendar)
    assert (survey.due_on, survey.document, survey.article) == (
        date(2026, 9, 17),
        "民发〔2021〕57号",
        "第十五条",
    )
    posting = posting_period(date(2026, 9, 18), parameters)
    assert (posting.objections_until, posting.next_step_from) == (date(2026, 9, 25), date(2026, 9, 26))
    assert deadline("county", date(2026, 9, 28), parameters, calendar).due_on == date(2026, 10, 16)
    assert deadline("whole", RECEIVED, parameters, calendar).due_on == date(2026, 10, 30)
    assert benefit_from(date(2026, 10, 12)) == date(2026, 11, 1)


def test_what_is_left_counts_down_to_zero_on_the_day_and_below_after_it(
    calendar: Calendar, parameters: Parameters
) -> None:
    county = deadline("county", date(2026, 9, 28), parameters, calendar)
    assert [county.left(date(2026, 10, day), calendar) for day in (10, 15, 16, 17, 19)] == [5, 1, 0, 0, -1]
    assert not county.is_over(date(2026, 10, 16))
    assert county.is_over(date(2026, 10, 17))


def test_an_unknown_year_falls_back_to_weekends_and_says_so(parameters: Parameters) -> None:
    bare = Calendar({})
    assert bare.is_assumed(2026)
    assert bare.after(date(2026, 9, 30), 1) == date(2026, 10, 1)
    assert deadline("whole", date(2026, 12, 28), parameters, bare).assumed_years == (2026, 2027)
    assert not Calendar({}, frozenset({2026})).is_assumed(2026)


def test_an_entered_day_wins_over_the_weekend(calendar: Calendar) -> None:
    assert calendar.is_working(date(2026, 10, 10))
    assert calendar.name(date(2026, 10, 10)) == "调休上班"
    assert not calendar.is_working(date(2026, 10, 11))
    assert not calendar.is_working(date(2026, 10, 1))


def test_between_is_the_inverse_of_after(calendar: Calendar) -> None:
    start = date(2026, 1, 1)
    for offset in range(365):
        day = start + timedelta(days=offset)
        for days in (1, 3, 10, 30):
            assert calendar.between(day, calendar.after(day, days)) == days


def test_review_falls_on_the_same_day_or_the_end_of_the_month() -> None:
    assert review_due(date(2026, 10, 12), 12) == date(2027, 10, 12)
    assert review_due(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert review_due(date(2023, 8, 31), 6) == date(2024, 2, 29)


def test_gradual_exit_runs_six_whole_months_from_the_next_first() -> None:
    assert exit_period(date(2026, 9, 25), 6) == (date(2026, 10, 1), date(2027, 4, 1))
    assert exit_period(date(2026, 12, 31), 6) == (date(2027, 1, 1), date(2027, 7, 1))
