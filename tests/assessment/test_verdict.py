"""Verdicts on years made by hand: what holds, what binds, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from territory.assessment.verdict import judge
from territory.domain.outcome import Ledger, Lever, Verdict
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.spending import planned_budget_cents
from territory.errors import Reason
from tests.assessment.good import good_outcome
from tests.assessment.lives import TASK, a_plan, a_year, lived
from tests.factories import texts


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def reason(verdict: Verdict, code: str) -> Reason:
    return next(one for one in verdict.reasons if one.code == code)


def test_years_in_which_all_goes_well_make_a_feasible_plan() -> None:
    verdict = judge(lived([a_year(k, bookings=2 * TASK) for k in range(40)]))
    assert verdict.status == "feasible"
    assert {p.value for p in verdict.probabilities.values()} == {1.0}
    assert codes(verdict)[0] == "verdict.holds"


@pytest.mark.parametrize(
    ("good", "status"), [(40, "feasible"), (32, "feasible"), (31, "at_risk"), (20, "at_risk"), (19, "not_feasible")]
)
def test_the_status_follows_the_share_of_years_in_which_everything_holds(good: int, status: str) -> None:
    years = [a_year(k, bookings=TASK if k < good else TASK - 1) for k in range(40)]
    verdict = judge(lived(years))
    assert verdict.status == status
    assert verdict.probabilities["joint"].hits == good


def test_everything_must_hold_in_the_same_year() -> None:
    budget = planned_budget_cents(a_plan())
    years = [
        a_year(0, bookings=TASK - 1),
        a_year(1, spent=budget + 1),
        a_year(2, lowest=-1),
        a_year(3, done=0.9),
        a_year(4),
    ]
    chances = judge(lived(years)).probabilities
    assert [chances[name].hits for name in ("target", "budget", "cash", "visits", "joint")] == [4, 4, 4, 4, 1]


def test_the_limits_of_every_condition_are_inside() -> None:
    budget = planned_budget_cents(a_plan())
    chances = judge(lived([a_year(bookings=TASK, spent=budget, lowest=0)])).probabilities
    assert chances["joint"].hits == 1


def test_the_shortfall_is_the_median_of_the_years_that_miss() -> None:
    years = [a_year(0), a_year(1, bookings=TASK - 10), a_year(2, bookings=TASK - 30), a_year(3, bookings=TASK - 200)]
    values = reason(judge(lived(years)), "verdict.target_missed").values
    assert values["bad_years"] == 3
    assert values["shortfall_cents"] == 30
    assert values["target_cents"] == TASK


def test_the_heaviest_reason_comes_first() -> None:
    years = [
        a_year(k, bookings=TASK - (k < 4), lowest=-5 if k < 9 else 1, done=0.5 if k < 2 else 1.0) for k in range(10)
    ]
    found = codes(judge(lived(years)))
    assert found[:3] == ["verdict.cash_low", "verdict.target_missed", "verdict.visits_missed"]


def test_the_low_point_of_cash_names_its_month() -> None:
    values = reason(judge(lived([a_year(lowest=-700)])), "verdict.cash_low").values
    assert (values["lowest_cents"], values["month"]) == (-700, "2026-07")


def test_a_team_that_cannot_carry_the_work_is_not_feasible_even_in_lucky_years() -> None:
    plan = a_plan(needed=9, available=3.0, carried_share=0.4, to_hire=6)
    verdict = judge(lived([a_year(k, bookings=2 * TASK) for k in range(40)], plan))
    assert verdict.status == "not_feasible"
    assert codes(verdict)[0] == "verdict.too_few_reps"
    values = verdict.reasons[0].values
    assert (values["needed"], values["available"], values["to_hire"]) == (9, 3.0, 6)


def test_visits_left_out_for_capacity_count_as_demanded() -> None:
    plan = a_plan()
    left_out = int((plan.unserved.cause == UNSERVED_CAUSES.index("capacity")).sum())
    assert left_out > 0
    enough = 0.95 * (1_200 + left_out) / 1_200
    few, many = a_year(0, done=enough - 0.01), a_year(1, done=enough + 0.01)
    assert judge(lived([few, many])).probabilities["visits"].hits == 1


def test_sales_that_hang_on_the_people_who_stay_are_told() -> None:
    years = [a_year(k, reps=2 + k % 3, bookings=TASK * (2 + k % 3) // 4) for k in range(30)]
    values = reason(judge(lived(years)), "verdict.people_lost").values
    assert values["correlation"] == pytest.approx(1.0)
    assert values["few_reps"] == 2
    assert values["few_bookings_cents"] == TASK // 2
    assert values["more_target_share"] == pytest.approx(0.5)


def test_a_team_that_shrinks_is_told_even_where_it_always_shrinks_alike() -> None:
    verdict = judge(lived([a_year(k, reps=1, done=0.5) for k in range(10)]))
    values = reason(verdict, "verdict.fewer_people").values
    assert (values["reps_at_start"], values["reps_at_end"]) == (2, 1.0)
    assert "verdict.people_lost" not in codes(verdict)


def test_sales_that_do_not_hang_on_people_are_not_blamed_on_them() -> None:
    years = [a_year(k, reps=2 + k % 2, bookings=TASK // 2 + (k // 2) % 2) for k in range(32)]
    assert "verdict.people_lost" not in codes(judge(lived(years)))


def test_an_overrun_names_its_heading_and_month() -> None:
    plan = a_plan()
    budget = planned_budget_cents(plan)
    ledger = Ledger(
        day=np.array([0, 40, 70]),
        category=texts(["setup", "vehicles", "vehicles"]),
        rep=np.array([-1, -1, -1]),
        cents=np.array([-870_000, -5_000, -900_000_000]),
        approved_by=texts(["", "", ""]),
        item=texts(["", "", ""]),
    )
    verdict = judge(lived([a_year(spent=budget + 500), a_year(1)], plan, ledger))
    values = reason(verdict, "verdict.budget_overrun_by").values
    assert (values["heading"], values["month"], values["overrun_cents"]) == ("vehicles", "2026-03", 500)


def test_a_thin_pipeline_is_told_where_the_target_is_missed() -> None:
    missed = [a_year(k, bookings=TASK // 2, thin_months=10) for k in range(10)]
    values = reason(judge(lived(missed)), "verdict.thin_pipeline").values
    assert values["months_below"] == 10
    assert values["median_coverage"] == pytest.approx(1.0)
    reached = [a_year(k, bookings=2 * TASK, thin_months=10) for k in range(10)]
    assert "verdict.thin_pipeline" not in codes(judge(lived(reached)))


def test_levers_keep_the_order_in_which_they_were_ranked() -> None:
    small, large = (
        Lever(name, {}, 5, 0, 9, effect, 0.0, 1.0, 0.0, 0.0, 0.0, 50, True) for name, effect in (("a", 0.1), ("b", 0.4))
    )
    assert [lever.name for lever in judge(lived([a_year()]), (large, small)).levers] == ["b", "a"]


def test_simulated_years_are_judged_too() -> None:
    verdict = judge(good_outcome())
    assert verdict.probabilities["joint"].years == 6
    assert all(not isinstance(value, np.generic) for one in verdict.reasons for value in one.values.values())
