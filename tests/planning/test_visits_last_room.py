"""Visits for which a day has room in another order of its stops alone."""

from __future__ import annotations

import dataclasses
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.scenario import call_plan
from territory.planning.routes import Day, time_route
from territory.planning.visits import last_room
from territory.planning.visits.last_room import DayOrders, squeeze_in
from territory.planning.visits.problem import rep_problem, year_windows
from tests.factories import small_scenario


def drawn_problem(seed: int, customers: int, workday: dict):
    """A rep with customers of many lengths and opening hours, some of them far off, ways longer one way than back."""
    rng = np.random.default_rng([seed, 9])
    scenario = small_scenario(customers, 1, seed=seed, workday={"meetings": (), **workday})
    who = scenario.customers
    who = dataclasses.replace(
        who,
        lat=34.26 + (who.lat - 34.26) * float(rng.choice([1.0, 3.0])),
        visit_minutes=rng.integers(10, rng.choice([30, 60, 120]), customers),
        window_open=rng.choice([-1, 600, 840], customers, p=[0.7, 0.2, 0.1]),
        window_close=rng.choice([-1, 750, 960], customers, p=[0.7, 0.1, 0.2]),
    )
    scenario = scenario.replace(customers=who)
    tier = np.zeros(customers, dtype=np.int64)
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    problem = rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(customers), windows)
    slower = rng.integers(0, 8, problem.travel.shape)
    return dataclasses.replace(problem, travel=(problem.travel + slower).astype(np.int32))


def day_of(problem, w: int) -> Day:
    late = problem.back + problem.overtime
    return Day(problem.travel, problem.service, problem.starts, problem.gaps, w, problem.depart, late)


def fits(problem, w: int, order) -> bool:
    return time_route(day_of(problem, w), order) is not None


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(1, 6),
    drive_in_lunch=st.booleans(),
    overtime=st.sampled_from([0, 40]),
)
def test_an_order_is_found_exactly_where_trying_them_all_finds_one(seed, customers, drive_in_lunch, overtime):
    problem = drawn_problem(seed, customers, {"drive_in_lunch": drive_in_lunch, "overtime_minutes": overtime})
    w, every = int(problem.days.ordinary[0]), list(range(1, customers + 1))
    order = DayOrders(problem).fitting(w, every)
    assert bool(order) == any(fits(problem, w, tried) for tried in permutations(every))
    if order:
        assert sorted(order) == every
        assert fits(problem, w, order)


def test_no_bound_and_no_pruning_ever_hides_an_order_that_fits():
    """Random orders of up to nine visits that happen to fit: the search for one must not say there is none."""
    rng, met = np.random.default_rng(3), 0
    for seed in range(60):
        customers = int(rng.integers(5, 10))
        problem = drawn_problem(seed, customers, {"drive_in_lunch": bool(seed % 2)})
        w, orders = int(problem.days.ordinary[seed % 5]), DayOrders(problem)
        for _ in range(20):
            tried = (1 + rng.permutation(customers)).tolist()[: int(rng.integers(3, customers + 1))]
            if fits(problem, w, tried):
                met += len(tried) > 4
                found = orders.fitting(w, tried)
                assert found, (seed, tried)
                assert fits(problem, w, found)
    assert met > 50


def half_hours(customers: int, minutes: int, **visits):
    """Scenario of one rep whose customers want one visit a week of the same length."""
    scenario = small_scenario(customers, 1, seed=3, workday={"meetings": (), "calendar": "none"}, visits=visits)
    ones = np.ones(customers, dtype=np.int64)
    return scenario.replace(
        customers=dataclasses.replace(scenario.customers, visit_minutes=minutes * ones, visits=ones, per_weeks=ones)
    )


def test_a_visit_joins_a_full_day_exactly_where_some_order_holds_them_all():
    reordered, left_out = 0, 0
    for seed in range(40):
        problem = drawn_problem(seed, 6, {"calendar": "none"})
        day, free = 7, np.zeros(problem.days.count, dtype=np.int64)
        free[day], w = 1, int(problem.days.of_day[day])
        row = next((order for order in permutations(range(1, 6)) if fits(problem, w, order)), None)
        if row is None:
            continue
        rows = np.full((problem.days.count, 8), -1, dtype=np.int64)
        lengths, made = np.zeros(problem.days.count, dtype=np.int64), np.array([day] * 5 + [-1])
        rows[day, :5], lengths[day] = np.array(row) - 1, 5
        squeeze_in(problem, np.arange(6), free, rows, lengths, np.arange(1, 7), np.full(6, day), made)
        possible = any(fits(problem, w, order) for order in permutations(range(1, 7)))
        assert made.tolist() == [day] * 5 + [day if possible else -1], seed
        order = (rows[day, : lengths[day]] + 1).tolist()
        assert fits(problem, w, order)
        assert sorted(order) == list(range(1, 7 if possible else 6))
        reordered += possible and not any(fits(problem, w, (*row[:at], 6, *row[at:])) for at in range(6))
        left_out += not possible
    assert reordered > 2
    assert left_out > 2


def test_a_day_longer_than_what_is_judged_exactly_is_routed(monkeypatch):
    monkeypatch.setattr(last_room, "MOST_EXACT", 3)
    scenario = half_hours(6, 30)
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    calls = call_plan(scenario, np.zeros(6, dtype=np.int64))
    problem = rep_problem(scenario, np.zeros(6, dtype=np.int64), calls, 0, np.arange(6), windows)
    w = int(problem.days.ordinary[0])
    order = DayOrders(problem).fitting(w, [5, 3, 1, 2, 4])
    assert sorted(order) == [1, 2, 3, 4, 5]
    assert fits(problem, w, order)
    assert DayOrders(dataclasses.replace(problem, back=problem.depart + 60)).fitting(w, [5, 3, 1, 2, 4]) == ()
