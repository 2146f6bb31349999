"""Why years fail, on years made by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.assessment.explain import best_cut, typical_failing_year
from territory.assessment.verdict import judge
from territory.assessment.year_figures import year_figures
from territory.domain.findings import Explanation
from territory.domain.outcome import Ledger, Outcome, StaffEvent
from tests.assessment.lives import TASK, a_plan, a_year, lived
from tests.factories import texts


def explained(outcome: Outcome) -> Explanation:
    why = judge(outcome).explanation
    assert why is not None
    return why


def test_years_that_all_hold_need_no_explanation() -> None:
    assert judge(lived([a_year(k, bookings=2 * TASK) for k in range(8)])).explanation is None


def test_the_people_who_leave_separate_failing_from_holding_years() -> None:
    years = [a_year(k, reps=3 if k % 2 else 1, bookings=TASK if k % 2 else TASK // 2) for k in range(20)]
    why = explained(lived(years))
    assert (why.condition, why.failing_years, why.holding_years) == ("target", 10, 10)
    first = next(one for one in why.separators if one.figure == "people_at_end")
    assert (first.failing, first.holding, first.cut) == (1, 3, 2)
    assert (first.below, first.above) == (0.0, 1.0)
    assert first.difference < 0


def test_a_condition_is_not_explained_by_itself() -> None:
    years = [a_year(k, spent=1_000 if k % 2 else 10**12) for k in range(20)]
    why = explained(lived(years))
    assert why.condition == "budget"
    assert "spending_cents" not in {one.figure for one in why.separators}


def test_too_few_years_of_a_kind_are_not_compared() -> None:
    why = explained(lived([a_year(k, bookings=TASK if k else TASK // 2) for k in range(20)]))
    assert (why.condition, why.separators) == ("", ())


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=12, max_size=40))
def test_the_best_cut_is_that_of_brute_force(years: list[tuple[int, bool]]) -> None:
    values = np.array([value for value, _ in years], dtype=float)
    holds = np.array([held for _, held in years])
    if len(np.unique(values)) < 2:
        return

    def impurity(cut: float) -> float:
        parts = (holds[values < cut], holds[values >= cut])
        return sum(len(part) * part.mean() * (1 - part.mean()) for part in parts)

    cuts = [(a + b) / 2 for a, b in zip(np.unique(values)[:-1], np.unique(values)[1:], strict=True)]
    wide = [cut for cut in cuts if 5 <= (values < cut).sum() <= len(values) - 5]
    cut, below, above = best_cut(values, holds)
    assert impurity(cut) == pytest.approx(min(impurity(one) for one in (wide or cuts)))
    assert below == pytest.approx(holds[values < cut].mean())
    assert above == pytest.approx(holds[values >= cut].mean())


def test_the_typical_failing_year_is_the_medoid_of_brute_force() -> None:
    rng = np.random.default_rng(1)
    years = [
        a_year(
            k, bookings=int(TASK * rng.uniform(0.2, 1.2)), reps=int(rng.integers(1, 6)), opened=int(rng.integers(99))
        )
        for k in range(30)
    ]
    plan = a_plan()
    columns = np.stack(list(year_figures(plan, years).values()), axis=1)
    scaled = columns / np.where(columns.std(axis=0) > 0, columns.std(axis=0), 1)
    failing = [k for k, year in enumerate(years) if year.month("bookings_cents").sum() < TASK]
    apart = [sum(float(np.linalg.norm(scaled[a] - scaled[b])) for b in failing) for a in failing]
    assert typical_failing_year(plan, years) == failing[int(np.argmin(apart))]
    assert typical_failing_year(plan, [a_year(bookings=2 * TASK)]) is None


def test_the_story_tells_what_happens_when() -> None:
    ledger = Ledger(
        day=np.array([10, 100]),
        category=texts(["vehicles", "collection"]),
        rep=np.array([-1, -1]),
        cents=np.array([-900_000_000, 950_000_000]),
        approved_by=texts(["", ""]),
        item=texts(["", ""]),
    )
    events = (
        StaffEvent(0, 0, "start"),
        StaffEvent(89, 1, "cut"),
        StaffEvent(89, 2, "cut"),
        StaffEvent(120, 0, "resigned"),
    )
    year = a_year(bookings=TASK // 2, done=0.5, lowest=-1, staff_events=events)
    outcome = dataclasses.replace(lived([year]), failing=dataclasses.replace(year, ledger=ledger))
    why = explained(outcome)
    assert why.missed == ("target", "cash", "visits")
    told = {one.code: one for one in why.story}
    assert [one.day for one in why.story] == sorted(one.day for one in why.story)
    assert told["story.cut"].values["people"] == 2
    assert told["story.resigned"].day == 120
    assert (told["story.cash_out"].day, told["story.cash_out"].values["cash_cents"]) == (10, -600_000_000)
    assert told["story.overrun"].values["heading"] == "vehicles"
    assert told["story.attainment"].values["booked_share"] == pytest.approx(0.5)
    assert told["story.visits_missed"].values["missed"] == 50


def test_answers_are_given_by_people_kept() -> None:
    plan = a_plan()
    cut = dataclasses.replace(plan, scenario=plan.scenario.replace(staffing={"cut_mode": "drawn", "keep": 2}))
    years = [a_year(k, reps=2 + k % 2, bookings=TASK if k % 2 else TASK // 2) for k in range(10)]
    few, many = judge(lived(years, cut)).kept
    assert (few.kept + 1, few.years, many.years) == (many.kept, 5, 5)
    assert (few.target_hits, many.target_hits) == (0, 5)
    assert (few.median_bookings_cents, many.median_bookings_cents) == (TASK // 2, TASK)
    assert many.target_low > 0.5 > few.target_high
    assert judge(lived(years)).kept == ()
