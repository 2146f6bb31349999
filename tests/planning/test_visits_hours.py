"""Opening hours by weekday, and causes that stay true on days with meetings."""

from __future__ import annotations

from datetime import time

import numpy as np

from territory.assessment.validate import validate_tables
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.scenario import call_plan
from territory.domain.settings import Meeting
from territory.planning import workflow
from territory.planning.visits.problem import CAPACITY, MEETING, cause_of_day, opening_hours, rep_problem, year_windows
from tests.factories import small_scenario
from tests.planning.test_visits import causes, plan
from tests.planning.test_visits_wishes import weekly, with_columns

MORNING, CLOSED = (9 * 60 + 30, 11 * 60), (0, 0)


def by_weekday(customers: int, **hours: tuple[int, int]) -> np.ndarray:
    table = np.full((customers, 7, 2), -1, dtype=np.int64)
    for name, pair in hours.items():
        table[:, ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name)] = pair
    return table


def test_visits_keep_to_the_hours_of_their_weekday():
    scenario, tier, rep = weekly()
    hours = by_weekday(12, mon=MORNING, tue=CLOSED, wed=CLOSED, thu=MORNING, fri=CLOSED)
    visits, _, unserved = plan(with_columns(scenario, weekday_hours=hours), tier, rep)
    weekday = scenario.calendar.weekday[visits.day]
    assert set(weekday.tolist()) <= {0, 3, 5, 6}
    early = np.isin(weekday, (0, 3))
    assert early.any()
    assert visits.end[early].max() <= MORNING[1]
    assert causes(unserved) <= {"holiday", "meeting", "capacity"}


def test_hours_of_a_weekday_go_before_the_usual_hours_and_a_closed_weekday_before_both():
    scenario, _, _ = weekly(1)
    usual = {"window_open": np.array([600]), "window_close": np.array([900])}
    hours = by_weekday(1, mon=MORNING, tue=MORNING)
    who = with_columns(scenario, **usual, weekday_hours=hours, closed_weekday=np.array([1])).customers
    found = opening_hours(who, np.array([0]))[0].tolist()
    assert found == [list(MORNING), [0, 0], *[[600, 900]] * 5]


def test_hours_alike_on_all_weekdays_plan_as_the_usual_hours_do():
    scenario, tier, rep = weekly(6)
    usual = with_columns(scenario, window_open=np.full(6, 600), window_close=np.full(6, 900))
    alike = with_columns(scenario, weekday_hours=np.tile(np.array([600, 900]), (6, 7, 1)))
    one, two = plan(usual, tier, rep)[0], plan(alike, tier, rep)[0]
    assert one.day.tolist() == two.day.tolist()
    assert one.start.tolist() == two.start.tolist()


def test_a_month_end_that_leaves_room_is_no_cause():
    afternoon = Meeting("month end", "month_end", time(15), time(17))
    scenario, tier, _ = weekly(3, workday={"meetings": (afternoon,)})
    year = year_windows(scenario.settings.workday, scenario.calendar)
    problem = rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(3), year)
    day = int(np.flatnonzero(scenario.calendar.month_end)[0])
    assert cause_of_day(problem, 1, day) == (CAPACITY, "")


def test_a_month_end_without_room_is_named_by_the_meeting_that_takes_field_time():
    meetings = (
        Meeting("early report", "month_end", time(8), time(9)),
        Meeting("whole day", "month_end", time(9), time(18)),
    )
    scenario, tier, _ = weekly(3, workday={"meetings": meetings})
    year = year_windows(scenario.settings.workday, scenario.calendar)
    problem = rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(3), year)
    day = int(np.flatnonzero(scenario.calendar.month_end)[0])
    assert cause_of_day(problem, 1, day) == (MEETING, "whole day")


def test_the_checker_finds_a_visit_outside_the_hours_of_its_weekday():
    scenario = small_scenario(4, 1)
    made = workflow.make_plan(scenario, effort="quick")
    assert validate_tables(scenario, made.tables()) == []
    closed = by_weekday(4, **dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), CLOSED))
    codes = {v.code for v in validate_tables(with_columns(scenario, weekday_hours=closed), made.tables())}
    assert "visit.customer_closed" in codes


def test_who_opens_on_one_weekday_alone_is_visited_then_and_the_other_visits_are_told_as_closed():
    scenario = small_scenario(4, 1)
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), CLOSED)
    hours = np.concatenate([by_weekday(1), by_weekday(1, **days), by_weekday(2)])
    made = workflow.make_plan(with_columns(scenario, weekday_hours=hours), effort="quick")
    assert validate_tables(made.scenario, made.tables()) == []
    mine = made.visits.customer == 1
    assert set(scenario.calendar.weekday[made.visits.day[mine]].tolist()) <= {5, 6}  # make-up Sundays
    assert mine.sum() > 40
    told = made.unserved.cause[(made.unserved.customer == 1) & (made.unserved.detail == "")]
    assert np.bincount(told).argmax() == UNSERVED_CAUSES.index("closed")
