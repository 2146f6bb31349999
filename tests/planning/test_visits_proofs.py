"""Proofs about one rep: too much to do, and what regular weekdays cost."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.scenario import call_plan
from territory.planning.visits.load_proof import prove_load
from territory.planning.visits.problem import RepProblem, rep_problem, year_windows
from territory.planning.visits.regularity import floating_problem, price_of_regularity
from tests.factories import small_scenario


def problem_of(customers: int, minutes: int, tier: int, seed: int = 0) -> RepProblem:
    scenario = small_scenario(customers, 1, seed, workday={"meetings": ()})
    who = dataclasses.replace(scenario.customers, visit_minutes=np.full(customers, minutes))
    scenario, tiers = scenario.replace(customers=who), np.full(customers, tier)
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tiers, call_plan(scenario, tiers), 0, np.arange(customers), windows)


@pytest.mark.parametrize(("customers", "missing"), [(12, 0), (13, 180), (14, 360)])
def test_weekly_visits_of_a_half_day_each_overflow_a_week_of_six_days_from_the_thirteenth_on(customers, missing):
    problem = problem_of(customers, 180, 1)
    near = dataclasses.replace(problem, travel=np.zeros_like(problem.travel))
    proof = prove_load(near, np.arange(1, near.places), seed=1, work=5.0)
    assert (proof.verdict, proof.missing_minutes) == ("over_full" if missing else "fits", missing)


def test_ways_count_where_the_visits_alone_would_fit():
    problem = problem_of(12, 180, 1)
    far = np.full_like(problem.travel, 60)
    np.fill_diagonal(far, 0)
    proof = prove_load(dataclasses.replace(problem, travel=far), np.arange(1, 13), seed=1, work=5.0)
    assert proof.verdict == "over_full"
    assert proof.missing_minutes == 6 * (2 * 180 + 3 * 60 - (1080 - 570))


@pytest.mark.parametrize("seed", range(3))
def test_floating_visits_never_need_more_travel_on_easy_weeks(seed):
    problem = problem_of(6, 20, 0, seed)
    price = price_of_regularity(problem, seed=1, iterations=300)
    assert price.regular_left_out == price.floating_left_out == 0
    assert price.floating_minutes <= price.regular_minutes
    assert price.share >= 0


def test_a_floating_visit_may_take_any_day_of_its_share_of_the_period():
    problem = problem_of(2, 20, 2)
    loose, original = floating_problem(problem)
    assert original.tolist() == [0, 1, 1, 2, 2]
    days = [day for place in (1, 2) for pattern in loose.patterns[place] for day in pattern.days]
    assert days == [7 * week + day for week in range(3) for day in range(6)]
