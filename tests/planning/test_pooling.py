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
from territory.planning import pooling
from territory.planning.pooling import share_areas
from territory.planning.routes import Day, time_route
from territory.planning.targets import customer_weights
from territory.planning.visits.pool import Pool, plan_together, pool_kernels_are_compiled
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.workflow import make_plan
from tests.factories import XIAN, small_scenario, texts

OFFICE = {"start_from": "office", "office_lat": XIAN[0], "office_lon": XIAN[1]}
FIVE_DAYS = {**OFFICE, "weekdays": ("mon", "tue", "wed", "thu", "fri")}
WORKDAYS = (FIVE_DAYS, {**FIVE_DAYS, "start_from": "home"})
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
    share_none = np.array([1.0, 0.0])
    return {
        "contiguous": lambda s: s.replace(territories={"contiguous": True}),
        "part_year": lambda s: with_reps(s, left_day=np.array([200, 1 << 30])),
        "no_share": lambda s: with_reps(s, share=share_none),
        "few": lambda s: with_customers(s, visits=np.eye(40, dtype=np.int64)[0]),
        "settled": lambda s: with_customers(s, current_rep=split_plan().territories.rep),
    }


@pytest.mark.parametrize("obstacle", obstacles())
def test_a_pool_that_cannot_be_planned_together_keeps_its_territories_and_says_why(obstacle: str):
    plan = split_plan()
    drawn, (note,) = share(obstacles()[obstacle](pooled(plan.scenario)), plan)
    assert note.code == f"visits.pool.{obstacle}"
    assert drawn[0] is plan.territories


def differences():
    north = np.array([0.0, 0.05])
    pairs = tuple(("C001", f"C{k:03d}") for k in range(2, 21))
    return {
        "homes": lambda s: with_reps(s.replace(workday={"start_from": "home"}), home_lat=s.reps.home_lat + north),
        "hours": lambda s: with_reps(s, hours_per_week=np.array([42.0, 30.0]), share=np.array([1.0, 0.7])),
        "trips": lambda s: s.replace(visits={"trip_beyond_km": 14.0}),
        "weekdays": lambda s: with_customers(s, preferred_weekday=np.arange(24) % 5),
        "exclusions": lambda s: s.replace(visits={"never_same_day": pairs}),
        "opening": lambda s: with_customers(s, window_open=np.full(24, 600), window_close=np.full(24, 960)),
        "long_cycle": lambda s: with_customers(s, per_weeks=np.where(s.customers.visits == 1, 12, 1)),
        "six_by_six": lambda s: with_customers(
            s.replace(workday=OFFICE), visits=np.tile([2, 1, 2, 1], 6), per_weeks=np.tile([1, 1, 3, 2], 6)
        ),
    }


IN_EVERY_RUN = ("homes", "trips", "six_by_six")


@pytest.mark.parametrize(
    "difference",
    [pytest.param(d, marks=[] if d in IN_EVERY_RUN else pytest.mark.campaign) for d in differences()],
)
def test_pools_of_any_calendar_are_tried_together_and_break_no_rule(difference: str):
    plan = make_plan(pooled(differences()[difference](team(24, seed=3))), effort="quick")
    assert said_of_areas(plan)[0] in {"visits.pool.together", "visits.pool.no_gain", "visits.pool.balance"}
    notes = [{"code": note.code, "values": dict(note.values)} for note in plan.notes]
    said = {"plan": {"tolerance": dict(plan.territories.tolerance), "notes": notes}}
    assert validate_tables(plan.scenario, {**plan.tables(), "summary": said}) == []


def question(scenario: Scenario, seed: int = 0, run: int = 0, slack: float = 0.15) -> Pool:
    tier, customers = scenario.customers.given_tier, np.arange(len(scenario.customers))
    calls, members = call_plan(scenario, tier), np.arange(len(scenario.reps))
    year = year_windows(scenario.settings.workday, scenario.calendar)
    load = (calls.visits_per_cycle * (calls.minutes + 15.0))[:, None]
    fair = np.full((len(members), 1), load.sum() / len(members))
    return Pool(
        area="centre",
        members=members,
        problems=tuple(rep_problem(scenario, tier, calls, rep, customers, year) for rep in members.tolist()),
        allowed=np.ones((len(customers), len(members)), dtype=bool),
        present=customers % len(members),
        load=load,
        least=(1 - slack) * fair,
        most=(1 + slack) * fair,
        solutions=5,
        first_iterations=50,
        seed=seed,
        iterations=200,
        run=run,
    )


def own_problem(scenario: Scenario, rep: int, customers: np.ndarray):
    tier = scenario.customers.given_tier
    year = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tier, call_plan(scenario, tier), rep, customers, year)


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 14), st.integers(2, 3), st.integers(0, 1000), st.integers(0, 2), st.sampled_from(WORKDAYS))
def test_a_joint_plan_visits_everybody_by_one_rep_in_one_of_its_patterns(customers, reps, seed, run, workday):
    scenario = team(customers, reps, seed, workday=workday)
    joint = plan_together(question(scenario, seed, run))
    for rep, cycle in enumerate(joint.cycles):
        mine = np.flatnonzero(joint.rep == rep)
        problem = own_problem(scenario, rep, mine)
        rows = [row[:length].tolist() for row, length in zip(cycle.rows, cycle.lengths.tolist(), strict=True)]
        for place, chosen in enumerate(cycle.chosen[1:].tolist(), start=1):
            days = tuple(int(day) for day, row in zip(cycle.offsets, rows, strict=True) if place in row)
            assert days == (problem.patterns[place][chosen].days if chosen >= 0 else ())
        for day, row in zip(cycle.offsets.tolist(), rows, strict=True):
            w = int(problem.days.ordinary[day % 7])
            tables = problem.travel, problem.service, problem.starts, problem.gaps
            assert not row or time_route(Day(*tables, w, problem.depart, problem.back), row) is not None


@pytest.mark.parametrize("run", [0, 1, 2])
def test_a_joint_search_shares_the_work_though_one_rep_alone_would_drive_less(run: int):
    pool = question(team(30, workday=FIVE_DAYS), run=run, slack=0.1)
    joint = plan_together(pool)
    minutes = [
        (cycle.lengths * 20).sum() + sum(driven(pool.problems[rep], np.flatnonzero(joint.rep == rep), cycle))
        for rep, cycle in enumerate(joint.cycles)
    ]
    assert max(minutes) <= 1.2 * min(minutes)


def driven(problem, mine: np.ndarray, cycle) -> list[int]:
    place = np.concatenate([[0], mine + 1])
    stops = [place[[0, *row[:length], 0]] for row, length in zip(cycle.rows, cycle.lengths.tolist(), strict=True)]
    return [int(problem.travel[way[:-1], way[1:]].sum()) for way in stops]


def test_a_few_customers_suffice_to_compile_the_kernels_of_shared_areas(monkeypatch):
    found: list = []
    monkeypatch.setattr(pooling, "plan_together", lambda pool: found.append(plan_together(pool)))
    pooling.share_a_few(pooled(team(8)))
    assert len(found[0].cycles) == 2
    assert pool_kernels_are_compiled()
