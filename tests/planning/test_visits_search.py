"""The cycle of a tiny territory against every combination of patterns and orders."""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import permutations, product

import numpy as np
import pytest

from territory.domain.scenario import call_plan
from territory.planning.routes import Day, time_route
from territory.planning.visits import search
from territory.planning.visits.day_stops import BLOCK
from territory.planning.visits.destroy_repair import improve
from territory.planning.visits.problem import RepProblem, rep_problem, year_windows
from territory.planning.visits.search import CyclePlan, plan_cycle
from tests.factories import small_scenario


def tiny_problem(seed: int, customers: int, minutes: int, tiers: tuple[int, ...] = (0, 1, 1, 0)) -> RepProblem:
    scenario = small_scenario(customers, 1, seed)
    who = dataclasses.replace(scenario.customers, visit_minutes=np.full(customers, minutes))
    scenario = scenario.replace(customers=who)
    tier = np.resize(tiers, customers)
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(customers), windows)


def field_minutes(problem: RepProblem, w: int) -> int:
    return int((problem.starts[w, 1:, :, 1] - problem.starts[w, 1:, :, 0]).clip(0).sum(axis=1).max())


def day_value(problem: RepProblem, weekday: int, order: tuple[int, ...]) -> float:
    """Travel minutes and the price of an uneven load; infinite where the order does not fit."""
    w = int(problem.days.ordinary[weekday])
    day = Day(problem.travel, problem.service, problem.starts, problem.gaps, w, problem.depart, problem.back)
    route = time_route(day, order)
    load = int(problem.service[list(order)].sum())
    return float("inf") if route is None else sum(route.legs) + problem.level_load * load**2 / field_minutes(problem, w)


def least_value(problem: RepProblem) -> float:
    @cache
    def best_day(weekday: int, stops: frozenset[int]) -> float:
        return min((day_value(problem, weekday, order) for order in permutations(sorted(stops))), default=0.0)

    def value(patterns) -> float:
        return sum(
            best_day(weekday, stops)
            for weekday in range(6)
            if (stops := frozenset(p for p, pattern in enumerate(patterns, start=1) if weekday in pattern.days))
        )

    return min(value(patterns) for patterns in product(*problem.patterns[1:]))


def found_value(problem: RepProblem, iterations: int) -> float:
    cycle = plan_cycle(problem, np.arange(1, problem.places), frozenset(), seed=1, iterations=iterations)
    assert (cycle.chosen[1:] >= 0).all()
    routes = [tuple(row[:length].tolist()) for row, length in zip(cycle.rows, cycle.lengths, strict=True)]
    return sum(day_value(problem, weekday, order) for weekday, order in enumerate(routes) if order)


@pytest.mark.parametrize("minutes", [20, 110])
@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_the_best_of_all_weeks(seed, minutes):
    problem = tiny_problem(seed, 4 if minutes == 20 else 3, minutes)
    assert found_value(problem, 300) == pytest.approx(least_value(problem))


def test_a_long_run_begins_with_several_short_ones_and_finds_the_best_week_too(monkeypatch):
    begun = []

    def noted(task, annealing, *memory):
        begun.append((annealing.begin, annealing.rounds))
        return improve(task, annealing, *memory)

    monkeypatch.setattr(search, "improve", noted)
    problem = tiny_problem(2, 4, 20)
    assert found_value(problem, search.WORTH_STARTS) == pytest.approx(least_value(problem))
    assert [begin for begin, _ in begun] == [0.0] * search.STARTS + [search.CONTINUED]
    assert sum(rounds for _, rounds in begun) == search.WORTH_STARTS


def visited_days(problem: RepProblem, cycle: CyclePlan) -> list[tuple[int, ...]]:
    """Return the days of the cycle on which each place is in the routes, place 0 first."""
    days: list[list[int]] = [[] for _ in range(problem.places)]
    for offset, row, length in zip(cycle.offsets.tolist(), cycle.rows.tolist(), cycle.lengths.tolist(), strict=True):
        for place in row[:length]:
            days[place].append(offset)
    return [tuple(found) for found in days]


@pytest.mark.parametrize("seed", range(4))
def test_customers_are_on_the_days_of_their_pattern_also_where_some_days_stay_empty(seed):
    problem, away = tiny_problem(seed, 48, 20, (0, 1, 2, 3)), frozenset(range(14, 28))
    cycle = plan_cycle(problem, np.arange(1, 49), away, seed=seed, iterations=60)
    served = [place for place in range(1, 49) if cycle.chosen[place] >= 0]
    wanted = {place: problem.patterns[place][cycle.chosen[place]].days for place in served}
    assert len(served) > 24
    for place, days in enumerate(visited_days(problem, cycle)):
        assert days == tuple(day for day in wanted.get(place, ()) if day not in away)


def test_days_with_more_stops_than_are_priced_at_once_can_be_driven():
    scenario = small_scenario(130, 1, 3)
    who = scenario.customers
    close = [at.mean() + 0.05 * (at - at.mean()) for at in (who.lat, who.lon)]
    scenario = scenario.replace(
        customers=dataclasses.replace(who, visit_minutes=np.full(130, 5), lat=close[0], lon=close[1])
    )
    tier = np.ones(130, dtype=np.int64)
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    problem = rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(130), windows)
    cycle = plan_cycle(problem, np.arange(1, 131), frozenset(), seed=1, iterations=60)
    assert cycle.lengths.max() > BLOCK
    assert all(len(days) == 1 for days in visited_days(problem, cycle)[1:])
    for weekday in np.flatnonzero(cycle.lengths).tolist():
        order = tuple(cycle.rows[weekday, : cycle.lengths[weekday]].tolist())
        assert np.isfinite(day_value(problem, weekday, order))


def test_the_same_seed_gives_the_same_cycle_and_days_away_are_empty():
    problem = tiny_problem(0, 4, 20)
    places = np.arange(1, 5)
    one, two = (plan_cycle(problem, places, frozenset({0, 1}), seed=5, iterations=50) for _ in range(2))
    assert (one.rows == two.rows).all()
    assert (one.chosen == two.chosen).all()
    assert one.lengths[:2].tolist() == [0, 0]
