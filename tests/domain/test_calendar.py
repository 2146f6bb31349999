from datetime import date, time

import chinese_calendar
import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.calendar import build_calendar, field_windows, windows_of, year_days
from territory.domain.settings import Meeting, Workday

MORNING, AFTERNOON = (570, 750), (840, 1020)


@pytest.fixture(scope="module")
def year_2026():
    """A six-day week under the official 2026 calendar."""
    return build_calendar(date(2026, 1, 1), Workday())


def test_a_five_day_week_has_the_officially_announced_number_of_working_days():
    calendar = build_calendar(date(2026, 1, 1), Workday(weekdays=("mon", "tue", "wed", "thu", "fri")))
    assert calendar.working.sum() == 248


def test_two_calendar_libraries_agree_on_the_statutory_days_of_2026(year_2026):
    statutory = holidays.country_holidays("CN", years=2026, observed=False)
    assert all(year_2026.holiday[year_2026.day_of(day)] for day in statutory if chinese_calendar.is_holiday(day))


def test_spring_festival_is_no_working_day_and_has_its_name(year_2026):
    day = year_2026.day_of(date(2026, 2, 17))
    assert not year_2026.working[day]
    assert year_2026.holiday[day] == "Spring Festival"


def test_a_make_up_sunday_is_worked(year_2026):
    assert year_2026.working[year_2026.day_of(date(2026, 1, 4))]


def test_a_year_without_official_notice_is_provisional_from_its_first_day():
    calendar = build_calendar(date(2026, 7, 1), Workday())
    assert calendar.provisional_from == date(2027, 1, 1)
    assert calendar.holiday[calendar.day_of(date(2027, 2, 6))]
    assert not calendar.working[calendar.day_of(date(2027, 2, 6))]


def test_the_users_own_days_win_over_every_package():
    own = {date(2026, 3, 3): ("holiday", "founders' day"), date(2026, 2, 17): ("workday", "")}
    calendar = build_calendar(date(2026, 1, 1), Workday(), own)
    assert calendar.holiday[calendar.day_of(date(2026, 3, 3))] == "founders' day"
    assert calendar.working[calendar.day_of(date(2026, 2, 17))]


def test_a_calendar_of_kind_none_knows_weekdays_only():
    calendar = build_calendar(date(2027, 1, 1), Workday(calendar="none"))
    assert not calendar.provisional
    assert calendar.working.tolist() == (calendar.weekday < 6).tolist()


def test_weeks_run_from_monday_and_week_0_holds_the_start(year_2026):
    assert year_2026.first_monday == date(2025, 12, 29)
    assert year_2026.week[year_2026.day_of(date(2026, 1, 4))] == 0
    assert year_2026.week[year_2026.day_of(date(2026, 1, 5))] == 1


@given(st.dates(date(2024, 1, 1), date(2026, 1, 1)))
def test_every_year_has_twelve_months_in_order_and_ends_before_its_anniversary(start):
    calendar = build_calendar(start, Workday(calendar="none"))
    assert calendar.days in (365, 366)
    assert calendar.days == year_days(start)
    assert calendar.month[0] == 0
    assert np.all(np.diff(calendar.month) >= 0)
    assert calendar.month.max() == 11


def test_field_windows_are_the_windows_less_the_meetings(year_2026):
    assert field_windows(Workday(), year_2026, year_2026.day_of(date(2026, 3, 11))) == [MORNING, AFTERNOON]


def test_saturday_ends_with_the_weekly_review_at_15(year_2026):
    assert field_windows(Workday(), year_2026, year_2026.day_of(date(2026, 3, 14))) == [MORNING, (840, 900)]


def test_the_last_working_day_of_a_month_has_no_field_time(year_2026):
    assert field_windows(Workday(), year_2026, year_2026.day_of(date(2026, 3, 31))) == []


def test_a_meeting_inside_a_window_splits_it():
    lunch_talk = Meeting("talk", "wed", time(10, 30), time(11))
    workday = Workday(meetings=(lunch_talk,))
    assert windows_of(workday, 2) == [(570, 630), (660, 750), AFTERNOON]
    assert windows_of(workday, 3) == [MORNING, AFTERNOON]
