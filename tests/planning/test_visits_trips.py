"""Trips to far customers, with nights away."""

from __future__ import annotations

import dataclasses
from itertools import permutations
from math import inf

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.scenario import call_plan
from territory.planning.visits import plan_visits
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.visits.trip_rounds import cheapest_rounds, round_cost, split_days
from territory.planning.visits.trips import typical_days
from tests.factories import small_scenario
from tests.planning.visits_checker import violations


def team_with_far_customers(far: int = 6, weeks: int = 6, per_rep: int = 12, reps: int = 1, trip_max_days: int = 4):
    """Customers near Xi'an, and some around Baoji, 150 km west, visited once in some weeks."""
    count = per_rep * reps
    scenario = small_scenario(count, reps, visits={"trip_beyond_km": 80.0, "trip_max_days": trip_max_days})
    who = scenario.customers
    distant = np.arange(count) % per_rep < far
    who = dataclasses.replace(
        who,
        lat=np.where(distant, 34.36 + (who.lat - 34.26), who.lat),
        lon=np.where(distant, 107.24 + (who.lon - 108.94), who.lon),
        visits=np.where(distant, 1, -1),
        per_weeks=np.where(distant, weeks, -1),
        visit_minutes=np.where(distant, 60, 20),
    )
    return scenario.replace(customers=who), distant, np.arange(count) // per_rep


def plan(scenario, rep, tier=None):
    tier = np.arange(len(rep)) % 4 if tier is None else tier
    calls = call_plan(scenario, tier)
    answer = plan_visits(scenario, tier, calls, rep, seed=3, effort=EFFORTS["quick"])
    assert violations(scenario, calls, rep, answer) == []
    return answer


def test_far_customers_are_visited_on_trips_and_near_ones_on_day_routes():
    scenario, distant, rep = team_with_far_customers()
    visits, routes, unserved = plan(scenario, rep)
    assert (distant[visits.customer] == (visits.trip >= 0)).all()
    assert len(visits) > 300
    assert (np.bincount(visits.customer[visits.trip >= 0], minlength=12)[distant] >= 7).all()
    assert len(unserved) < 0.06 * len(visits)
    assert (routes.end_place == 1).sum() == (routes.start_place == 1).sum() > 0


def test_trips_have_numbers_of_their_own_and_days_in_a_row_of_one_week():
    scenario, _, rep = team_with_far_customers(reps=2)
    _, routes, _ = plan(scenario, rep)
    numbers = np.unique(routes.trip[routes.trip >= 0])
    assert numbers.tolist() == list(range(len(numbers)))
    for number in numbers:
        on_trip = routes.trip == number
        days = routes.day[on_trip]
        assert len(np.unique(routes.rep[on_trip])) == 1
        assert (np.diff(days) == 1).all()
        assert len(days) <= 4
        assert len(np.unique(scenario.calendar.week[days])) == 1
        assert (routes.start_place[on_trip][0], routes.end_place[on_trip][-1]) == (0, 0)


def test_a_trip_that_meets_a_holiday_moves_or_is_listed():
    scenario, _, rep = team_with_far_customers(weeks=2)
    visits, _, unserved = plan(scenario, rep)
    on_trip = visits.trip >= 0
    assert (visits.day[on_trip] != visits.planned_day[on_trip]).any()
    assert {UNSERVED_CAUSES[cause] for cause in unserved.cause.tolist()} <= {
        "holiday",
        "meeting",
        "capacity",
        "end_of_year",
        "start_of_year",
        "unapproved",
    }


def test_too_far_for_any_trip_is_unreachable():
    scenario, _, rep = team_with_far_customers(far=2)
    lon = scenario.customers.lon.copy()
    lon[0] = 95.0
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, lon=lon))
    visits, _, unserved = plan(scenario, rep)
    assert 0 not in visits.customer
    causes = {UNSERVED_CAUSES[cause] for cause in unserved.cause[unserved.customer == 0].tolist()}
    assert causes - {"holiday", "meeting"} == {"unreachable"}


