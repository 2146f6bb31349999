"""The reviews and the people of a year that was lived, as tables."""

from __future__ import annotations

import dataclasses

import pytest

from territory.domain.year_details import QUADRANTS
from territory.domain.year_tables import year_tables
from territory.simulation.year import simulate_year
from tests.simulation.plans import simple_plan

STAFFING = {"annual_attrition": 0.9, "hiring_lead_days": 10}


@pytest.fixture(scope="module")
def lived():
    plan = simple_plan(24, 3, new_hires=True, staffing=STAFFING)
    year = simulate_year(plan, 1)
    assert len(year.details.people) > 3, "somebody was hired in the year"
    return plan, year, year_tables(year, plan.scenario.calendar, list(plan.scenario.reps.rep_id))


def test_every_month_has_its_reviews(lived):
    _, year, tables = lived
    reviews = tables["reviews"]
    assert len(reviews) == 12
    assert reviews["three_months"][3] == f"{year.details.month('three_months_cents')[3] / 100:.2f}"
    assert reviews["coverage"][5] == year.details.month("coverage_permille")[5] / 1000
    assert reviews["new_customers"].tolist() == year.details.month("new_customers").tolist()


def test_everybody_stands_in_the_matrix_with_what_they_cost(lived):
    plan, year, tables = lived
    people = tables["people"]
    assert people["rep_id"].tolist()[:4] == [*plan.scenario.reps.rep_id, "NEW1"]
    assert set(people["quadrant"]) <= set(QUADRANTS)
    assert [round(100 * float(cost)) for cost in people["cost"]] == [one.cost_cents for one in year.details.people]
    left = {event.rep for event in year.staff_events if event.kind == "resigned"}
    assert {one.slot for one, day in zip(year.details.people, people["last_day"], strict=True) if day} == left


def test_a_year_without_details_has_no_tables(lived):
    plan, year, _ = lived
    assert year_tables(dataclasses.replace(year, details=None), plan.scenario.calendar, []) == {}
