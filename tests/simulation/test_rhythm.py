"""The weeks of those who took customers over for good."""

from __future__ import annotations

import numpy as np

from territory.simulation.rhythm import choose_days
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, open_world
from territory.simulation.year import run_world, run_year
from tests.simulation.plans import simple_plan

CUT = {
    "staffing": {
        "cut_mode": "ranked",
        "keep": 2,
        "review_month": 3,
        "annual_attrition": 0.0,
        "dismiss_attainment": 0.0,
    },
    "workday": {"absence_share": 0.0},
}


def test_a_customer_moves_to_the_day_with_most_room() -> None:
    room = np.array([[10.0, 60.0, 30.0]])
    one = np.zeros(1, dtype=np.int64)
    assert choose_days(one, np.array([0, 1]), one, np.array([20.0]), room).tolist() == [1]
    assert room.tolist() == [[10.0, 40.0, 30.0]]


def test_the_second_to_choose_takes_what_the_first_left() -> None:
    owner, when = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    room = np.array([[10.0, 60.0, 50.0]])
    assert choose_days(owner, np.array([0, 1, 2]), when, np.array([20.0, 20.0]), room).tolist() == [1, 2]


def test_the_new_weeks_hold_every_visit_of_the_old_ones_within_a_week() -> None:
    tables = make_tables(simple_plan(160, 5, manager=True, new_hires=True, **CUT))
    world = open_world(tables, 1, 0, COMPILED)
    run_world(world)
    assert world.team.customers["settled"].sum() == 80
    assert np.array_equal(np.sort(world.visits["customer"]), np.sort(tables.visits["customer"]))
    assert world.visits["minutes"].sum() == tables.visits["minutes"].sum()
    before, after = days_of(tables.visits, tables.routes, tables), days_of(world.visits, world.routes, tables)
    settled = world.team.customers["settled"][before[0]] == 1
    assert np.array_equal(before[1][~settled], after[1][~settled])
    assert (after[1] >= before[1]).all()
    assert (after[1] - before[1]).max() <= 5
    assert (after[1][settled] > before[1][settled]).any()
    assert set(after[1].tolist()) <= set(range(len(tables.working_days)))


def days_of(visits: np.ndarray, routes: np.ndarray, tables) -> tuple[np.ndarray, np.ndarray]:
    """Customer and working day of every visit, customer by customer."""
    day = np.repeat(np.arange(len(routes)), routes["last"] - routes["first"]) // tables.books
    place = np.searchsorted(tables.working_days, day)
    order = np.lexsort((place, visits["customer"]))
    return visits["customer"][order], place[order]


def test_two_who_divide_the_work_of_four_with_time_to_spare_make_nearly_every_visit() -> None:
    tables = make_tables(simple_plan(96, 5, manager=True, new_hires=True, **CUT))
    year = run_year(tables, 1, 0)
    after = slice(3, None)
    assert year.month("visits_done")[after].sum() >= 0.97 * year.month("visits_planned")[after].sum()
