"""From estimated to routed travel: what the workloads of a plan rest on."""

import dataclasses

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.plan import Routes, Territories, Visits
from territory.domain.scenario import call_plan
from territory.planning.assignment import assign_territories
from territory.planning.travel_estimate import estimate_travel
from territory.planning.travel_fit import excess, fitted, misfit, routed_minutes, with_routed_workload
from territory.planning.workflow import make_plan
from tests.factories import small_scenario


def of_class(kind, **given):
    """Return a frozen dataclass of arrays with only the fields a test speaks of."""
    names = [spec.name for spec in dataclasses.fields(kind)]
    return kind(**{name: given.get(name, np.zeros(0, dtype=np.int64)) for name in names})


def a_team():
    scenario = small_scenario(6, 2, territories={"balance": {"workload": 0.1}})
    calls = call_plan(scenario, np.ones(6, dtype=np.int64))  # once a week, 20 minutes
    drawn = Territories(
        rep=np.array([0, 0, 0, 1, 1, 1]),
        workload_minutes=np.array([90.0, 90.0]),
        travel_minutes=np.array([30.0, 30.0]),
        objective=0.0,
        bound=0.0,
        tolerance={"workload": 0.0},
    )
    return scenario, calls, drawn


def test_misfit_is_the_median_and_the_worst_rep_and_reps_without_routes_do_not_count():
    off = misfit(np.array([104.0, 91.0, 100.0, 7.0]), np.array([100.0, 100.0, 100.0, 0.0]))
    assert (off.median, off.worst) == pytest.approx((0.04, 0.09))
    assert off.small
    assert not misfit(np.array([111.0]), np.array([100.0])).small


def test_visits_that_were_lost_count_as_if_they_cost_what_the_others_cost():
    scenario, calls, drawn = a_team()
    visits = of_class(Visits, rep=np.array([0] * 50))
    routes = of_class(Routes, rep=np.array([0, 0]), travel_minutes=np.array([300, 200]))
    routed = routed_minutes(scenario, calls, drawn, visits, routes)
    assert routed.tolist() == [30.0, 30.0], "500 minutes for 50 visits, three a week; unrouted: the estimate"


def test_the_fitted_estimate_gives_every_rep_the_routed_minutes():
    scenario, calls, drawn = a_team()
    estimate = estimate_travel(scenario, calls)
    before = np.bincount(drawn.rep, estimate.per_week(calls, 6.0), 2)
    drawn = dataclasses.replace(drawn, travel_minutes=before)
    after = fitted(estimate, drawn, before * [0.5, 2.0])
    assert np.bincount(drawn.rep, after.per_week(calls, 6.0), 2) == pytest.approx(before * [0.5, 2.0])


def test_routed_workloads_bring_the_balance_that_goes_with_them():
    scenario, calls, drawn = a_team()
    routed = with_routed_workload(scenario, calls, drawn, np.array([60.0, 0.0]))
    assert routed.workload_minutes.tolist() == [120.0, 60.0]
    assert routed.tolerance["workload"] == pytest.approx(30 / 90)
    assert excess(scenario, drawn, routed) == pytest.approx(30 / 90 - 0.1)


def test_an_imbalance_that_no_division_avoids_is_no_excess():
    scenario, calls, drawn = a_team()
    widened = dataclasses.replace(drawn, tolerance={"workload": 0.5})
    routed = with_routed_workload(scenario, calls, widened, np.array([60.0, 0.0]))
    assert excess(scenario, widened, routed) == 0.0


def test_a_plan_states_routed_minutes_and_how_far_the_estimate_was_off():
    scenario = small_scenario(40, 3)
    plan = make_plan(scenario, effort="quick")
    routed = routed_minutes(scenario, plan.calls, plan.territories, plan.visits, plan.routes)
    assert plan.territories.travel_minutes == pytest.approx(routed)
    face = np.bincount(plan.territories.rep, plan.calls.visits_per_week * plan.calls.minutes, 3)
    assert plan.territories.workload_minutes == pytest.approx(face + routed)
    (fit,) = [reason for reason in plan.headcount.reasons if reason.code.startswith("headcount.travel_")]
    assert fit.values["worst_share"] <= fit.values["first_worst_share"]


def test_territories_are_drawn_again_on_the_fitted_estimate_and_the_better_ones_kept():
    scenario = small_scenario(40, 2, territories={"balance": {"workload": 0.05}})
    asked = []

    def lopsided_first(scenario, calls, weights, *, travel=None, **_):
        asked.append(travel)
        rep = np.arange(40) % 2 if travel else (np.arange(40) < 30).astype(np.int64)
        minutes = np.bincount(rep, (travel or estimate_travel(scenario, calls)).per_week(calls, 12.0), 2)
        face = np.bincount(rep, calls.visits_per_week * calls.minutes, 2)
        return Territories(rep, face + minutes, minutes, 0.0, 0.0, {"workload": 0.0})

    plan = make_plan(scenario, effort="quick", assign=lopsided_first)
    assert [travel is None for travel in asked[:2]] == [True, False]
    assert plan.territories.rep.tolist() == [0, 1] * 20


def test_a_division_that_stays_the_same_is_routed_once():
    scenario = small_scenario(20, 2)
    routed = []

    def always(scenario, calls, weights, *, travel=None, **_):
        rep = (np.arange(20) < 17).astype(np.int64)
        minutes = np.bincount(rep, (travel or estimate_travel(scenario, calls)).per_week(calls, 12.0), 2)
        face = np.bincount(rep, calls.visits_per_week * calls.minutes, 2)
        return Territories(rep, face + minutes, minutes, 0.0, 0.0, {"workload": 0.0})

    def counting(*given, **options):
        from territory.planning.visits import plan_visits

        routed.append(given)
        return plan_visits(*given, **options)

    make_plan(scenario, effort="thorough", assign=always, schedule=counting)
    assert len(routed) == 1


def test_a_touch_up_moves_few_customers_and_keeps_the_balance_on_the_fitted_estimate():
    scenario = small_scenario(60, 4, territories={"balance": {"workload": 0.1}})
    calls, weights = call_plan(scenario, np.ones(60, dtype=np.int64)), np.full(60, 1 / 60)
    options = {"seed": 1, "effort": EFFORTS["quick"]}
    first = assign_territories(scenario, calls, weights, **options)
    routed = first.travel_minutes * [1.6, 1.0, 0.8, 1.0]
    travel = fitted(estimate_travel(scenario, calls), first, routed)
    fresh = assign_territories(scenario, calls, weights, **options, travel=travel)
    near = assign_territories(scenario, calls, weights, **options, travel=travel, present=first.rep)
    assert near.tolerance["workload"] <= 0.1 + 1e-9
    assert (near.rep != first.rep).sum() <= min(6, (fresh.rep != first.rep).sum())
    assert near.bound <= near.objective


def test_a_balanced_division_is_not_touched():
    scenario = small_scenario(60, 4, territories={"balance": {"workload": 0.2}})
    calls, weights = call_plan(scenario, np.ones(60, dtype=np.int64)), np.full(60, 1 / 60)
    options = {"seed": 1, "effort": EFFORTS["quick"]}
    first = assign_territories(scenario, calls, weights, **options)
    again = assign_territories(
        scenario, calls, weights, **options, travel=estimate_travel(scenario, calls), present=first.rep
    )
    assert again.rep.tolist() == first.rep.tolist()
