"""Visit calendars of small teams, checked by plain loops that share nothing with the planner."""

from __future__ import annotations

import dataclasses
from datetime import date, time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.effort import EFFORTS
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.scenario import Scenario, TravelMatrix, call_plan
from territory.domain.settings import Meeting
from territory.planning.visits import plan_visits
from tests.factories import small_scenario
from tests.planning.visits_checker import violations

BRISK = dataclasses.replace(EFFORTS["quick"], pattern_iterations=60)


def outlets(reps: int, seed: int = 0) -> tuple[Scenario, np.ndarray, np.ndarray]:
    """100 outlets, 10 A, 20 B, 30 C, 40 D (R-H1), divided by angle."""
    scenario = small_scenario(100, reps, seed)
    tier = np.random.default_rng(seed).permutation(np.repeat([0, 1, 2, 3], [10, 20, 30, 40]))
    who = scenario.customers
    angle = np.arctan2(who.lat - who.lat.mean(), who.lon - who.lon.mean())
    rep = np.empty(100, dtype=np.int64)
    rep[np.argsort(angle)] = np.arange(100) * reps // 100
    return scenario, tier, rep


def plan(scenario: Scenario, tier: np.ndarray, rep: np.ndarray, effort=BRISK, workers: int = 1):
    calls = call_plan(scenario, tier)
    answer = plan_visits(scenario, tier, calls, rep, seed=1, effort=effort, workers=workers)
    assert violations(scenario, calls, rep, answer) == []
    return answer


def causes(unserved) -> set[str]:
    return {UNSERVED_CAUSES[cause] for cause in unserved.cause.tolist()}


@pytest.mark.parametrize("reps", [2, 3])
def test_hundred_outlets_get_all_their_visits_in_cycles_without_holidays(reps):
    scenario, tier, rep = outlets(reps)
    visits, _, unserved = plan(scenario, tier, rep, EFFORTS["quick"])
    calendar = scenario.calendar
    for first, last in ((date(2026, 7, 27), date(2026, 9, 6)), (date(2026, 10, 19), date(2026, 11, 29))):
        inside = (visits.day >= calendar.day_of(first)) & (visits.day <= calendar.day_of(last))
        got = np.bincount(visits.customer[inside], minlength=100)
        assert (got == np.array([12, 6, 4, 3])[tier]).all()
    assert causes(unserved) <= {"holiday", "meeting"}
    assert len(unserved) < 0.04 * len(visits)


def test_nobody_visits_on_month_end_days_or_on_saturday_after_three():
    scenario, tier, rep = outlets(3)
    visits, _, _ = plan(scenario, tier, rep)
    calendar = scenario.calendar
    assert not calendar.month_end[visits.day].any()
    assert (visits.end[calendar.weekday[visits.day] == 5] <= 15 * 60).all()
    assert (visits.day != visits.planned_day).any()


def test_the_calendar_does_not_depend_on_the_number_of_workers():
    scenario = small_scenario(12, 2)
    tier, rep = np.arange(12) % 4, np.arange(12) % 2
    one, two = plan(scenario, tier, rep), plan(scenario, tier, rep, workers=2)
    for a, b in zip(one, two, strict=True):
        for field in dataclasses.fields(a):
            assert (getattr(a, field.name) == getattr(b, field.name)).all()


def test_an_overfull_rep_leaves_out_the_lowest_tiers_first():
    scenario = small_scenario(100, 1)
    tier = np.repeat([0, 1, 2, 3], [10, 20, 30, 40])
    visits, _, unserved = plan(scenario, tier, np.zeros(100, dtype=np.int64), EFFORTS["quick"])
    lost = np.bincount(tier[unserved.customer[unserved.cause == UNSERVED_CAUSES.index("capacity")]], minlength=4)
    won = np.bincount(tier[visits.customer], minlength=4)
    share = lost / (lost + won)
    assert share[0] == pytest.approx(0, abs=0.02)
    assert share[0] <= share[1] <= share[2] + 0.05
    assert share[3] > 0.5


def test_a_rep_hired_in_the_year_visits_nobody_before():
    scenario, tier, rep = outlets(2)
    hired = np.array([0, 100])
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, hired_day=hired))
    visits, _, unserved = plan(scenario, tier, rep)
    assert visits.day[visits.rep == 1].min() >= 100
    before = unserved.planned_day < hired[unserved.rep]
    assert ((unserved.cause == UNSERVED_CAUSES.index("not_hired")) == before).all()
    assert before.sum() > 300


def test_an_opening_time_that_never_meets_the_windows_is_named():
    scenario = small_scenario(10, 1)
    opens, closes = scenario.customers.window_open.copy(), scenario.customers.window_close.copy()
    opens[3], closes[3] = 12 * 60 + 20, 14 * 60 + 10
    opens[4], closes[4] = 15 * 60, 16 * 60
    who = dataclasses.replace(scenario.customers, window_open=opens, window_close=closes)
    scenario = scenario.replace(customers=who)
    visits, _, unserved = plan(scenario, np.full(10, 1), np.zeros(10, dtype=np.int64))
    assert set(unserved.customer[unserved.cause == UNSERVED_CAUSES.index("closed")].tolist()) == {3}
    assert 3 not in visits.customer
    assert 4 in visits.customer
    assert 5 not in scenario.calendar.weekday[visits.day[visits.customer == 4]]


