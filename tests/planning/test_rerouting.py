"""Planning visits again for touched-up territories: the same calendar as from scratch, without planning the rest."""

import dataclasses
from functools import partial

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.rerouting import KeptCalendars
from territory.planning.visits import plan_visits
from tests.factories import small_scenario


@pytest.fixture
def schedule():
    """Return the planning of visits for four reps, some of whose customers need trips."""
    scenario = small_scenario(24, 4, seed=3, visits={"trip_beyond_km": 30.0})
    lat = scenario.customers.lat.copy()
    lat[::5] += 0.8
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, lat=lat))
    tier = scenario.customers.given_tier
    calls = call_plan(scenario, tier)
    return partial(plan_visits, scenario, tier, calls, seed=1, effort=EFFORTS["quick"])


def test_a_calendar_after_two_customers_changed_hands_is_the_one_planned_from_scratch(schedule):
    first = np.arange(24) % 4
    then = first.copy()
    then[[3, 10]] = 0
    kept = KeptCalendars(schedule)
    kept(first)
    for table, expected in zip(kept(then), schedule(then), strict=True):
        assert len(table.rep) > 0
        for field in dataclasses.fields(expected):
            assert getattr(table, field.name).tolist() == getattr(expected, field.name).tolist(), field.name


def test_only_reps_with_other_customers_are_planned_again():
    asked = []

    def nothing_left_out(rep):
        asked.append(sorted({int(r) for r in rep} - {-1}))
        scenario = small_scenario(6, 3)
        return plan_visits(
            scenario, np.full(6, 3), call_plan(scenario, np.full(6, 3)), rep, seed=1, effort=EFFORTS["quick"]
        )

    kept = KeptCalendars(nothing_left_out)
    kept(np.array([0, 0, 1, 1, 2, 2]))
    kept(np.array([0, 0, 1, 2, 2, 2]))
    assert asked == [[0, 1, 2], [1, 2]]
