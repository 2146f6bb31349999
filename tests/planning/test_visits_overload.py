"""What a plan says of reps with too much to do, and what regular weekdays cost."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.effort import EFFORTS
from territory.planning.visits.overload import regularity_table
from territory.planning.workflow import make_plan
from tests.factories import small_scenario


def weekly_half_days(customers: int):
    scenario = small_scenario(customers, 1, workday={"meetings": ()})
    ones = np.ones(customers, dtype=np.int64)
    who = dataclasses.replace(scenario.customers, visit_minutes=180 * ones, visits=ones, per_weeks=ones)
    return scenario.replace(customers=who)


def test_a_rep_with_more_half_days_than_the_week_has_is_proven_to_be_over_full():
    made = make_plan(weekly_half_days(15), effort="quick")
    note = next(note for note in made.notes if note.code.startswith("visits.overload"))
    assert note.code == "visits.overload.proven"
    assert note.values["minutes"] >= 3 * 180


def test_a_rep_with_room_for_everything_gets_no_note():
    assert make_plan(small_scenario(6, 1, workday={"meetings": ()}), effort="quick").notes == ()


def test_the_price_of_regularity_is_stated_for_every_rep_with_customers():
    scenario = small_scenario(14, 2)
    made = make_plan(scenario, effort="quick")
    arguments = scenario, made.segments.tier, made.calls, made.territories.rep
    table = regularity_table(*arguments, seed=1, effort=EFFORTS["quick"])
    assert table["rep_id"].tolist() == ["R1", "R2"]
    assert (table["regular_minutes"] > 0).all()
    assert (table["price_share"] >= -0.02).all()
    assert table.equals(regularity_table(*arguments, seed=1, effort=EFFORTS["quick"], workers=2))
