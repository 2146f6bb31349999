"""Reps who share one area: a made-up pool of two around an office, planned together or told why not."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.assessment.validate import validate_tables
from territory.domain.effort import EFFORTS
from territory.domain.plan import UNSERVED_CAUSES, Plan
from territory.domain.scenario import Scenario, call_plan
from territory.planning.pooling import share_areas
from territory.planning.targets import customer_weights
from territory.planning.visits.pool import Pool, cycle_days, cycle_of, plan_together
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.workflow import make_plan
from tests.factories import XIAN, small_scenario, texts

OFFICE = {"start_from": "office", "office_lat": XIAN[0], "office_lon": XIAN[1]}
FIVE_DAYS = {**OFFICE, "weekdays": ("mon", "tue", "wed", "thu", "fri")}
FORTNIGHT = np.array([(2, 1), (1, 1), (1, 1), (1, 2)])
LOCKED, SETTLED = {3: 0, 11: 1}, (5, 17, 23)


def team(customers: int = 40, reps: int = 2, seed: int = 1, **changes) -> Scenario:
    """Return outlets visited in a cycle of two weeks by reps who start from an office and name no area."""
    scenario = small_scenario(customers, reps, seed, **({"workday": FIVE_DAYS} | changes))
    tier = np.random.default_rng([seed, 9]).choice(4, customers, p=[0.1, 0.2, 0.3, 0.4])
    visits, per_weeks = FORTNIGHT[tier].T
    return with_customers(scenario, given_tier=tier, visits=visits, per_weeks=per_weeks)


def with_customers(scenario: Scenario, **columns) -> Scenario:
    return scenario.replace(customers=dataclasses.replace(scenario.customers, **columns))


def with_reps(scenario: Scenario, **columns) -> Scenario:
    return scenario.replace(reps=dataclasses.replace(scenario.reps, **columns))


def pooled(scenario: Scenario) -> Scenario:
    return with_reps(scenario, shared_area=texts("centre" for _ in range(len(scenario.reps))))


@cache
def split_plan() -> Plan:
    """The plan by compact territories."""
    locks = np.full(40, -1)
    locks[list(LOCKED)] = list(LOCKED.values())
    return make_plan(with_customers(team(), locked_rep=locks), effort="quick")


@cache
def settled() -> Scenario:
    """The same team, some of whose customers already have the rep whom compact territories give them."""
    plan = split_plan()
    current = np.full(40, -1)
    current[list(SETTLED)] = plan.territories.rep[list(SETTLED)]
    return pooled(with_customers(plan.scenario, current_rep=current))


@cache
def pool_plan() -> Plan:
    """The plan of the pool."""
    return make_plan(settled(), effort="quick")


def share(scenario: Scenario, plan: Plan):
    """Share the areas of a scenario out, beginning with the territories of a plan."""
    drawn = plan.territories, plan.visits, plan.routes, plan.unserved
    return share_areas(
        scenario,
        plan.segments.tier,
        call_plan(scenario, plan.segments.tier),
        customer_weights(scenario),
        drawn,
        seed=0,
        effort=EFFORTS["quick"],
        workers=1,
    )


def said_of_areas(plan: Plan) -> list[str]:
    return [note.code for note in plan.notes if note.code.startswith("visits.pool.")]


def test_a_pool_drives_less_than_its_compact_territories_and_says_how_much():
    plan, split = pool_plan(), split_plan()
    (note,) = [note for note in plan.notes if note.code == "visits.pool.together"]
    driven, compact = (int(one.routes.travel_minutes.sum()) for one in (plan, split))
    assert driven == note.values["driven_minutes"]
    assert driven < compact


def test_the_plan_of_a_pool_breaks_no_rule():
    plan = pool_plan()
    notes = [{"code": note.code, "values": dict(note.values)} for note in plan.notes]
    said = {"plan": {"tolerance": dict(plan.territories.tolerance), "notes": notes}}
    assert validate_tables(plan.scenario, {**plan.tables(), "summary": said}) == []


def test_a_pool_leaves_no_visit_out_for_want_of_time():
    plan = pool_plan()
    assert {UNSERVED_CAUSES[cause] for cause in plan.unserved.cause.tolist()} <= {"holiday", "meeting"}
    asked = np.bincount(plan.visits.customer, minlength=40) + np.bincount(plan.unserved.customer, minlength=40)
    weeks = plan.scenario.calendar.days / 7
    assert (np.abs(asked - weeks * plan.calls.visits_per_week) <= 2).all()


def test_every_customer_of_a_pool_is_visited_by_its_one_rep():
    plan = pool_plan()
    assert (plan.visits.rep == plan.territories.rep[plan.visits.customer]).all()


def test_workloads_of_a_pool_stay_within_the_tolerance():
    plan = pool_plan()
    asked = plan.scenario.settings.territories.balance["workload"]
    workload = plan.territories.workload_minutes
    assert abs(workload / workload.mean() - 1).max() <= asked


def test_locked_customers_and_those_who_have_a_rep_stay():
    rep = pool_plan().territories.rep
    assert {customer: rep[customer] for customer in LOCKED} == LOCKED
    assert (rep == split_plan().territories.rep)[list(SETTLED)].all()


@pytest.mark.campaign
def test_two_workers_write_the_same_plan():
    again = make_plan(settled(), effort="quick", workers=2)
    for name, table in pool_plan().tables().items():
        assert again.tables()[name].to_csv() == table.to_csv(), name


def test_an_area_of_one_rep_changes_nothing_but_says_so():
    plan = split_plan()
    scenario = with_reps(plan.scenario, shared_area=texts(["centre", ""]))
    drawn, (note,) = share(scenario, plan)
    assert drawn == (plan.territories, plan.visits, plan.routes, plan.unserved)
    assert note.code == "visits.pool.alone"


def test_a_plan_without_areas_says_nothing_of_them():
    assert said_of_areas(split_plan()) == []


def obstacles():
    hours, share_none = np.array([42.0, 21.0]), np.array([1.0, 0.0])
    north = np.array([0.0, 0.05])
    return {
        "contiguous": lambda s: s.replace(territories={"contiguous": True}),
        "part_year": lambda s: with_reps(s, left_day=np.array([200, 1 << 30])),
        "hours": lambda s: with_reps(s, hours_per_week=hours),
        "no_share": lambda s: with_reps(s, share=share_none),
        "start": lambda s: with_reps(s.replace(workday={"start_from": "home"}), home_lat=s.reps.home_lat + north),
        "trips": lambda s: s.replace(visits={"trip_beyond_km": 5.0}),
        "days": lambda s: with_customers(s, per_weeks=np.where(s.customers.visits == 1, 7, 1)),
        "few": lambda s: with_customers(s, visits=np.eye(40, dtype=np.int64)[0]),
    }


@pytest.mark.parametrize("obstacle", obstacles())
def test_a_pool_that_cannot_be_planned_together_keeps_its_territories_and_says_why(obstacle: str):
    plan = split_plan()
    drawn, (note,) = share(obstacles()[obstacle](pooled(plan.scenario)), plan)
    assert note.code == f"visits.pool.{obstacle}"
    assert drawn[0] is plan.territories


def question(scenario: Scenario, seed: int = 0) -> Pool:
    tier, customers = scenario.customers.given_tier, np.arange(len(scenario.customers))
    calls, members = call_plan(scenario, tier), np.arange(len(scenario.reps))
    year = year_windows(scenario.settings.workday, scenario.calendar)
    load = calls.visits_per_week * (calls.minutes + 15.0)
    return Pool(
        area="centre",
        members=members,
        problem=rep_problem(scenario, tier, calls, 0, customers, year),
        allowed=np.ones((len(customers), len(members)), dtype=bool),
        load=load,
        room=np.full(len(members), 1.15 * load.sum() / len(members)),
        present=customers % len(members),
        seed=seed,
        iterations=300,
    )


@settings(max_examples=15)
@given(st.integers(4, 14), st.integers(2, 3), st.integers(0, 1000))
def test_a_joint_plan_visits_everybody_by_one_rep_in_one_of_its_patterns(customers, reps, seed):
    pool = question(team(customers, reps, seed), seed)
    joint = plan_together(pool)
    if joint is None:
        return
    days, patterns = cycle_days(pool.problem), pool.problem.patterns
    assert joint.customers.tolist() == list(range(customers))
    assert (np.bincount(joint.rep, pool.load, reps) <= pool.room + 1e-6).all()
    for customer, rep in enumerate(joint.rep.tolist()):
        on = {r: tuple(d for d, t in zip(days, joint.tours[r], strict=True) if customer in t) for r in range(reps)}
        assert on.pop(rep) in {pattern.days for pattern in patterns[customer + 1]}
        assert not any(on.values())


def test_no_joint_plan_is_given_where_the_workload_cannot_be_shared():
    pool = question(team(6))
    assert plan_together(dataclasses.replace(pool, room=pool.room / 2)) is None


def own_problem(scenario: Scenario, customers: np.ndarray):
    tier = scenario.customers.given_tier
    year = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tier, call_plan(scenario, tier), 0, customers, year)


def test_joint_days_become_the_cycle_of_a_member():
    scenario = team(12)
    joint = plan_together(question(scenario))
    mine = np.flatnonzero(joint.rep == 0)
    cycle = cycle_of(own_problem(scenario, mine), joint.tours[0])
    rows = [cycle.rows[k, :length].tolist() for k, length in enumerate(cycle.lengths.tolist())]
    assert [tuple(mine[np.array(row, dtype=int) - 1].tolist()) for row in rows] == list(joint.tours[0])


def wishes():
    return {
        "weekday": lambda s: with_customers(s, preferred_weekday=np.full(12, 1)),
        "exclusion": lambda s: s.replace(visits={"never_same_day": tuple(("C001", f"C{k:03d}") for k in range(2, 13))}),
        "hours": lambda s: with_customers(s, window_open=np.full(12, 700), window_close=np.full(12, 740)),
    }


@pytest.mark.parametrize("wish", wishes())
def test_joint_days_are_not_kept_against_wishes_and_hours_of_customers(wish: str):
    scenario = team(12)
    joint = plan_together(question(scenario))
    problem = own_problem(wishes()[wish](scenario), np.flatnonzero(joint.rep == joint.rep[0]))
    assert cycle_of(problem, joint.tours[int(joint.rep[0])]) is None
