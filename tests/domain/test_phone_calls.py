"""Phone contacts between visits: prospects of grades a and b, in what is left of the day."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.assessment.validate import validate_tables
from territory.domain.phone_calls import free_minutes, planned_calls
from territory.planning.workflow import make_plan
from tests.factories import small_scenario


def plan_with_prospects(prospects: int, **visits):
    scenario = small_scenario(12, 1, visits=visits, tiers={"method": "given"})
    who, chosen = scenario.customers, np.arange(12) < prospects
    columns = {
        "annual_sales_cents": np.where(chosen, 0, who.annual_sales_cents),
        "since": np.where(chosen, -1, who.since),
        "given_tier": np.where(chosen, 1, 3),
    }
    return make_plan(scenario.replace(customers=dataclasses.replace(who, **columns)), effort="quick")


def test_every_prospect_is_called_every_second_day_unless_the_day_has_no_time_left():
    free, calls = planned_calls(plan_with_prospects(7))
    roomy = free >= 7 * 3
    assert roomy.mean() > 0.9
    assert (calls[:-1] + calls[1:] >= 7)[roomy[1:]].all()
    assert set(calls[1:][roomy[1:] & roomy[:-1]].tolist()) == {4}


def test_without_prospects_nobody_is_called():
    assert planned_calls(plan_with_prospects(0))[1].sum() == 0


@pytest.mark.parametrize("limit", [0, 2])
def test_a_rep_never_makes_more_calls_than_a_day_allows(limit):
    _, calls = planned_calls(plan_with_prospects(7, calls_per_day=limit))
    assert calls.max() == limit


def test_calls_fit_into_what_visits_and_driving_leave():
    made = plan_with_prospects(7, call_minutes=60)
    free, calls = planned_calls(made)
    assert (calls * 60 <= free).all()
    assert free.tolist() == free_minutes(made).tolist()
    assert free.max() <= 360


def test_the_checker_finds_calls_that_do_not_fit():
    made = plan_with_prospects(7)
    assert validate_tables(made.scenario, made.tables()) == []
    tables = made.tables()
    tables["days"] = tables["days"].assign(calls=31)
    assert {v.code for v in validate_tables(made.scenario, tables)} >= {"day.calls"}
