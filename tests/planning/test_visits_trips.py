"""Trips to far customers, with nights away."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.effort import EFFORTS
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.scenario import call_plan
from territory.planning.visits import plan_visits
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