def test_without_trips_far_customers_within_a_day_are_visited_from_the_start_place():
    scenario, distant, rep = team_with_far_customers(far=2)
    who = scenario.customers
    halfway = dataclasses.replace(who, lon=np.where(distant, 108.3, who.lon))
    visits, routes, _ = plan(scenario.replace(customers=halfway, visits={"trip_beyond_km": 0.0}), rep)
    assert (visits.trip == -1).all()
    assert (routes.trip == -1).all()
    assert distant[visits.customer].any()


def test_a_new_rep_makes_no_trip_before_the_first_day():
    scenario, _, rep = team_with_far_customers(weeks=3)
    reps = dataclasses.replace(scenario.reps, hired_day=np.array([120]))
    visits, _, _ = plan(scenario.replace(reps=reps), rep)
    assert visits.day.min() >= 120
    assert (visits.trip >= 0).any()


def test_the_first_trip_waits_for_its_approval_and_for_the_training_of_a_new_rep():
    scenario, _, rep = team_with_far_customers(weeks=2)
    working = np.flatnonzero(scenario.calendar.working)
    for days, new, wait in ((3, False, 3), (3, True, 8), (0, False, 1)):
        case = scenario.replace(
            budget={"approval_days": days},
            staffing={"training_days": 8},
            reps=dataclasses.replace(scenario.reps, new_hire=np.array([new])),
        )
        _, routes, _ = plan(case, rep)
        assert routes.day[routes.trip >= 0].min() >= working[wait]


def far_round_problem(seed: int, count: int):
    """One rep, and a few customers in up to three cities 130 to 400 km away."""
    rng = np.random.default_rng(seed)
    days = int(rng.integers(2, 6))
    scenario = small_scenario(count, 1, visits={"trip_beyond_km": 80.0, "trip_max_days": days})
    cities = int(rng.integers(1, 4))
    angle, far = rng.uniform(0, 2 * np.pi, cities), rng.uniform(130, 400, cities) / 111
    city = rng.integers(0, cities, count)
    who = dataclasses.replace(
        scenario.customers,
        lat=34.26 + (np.sin(angle) * far)[city] + rng.normal(0, 0.08, count),
        lon=108.94 + (np.cos(angle) * far / 0.83)[city] + rng.normal(0, 0.08, count),
        visits=np.full(count, 1),
        per_weeks=np.full(count, 6),
        visit_minutes=rng.integers(30, 180, count),
    )
    scenario = scenario.replace(customers=who, travel={"road_speed_kmh": 90.0})
    tier = np.zeros(count, dtype=np.int64)
    year = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(count), year)


def cheapest_by_trying_all(problem, places, days) -> float:
    """Return the least cost over every grouping and every order."""
    round_of = {}
    for mask in range(1, 1 << len(places)):
        members = [place for k, place in enumerate(places) if mask >> k & 1]
        ways = ((way, split_days(problem, way, days)) for way in permutations(members))
        round_of[mask] = min((round_cost(problem, way, split) for way, split in ways if split), default=inf)
    least = {0: 0.0}
    for mask in range(1, 1 << len(places)):
        parts = [part for part in round_of if part & mask == part and part & mask & -mask]
        least[mask] = min(round_of[part] + least[mask ^ part] for part in parts)
    return least[(1 << len(places)) - 1]


@pytest.mark.parametrize(
    ("seeds", "most"), [(range(20), 5), pytest.param(range(20, 120), 6, marks=pytest.mark.campaign)]
)
def test_far_customers_are_grouped_into_rounds_about_as_cheap_as_trying_all_groupings_and_orders(seeds, most):
    gaps = []
    for seed in seeds:
        problem = far_round_problem(seed, 2 + seed % (most - 1))
        typical = {place: typical_days(problem, place) for place in range(1, problem.places)}
        days = max(typical.values())
        places = [place for place, own in typical.items() if own == days]
        if not days:
            continue
        rounds = cheapest_rounds(problem, places, days, solutions=10)
        assert sorted(place for order, _ in rounds for place in order) == places
        cost, least = sum(round_cost(problem, *one) for one in rounds), cheapest_by_trying_all(problem, places, days)
        assert cost >= least - 1e-6
        gaps.append(cost / least - 1)
    assert len(gaps) > len(seeds) / 2
    assert np.mean(np.array(gaps) < 1e-9) >= 0.95
    assert np.mean(gaps) < 0.005
