"""Trips as rows: nights, cost, and approval before the start."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.customers import NONE
from territory.domain.trip_book import trip_book
from territory.planning.workflow import make_plan
from tests.factories import small_scenario


def travelling():
    scenario = small_scenario(8, 1, visits={"trip_beyond_km": 80.0}, budget={"km_cost": 100, "lodging_night": 20_000})
    who = scenario.customers
    who = dataclasses.replace(who, lon=who.lon - 1.7, visits=np.full(8, 1), per_weeks=np.full(8, 6))
    return make_plan(scenario.replace(customers=who), effort="quick")


def test_every_trip_is_approved_on_a_working_day_before_it_starts_and_costs_its_nights_and_kilometres():
    plan = travelling()
    book, calendar = trip_book(plan), plan.scenario.calendar
    assert len(book) == len(np.unique(plan.routes.trip[plan.routes.trip != NONE])) > 5
    assert (book.approve_by < book.first_day).all()
    assert calendar.working[book.approve_by[book.approve_by >= 0]].all()
    assert book.nights.sum() == (plan.routes.end_place == 1).sum() > 0
    assert np.allclose(book.cost_cents, 100 * book.km + 20_000 * book.nights, atol=1)
    assert sum(map(len, book.customers)) == (plan.visits.trip != NONE).sum()
    assert book.table(plan)["approve_by"].lt(book.table(plan)["first_date"]).all()
