"""Reps whose last day the scenario states."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.outcome import StaffEvent
from territory.domain.plan import Plan
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, PURE, open_world
from territory.simulation.year import run_world, run_year, simulate_year
from tests.simulation.plans import simple_plan
from tests.simulation.test_year import same

CALM = {"staffing": {"annual_attrition": 0.0, "hiring_lead_days": 30}, "workday": {"absence_share": 0.0}}


def leaving(plan: Plan, last_day: dict[int, int]) -> Plan:
    """Return the plan with the stated last days of some reps."""
    reps = plan.scenario.reps
    left = reps.left_day.copy()
    left[list(last_day)] = list(last_day.values())
    return dataclasses.replace(plan, scenario=plan.scenario.replace(reps=dataclasses.replace(reps, left_day=left)))


@pytest.mark.parametrize("manager", [True, False])
def test_a_rep_leaves_after_its_stated_last_day_and_is_replaced_like_any_leaver(manager: bool) -> None:
    plan = leaving(simple_plan(30, 4, manager=manager, **CALM), {2: 100})
    tables = make_tables(plan)
    world = open_world(tables, 1, 0, COMPILED)
    run_world(world)
    hired = tables.next_workday(131)
    assert world.team.events[4:6] == [StaffEvent(100, 2, "left"), StaffEvent(hired, 4, "hired")]
    leaver, successor = world.team.people[2], world.team.people[4]
    assert not leaver.here(101)
    mine = tables.customers["owner"] == 2
    assert (world.team.customers["handed"][mine] == 101).all()
    assert not (world.team.customers["owner"] == 2).any()
    if manager:
        assert set(world.team.customers["owner"][mine].tolist()) == {successor.slot}


def test_nothing_is_paid_for_the_days_after_the_stated_last_one() -> None:
    plan = leaving(simple_plan(30, 3, **CALM), {1: 58})
    year = simulate_year(plan, 0, ledger=True)
    month = plan.scenario.calendar.month
    assert month[58] == 1
    paid = year.ledger.day[(year.ledger.rep == 1) & (year.ledger.category == "pay")]
    assert month[paid].tolist() == [0, 1]
    assert year.month("left").tolist() == [0, 1] + [0] * 10


def test_who_leaves_at_the_end_of_the_year_or_later_stays_all_year() -> None:
    plan = simple_plan(30, 3, **CALM)
    last = plan.scenario.calendar.days - 1
    assert same(simulate_year(plan, 0), simulate_year(leaving(plan, {0: last, 1: last + 50}), 0))


def test_who_is_cut_before_the_stated_day_leaves_once() -> None:
    rules = {**CALM["staffing"], "cut_mode": "ranked", "keep": 0, "review_month": 3}
    plan = leaving(simple_plan(12, 3, staffing=rules), {0: 200, 1: 201})
    kinds = [event.kind for event in simulate_year(plan, 0).staff_events if event.rep in (0, 1)]
    assert kinds == ["start", "start", "cut", "cut"]


def test_the_whole_team_leaving_within_the_year_leaves_the_books_in_order() -> None:
    plan = leaving(simple_plan(12, 3, manager=True, **CALM), {0: -5, 1: 120, 2: 120})
    tables = make_tables(plan)
    for seed in range(5):
        year = run_year(tables, seed, 0, ledger=True)
        assert same(year, run_year(tables, seed, 0, ledger=True, kernels=PURE))
        assert year.opened == year.won + year.lost + year.still_open
        assert year.closing_cash_cents == year.opening_cash_cents + year.ledger.cents.sum()
        assert np.array_equal(3 + np.cumsum(year.month("hired") - year.month("left")), year.month("reps_active"))
