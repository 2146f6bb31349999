"""People matrix, reports, reserve, and visits that are missed and made up."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from territory.domain.review_rules import ReviewRules
from territory.simulation import policies
from territory.simulation.people import quadrant
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, open_world
from territory.simulation.year import run_world, run_year, simulate_year
from tests.factories import settings_with
from tests.simulation.plans import simple_plan

CALM = {"staffing": {"annual_attrition": 0.0}, "workday": {"absence_share": 0.0}}


@pytest.mark.parametrize(
    ("attainment", "appraisal", "place"), [(1.0, 85.0, "A"), (0.99, 85.0, "B"), (1.0, 84.0, "C"), (0.5, 10.0, "D")]
)
def test_the_people_matrix_crosses_culture_and_performance(attainment: float, appraisal: float, place: str) -> None:
    assert quadrant(ReviewRules(), attainment, appraisal) == place


def test_everybody_who_closed_a_month_is_in_the_matrix_with_cost_and_bookings() -> None:
    plan = simple_plan(40, 4, manager=True, new_hires=True, staffing={"annual_attrition": 0.6})
    year = simulate_year(plan, 1, ledger=True)
    people = year.details.people
    assert sum(year.details.matrix().values()) == len(people)
    for person in people:
        assert person.bookings_cents == year.rep_bookings_cents[person.slot]
        assert (
            person.cost_cents
            == -year.ledger.cents[(year.ledger.rep == person.slot) & (year.ledger.category != "collection")].sum()
        )
        assert person.trip_efficiency == pytest.approx(person.profit_cents / person.cost_cents)


def test_no_report_no_refund() -> None:
    silent = simulate_year(
        simple_plan(30, 3, staffing={"annual_attrition": 0.0, "report_missing": 1.0}), 0, ledger=True
    )
    told = simulate_year(simple_plan(30, 3, staffing={"annual_attrition": 0.0}), 0, ledger=True)
    assert not np.isin(silent.ledger.category, ["travel", "lodging", "phone"]).any()
    assert np.isin(told.ledger.category, ["travel"]).any()
    assert silent.details.month("reports_missing").tolist() == [3] * 12
    assert (silent.month("appraisal_points") < told.month("appraisal_points")).all()


def test_a_talent_reserve_fills_vacancies_sooner() -> None:
    quiet, loud = settings_with(), settings_with(reviews={"policies": ("talent_reserve",)})
    assert policies.hiring_days(quiet) == quiet.staffing.hiring_lead_days
    assert policies.hiring_days(loud) == loud.staffing.reserve_lead_days
    heads = []
    for reserve in ((), ("talent_reserve",)):
        tables = make_tables(simple_plan(20, 6, staffing={"annual_attrition": 0.6}, reviews={"policies": reserve}))
        heads.append(np.mean([run_year(tables, 1, r).month("reps_active").mean() for r in range(8)]))
    assert heads[1] > heads[0]


def test_on_a_course_nobody_visits() -> None:
    plan = simple_plan(20, 2, visits={"make_up": False}, **CALM)
    taught = dataclasses.replace(
        plan, scenario=plan.scenario.replace(staffing={"courses": (date(2026, 5, 11), date(2026, 5, 12))})
    )
    days = [plan.scenario.calendar.day_of(day) for day in (date(2026, 5, 11), date(2026, 5, 12))]
    missing = simulate_year(plan, 0).month("visits_done") - simulate_year(taught, 0).month("visits_done")
    assert missing.sum() == missing[4] == np.isin(plan.visits.day, days).sum() > 0


def test_visits_missed_for_absence_are_made_up_before_the_next_is_due() -> None:
    absent = {"staffing": {"annual_attrition": 0.0}, "workday": {"absence_share": 0.1}}
    done, made_up = [], []
    for make_up in (False, True):
        year = simulate_year(simple_plan(40, 4, visits={"make_up": make_up}, **absent), 0)
        done.append(year.month("visits_done").sum() / year.month("visits_planned").sum())
        made_up.append(year.details.month("made_up").sum())
    assert done[0] == pytest.approx(0.9, abs=0.02)
    assert done[1] > 0.97
    assert made_up[0] == 0
    assert made_up[1] > 0


def test_what_does_not_fit_the_day_is_made_up_by_the_best_tier_first() -> None:
    """One rep loses the other's customers: the hours do not do for all, and A comes before D."""
    rules = {"cut_mode": "ranked", "keep": 1, "review_month": 1, "annual_attrition": 0.0}
    plan = simple_plan(120, 2, new_hires=True, staffing=rules, workday={"absence_share": 0.0})
    tables = make_tables(plan)
    world = open_world(tables, 1, 0, COMPILED)
    run_world(world)
    customers = world.team.customers
    served = [customers["served"][customers["tier"] == tier].mean() for tier in range(4)]
    assert served[0] > served[3]
