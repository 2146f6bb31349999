"""Campaigns: many small reps against brute force, and against the independent checks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.assessment.validate import validate_tables
from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.visits import plan_visits
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.visits.search import plan_cycle
from territory.planning.workflow import make_plan
from tests.factories import small_scenario
from tests.planning.test_visits_search import day_value, least_value
from tests.planning.true_causes import Causes
from tests.planning.visits_checker import violations

pytestmark = pytest.mark.campaign

SMALL = dataclasses.replace(EFFORTS["quick"], pattern_iterations=30, route_solutions=5)
FREQUENCIES = np.array([(2, 1), (1, 1), (2, 3), (1, 2), (3, 1), (1, 3), (3, 2), (6, 1), (1, 6), (1, 4)])


@pytest.mark.parametrize("part", range(3))
def test_hundred_tiny_reps_are_planned_as_well_as_by_trying_everything(part):
    gaps = []
    for seed in range(100 * part, 100 * part + 100):
        rng = np.random.default_rng(seed)
        customers = int(rng.integers(2, 4))
        scenario = small_scenario(customers, 1, seed)
        minutes = rng.choice([20, 60, 110], customers)
        scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, visit_minutes=minutes))
        tier = rng.integers(0, 2, customers)
        windows = year_windows(scenario.settings.workday, scenario.calendar)
        problem = rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(customers), windows)
        cycle = plan_cycle(problem, np.arange(1, problem.places), frozenset(), seed=seed, iterations=60)
        routes = [tuple(row[:length].tolist()) for row, length in zip(cycle.rows, cycle.lengths, strict=True)]
        found = sum(day_value(problem, weekday, order) for weekday, order in enumerate(routes) if order)
        assert (cycle.chosen[1:] >= 0).all()
        assert np.isfinite(found)
        gaps.append(found / least_value(problem) - 1)
    assert min(gaps) > -1e-9
    assert np.median(gaps) == pytest.approx(0, abs=1e-9)


def random_rep(seed: int):
    """A rep of up to nine customers with frequencies, windows, wishes and rules drawn at random."""
    rng = np.random.default_rng([seed, 4])
    customers = int(rng.integers(1, 10))
    ids = [f"C{k + 1:03d}" for k in range(customers)]
    scenario = small_scenario(
        customers,
        1,
        seed=seed,
        visits={
            "spacing_tolerance": float(rng.choice([0.5, 0.3, 0.6])),
            "shift_days": int(rng.integers(0, 10)),
            "trip_beyond_km": float(rng.choice([0.0, 0.0, 15.0])),
            "trip_max_days": int(rng.integers(1, 5)),
            "never_same_day": ((ids[0], ids[-1]),) if customers > 1 and rng.random() < 0.3 else (),
        },
        workday={
            "drive_in_lunch": bool(rng.random() < 0.5),
            "overtime_minutes": int(rng.choice([0, 0, 30])),
        },
    )
    pairs = FREQUENCIES[rng.integers(0, len(FREQUENCIES), customers)]
    who, third = scenario.customers, np.arange(customers) % 3
    who = dataclasses.replace(
        who,
        lat=34.26 + (who.lat - 34.26) * float(rng.choice([1.0, 3.0, 10.0])),
        visits=pairs[:, 0],
        per_weeks=pairs[:, 1],
        visit_minutes=np.linspace(20, rng.choice([20, 60, 150]), customers).astype(np.int64),
        window_open=np.where(third == 0, rng.choice([-1, 600, 900]), -1),
        closed_weekday=np.where(third == 1, rng.integers(-1, 6), -1),
        preferred_weekday=np.where(third == 2, rng.integers(-1, 6), -1),
    )
    reps = dataclasses.replace(scenario.reps, hired_day=np.array([rng.choice([-1, 0, 40, 364])]))
    return scenario.replace(customers=who, reps=reps), rng.integers(0, 4, customers)


@pytest.mark.parametrize("part", range(25))
def test_eighty_random_small_reps_keep_every_rule_and_tell_a_true_cause_of_what_they_leave_out(part):
    """No visit left out could be made by driving some day it may have in another order."""
    left_out = 0
    for seed in range(80 * part, 80 * part + 80):
        scenario, tier = random_rep(seed)
        calls, rep = call_plan(scenario, tier), np.zeros(len(tier), dtype=np.int64)
        answer = plan_visits(scenario, tier, calls, rep, seed=seed, effort=SMALL)
        assert violations(scenario, calls, rep, answer) == [], seed
        causes = Causes(scenario, calls, rep, answer)
        assert causes.untrue() == [], seed
        assert causes.with_room() == [], seed
        left_out += len(list(causes.near()))
    assert left_out > 1000


@pytest.mark.parametrize("part", range(4))
def test_fifty_random_small_reps_pass_the_validator_as_whole_plans(part):
    for seed in range(50 * part, 50 * part + 50):
        scenario, tier = random_rep(seed)
        scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, given_tier=tier))
        made = make_plan(scenario.replace(tiers={"method": "given"}), effort="quick", schedule=brisk)
        assert validate_tables(made.scenario, made.tables()) == [], seed


def brisk(*case, effort, **options):
    """Plan visits with few iterations."""
    return plan_visits(*case, effort=SMALL, **options)
