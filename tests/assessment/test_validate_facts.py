"""The checker's own arithmetic against the package's, which it must not use, and against sums done by hand."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.assessment.validate import validate_tables
from territory.assessment.validate.cells import read_cells
from territory.assessment.validate.hours import DAY, FieldHours, field_hours, month_end_days, plan_months
from territory.assessment.validate.journeys import base_places, travel_legs
from territory.domain.calendar import build_calendar, field_windows
from territory.domain.scenario import Scenario, TravelMatrix
from territory.planning.travel import base_travel, rep_travel
from territory.planning.workflow import make_plan
from tests.assessment.good import tables_of
from tests.assessment.mutations import World, clock, minutes
from tests.factories import small_scenario


@cache
def starting(start: date) -> Scenario:
    plain = small_scenario(3, 1, scenario={"start": start})
    return plain.replace(calendar=build_calendar(start, plain.settings.workday))


@cache
def hours_of(start: date) -> FieldHours:
    return field_hours(starting(start))


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2024, 2, 15), date(2025, 7, 1), date(2026, 10, 31)])
def test_field_hours_are_the_calendars_minute_by_minute(start: date) -> None:
    scenario = starting(start)
    hours, calendar = field_hours(scenario), scenario.calendar
    for day in range(calendar.days):
        windows = field_windows(scenario.settings.workday, calendar, day)
        stretches = zip(hours.opens[hours.type_of[day]], hours.closes[hours.type_of[day]], strict=True)
        assert [(int(a), int(b)) for a, b in stretches if b > a] == windows
    assert (plan_months(scenario) == calendar.month).all()
    assert (month_end_days(scenario) == calendar.month_end).all()


@given(st.integers(0, 364), st.integers(0, DAY), st.integers(1, 300))
@settings(max_examples=200, deadline=None)
def test_a_visit_is_inside_exactly_when_one_window_holds_it(day: int, start: int, length: int) -> None:
    scenario = starting(date(2026, 1, 1))
    inside = hours_of(scenario.calendar.start).inside(np.array([day]), np.array([start]), np.array([start + length]))
    windows = field_windows(scenario.settings.workday, scenario.calendar, day)
    assert bool(inside[0]) == any(a <= start and start + length <= b for a, b in windows)


def test_legs_are_those_the_planners_drive() -> None:
    scenario = small_scenario(300, 3, seed=8)
    base = base_travel(scenario)
    for rep in range(3):
        legs = travel_legs(scenario, base_places(scenario, np.full(300, rep)), np.arange(300))
        assert legs.right(base.minutes[rep]).all()
        assert legs.km == pytest.approx(base.km[rep], rel=1e-5)
    among = rep_travel(scenario, 0, np.arange(300))
    from_, to = np.divmod(np.arange(300 * 300), 300)
    legs = travel_legs(scenario, from_, to)
    assert legs.right(among.minutes[1:, 1:].ravel()).all()
    assert (legs.most - legs.least).max() <= 1


def test_a_degree_of_latitude_takes_the_time_done_by_hand() -> None:
    plain = small_scenario(2, 1)
    who = dataclasses.replace(plain.customers, lat=np.array([34.0, 35.0]), lon=np.array([109.0, 109.0]))
    legs = travel_legs(plain.replace(customers=who), np.array([0, 0]), np.array([1, 0]))
    km = 1.3 * 6371.0088 * np.pi / 180
    assert legs.km.tolist() == pytest.approx([km, 0.0])
    assert legs.most.tolist() == [int(np.ceil(10 / 25 * 60 + (km - 10))) + 3, 0]


def test_a_travel_matrix_is_taken_as_it_is() -> None:
    plain = small_scenario(6, 1, seed=2)
    places = 7
    minutes_ = np.full((places, places), 9, dtype=np.int32)
    np.fill_diagonal(minutes_, 0)
    scenario = dataclasses.replace(plain, travel=TravelMatrix(minutes_, minutes_.astype(np.float32)))
    plan = make_plan(scenario, effort="quick")
    assert set(plan.visits.travel_minutes.tolist()) == {9}
    assert validate_tables(scenario, tables_of(plan)) == []
    blocked = minutes_.copy()
    blocked[6, :] = -1
    closed = dataclasses.replace(scenario, travel=TravelMatrix(blocked, minutes_.astype(np.float32)))
    assert "leg.no_way" in {v.code for v in validate_tables(closed, tables_of(plan))}
    home = minutes_.copy()
    home[:6, 6] = -1
    one_way = dataclasses.replace(scenario, travel=TravelMatrix(home, minutes_.astype(np.float32)))
    assert "day.no_way_back" in {v.code for v in validate_tables(one_way, tables_of(plan))}


def test_driving_at_lunch_is_found_where_it_is_forbidden() -> None:
    scenario = small_scenario(20, 1, seed=4, workday={"drive_in_lunch": False})
    plan = make_plan(scenario, effort="quick")
    assert validate_tables(scenario, tables_of(plan)) == []
    world = World(scenario, tables_of(plan))
    v = world["visits"]
    same = (v["date"] == v["date"].shift()) & (v["start"] >= "14:00") & (v["end"].shift() <= "12:30")
    row = v.index[same & (v["travel_minutes"] >= 5)][0]
    length = minutes(v.loc[row, "end"]) - minutes(v.loc[row, "start"])
    world.change("visits", row, start="14:01", end=clock(14 * 60 + 1 + length))
    world.change("visits", row - 1, start=clock(750 - length), end="12:30")
    found = {v.code for v in validate_tables(scenario, world.tables)}
    assert "leg.in_lunch" in found


def test_cells_are_read_as_text_and_as_numbers() -> None:
    scenario = small_scenario(3, 1)
    tables = tables_of(make_plan(scenario, effort="quick"))
    tables["customers"] = tables["customers"].astype({"visits": float, "annual_sales": float})
    reading = read_cells(scenario, tables)
    assert reading.violations == []
    assert (reading.sheets["customers"]["annual_sales_cents"] == scenario.customers.annual_sales_cents).all()