def test_a_place_without_a_way_is_unreachable():
    scenario = small_scenario(5, 1)
    minutes = np.full((6, 6), 12, dtype=np.int32)
    np.fill_diagonal(minutes, 0)
    minutes[2, 5] = -1
    minutes[0, 1] = minutes[1, 0] = -1
    matrix = TravelMatrix(minutes, (minutes * 0.5).clip(0).astype(np.float32))
    scenario = dataclasses.replace(scenario, travel=matrix)
    visits, _, unserved = plan(scenario, np.full(5, 1), np.zeros(5, dtype=np.int64))
    assert set(unserved.customer[unserved.cause == UNSERVED_CAUSES.index("unreachable")].tolist()) == {2}
    assert set(visits.customer.tolist()) == {0, 1, 3, 4}


def test_no_drive_touches_the_lunch_break_where_that_is_forbidden():
    scenario, tier, rep = outlets(2)
    scenario = scenario.replace(workday={"drive_in_lunch": False})
    assert violations(scenario, call_plan(scenario, tier), rep, plan(scenario, tier, rep)) == []


def test_a_part_time_rep_has_less_field_time():
    scenario, tier, rep = outlets(2)
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, hours_per_week=np.array([np.nan, 21.0])))
    visits, _, _ = plan(scenario, tier, rep)
    assert visits.end[visits.rep == 1].max() <= 12 * 60 + 30


def test_a_short_month_end_meeting_leaves_room_for_visits():
    meeting = Meeting("stock count", "month_end", time(14), time(17))
    scenario, tier, rep = outlets(3)
    visits, _, _ = plan(scenario.replace(workday={"meetings": (meeting,)}), tier, rep)
    assert scenario.calendar.month_end[visits.day].sum() > 30


def test_phone_only_customers_and_empty_reps_have_no_visits():
    scenario = small_scenario(6, 2)
    who = dataclasses.replace(
        scenario.customers, visits=np.array([0, -1, -1, -1, -1, -1]), per_weeks=np.array([1, -1, -1, -1, -1, -1])
    )
    visits, routes, unserved = plan(scenario.replace(customers=who), np.full(6, 3), np.ones(6, dtype=np.int64))
    assert 0 not in visits.customer
    assert set(visits.rep.tolist()) == {1} == set(routes.rep.tolist())
    assert 0 not in unserved.customer


def test_a_team_without_any_visit_has_an_empty_calendar():
    scenario = small_scenario(3, 1)
    who = dataclasses.replace(
        scenario.customers, visits=np.zeros(3, dtype=np.int64), per_weeks=np.ones(3, dtype=np.int64)
    )
    answer = plan(scenario.replace(customers=who), np.full(3, 3), np.zeros(3, dtype=np.int64))
    assert [len(part) for part in answer] == [0, 0, 0]


def test_six_visits_a_week_keep_the_spacing_and_list_the_rest():
    scenario = small_scenario(4, 1)
    who = dataclasses.replace(scenario.customers, visits=np.array([6, 5, 4, 3]), per_weeks=np.ones(4, dtype=np.int64))
    visits, _, _ = plan(scenario.replace(customers=who), np.full(4, 0), np.zeros(4, dtype=np.int64))
    assert (np.bincount(visits.customer) > 100).all()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_small_team_gets_a_calendar_that_keeps_every_rule(data):
    customers = data.draw(st.integers(1, 9))
    frequency = st.sampled_from([(2, 1), (1, 1), (2, 3), (1, 2), (3, 1), (1, 3), (3, 2), (6, 1), (1, 6), (1, 4)])
    pairs = data.draw(st.lists(frequency, min_size=customers, max_size=customers))
    start = data.draw(st.sampled_from([date(2026, 1, 1), date(2026, 3, 9), date(2025, 7, 16)]))
    scenario = small_scenario(
        customers,
        1,
        seed=data.draw(st.integers(0, 99)),
        scenario={"start": start},
        visits={
            "spacing_tolerance": data.draw(st.sampled_from([0.5, 0.3, 0.6])),
            "shift_days": data.draw(st.integers(0, 9)),
            "trip_beyond_km": data.draw(st.sampled_from([0.0, 0.0, 15.0])),
            "trip_max_days": data.draw(st.integers(1, 4)),
        },
        workday={
            "drive_in_lunch": data.draw(st.booleans()),
            "weekdays": data.draw(
                st.sampled_from([("mon", "tue", "wed", "thu", "fri", "sat"), ("mon", "tue", "wed", "thu", "fri")])
            ),
        },
    )
    spread = data.draw(st.sampled_from([1.0, 3.0, 10.0]))
    who = scenario.customers
    longest = data.draw(st.sampled_from([20, 60, 150]))
    opening = data.draw(st.sampled_from([-1, 10 * 60, 15 * 60]))
    who = dataclasses.replace(
        who,
        lat=34.26 + (who.lat - 34.26) * spread,
        visits=np.array([v for v, _ in pairs]),
        per_weeks=np.array([w for _, w in pairs]),
        visit_minutes=np.linspace(20, longest, customers).astype(np.int64),
        window_open=np.where(np.arange(customers) % 3 == 0, opening, -1),
    )
    hired = data.draw(st.sampled_from([-1, 0, 40, 364]))
    reps = dataclasses.replace(scenario.reps, hired_day=np.array([hired]))
    tier = np.array(data.draw(st.lists(st.integers(0, 3), min_size=customers, max_size=customers)))
    scenario = scenario.replace(customers=who, reps=reps)
    visits, routes, unserved = plan(scenario, tier, np.zeros(customers, dtype=np.int64), BRISK)
    calls = call_plan(scenario, tier)
    asked = np.bincount(np.concatenate([visits.customer, unserved.customer]), minlength=customers)
    cycles = scenario.calendar.days // (7 * calls.cycle_weeks)
    assert (asked >= (cycles - 1) * calls.visits_per_cycle).all()
    assert (asked <= (cycles + 2) * calls.visits_per_cycle).all()
    assert set(routes.day.tolist()) == set(visits.day.tolist())
    assert (visits.day >= max(0, hired)).all()
