"""Random scenarios and what must hold in every year of them: deals, cash and headcount add up, to the cent."""

from __future__ import annotations

from typing import Any

import hypothesis
import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from territory.domain.budget_rules import CostLine
from territory.domain.outcome import Ledger, Year
from territory.domain.pipeline_rules import Channel
from territory.domain.plan import Plan
from territory.simulation.tables import make_tables
from territory.simulation.year import run_year
from tests.simulation.plans import simple_plan

RUNNING = (
    CostLine("office", 50_000, "office"),
    CostLine("vehicles", 400_000, "vehicles"),
    CostLine("entertaining and gifts", 500_000, "entertainment"),
)
SETUP = (CostLine("desks", 240_000, "setup"), CostLine("rent", 450_000, "rent"))


SCENARIO: dict[str, st.SearchStrategy] = {
    "customers": st.integers(1, 40),
    "reps": st.integers(1, 6),
    "manager": st.booleans(),
    "new_hires": st.booleans(),
    "seed": st.integers(0, 1000),
    "attrition": st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    "cut_mode": st.sampled_from(["none", "ranked", "drawn"]),
    "keep": st.integers(0, 4),
    "replace": st.booleans(),
    "lead": st.sampled_from([0, 10, 45]),
    "dismiss": st.sampled_from([0.0, 0.9]),
    "prospects": st.sampled_from([0, 50]),
    "goods": st.sampled_from([0.0, 0.6]),
    "preset": st.sampled_from(["probability", "coarse", "project", "foreign_trade"]),
    "churn": st.sampled_from([0.0, 0.5, 1.0]),
    "channels": st.sampled_from([(), (Channel("dealer", "dealer", 5_000_000, 3),)]),
    "projects": st.sampled_from([0.0, 0.02]),
    "silent": st.sampled_from([0.0, 0.3]),
    "approvers": st.integers(1, 3),
    "make_up": st.booleans(),
    "coverage": st.sampled_from([0.1, 1.5]),
}
SCENARIOS = st.fixed_dictionaries(SCENARIO)
YEARS_EACH = 5
"""Years of each scenario of the campaign."""


def any_plan(draw: dict[str, Any]) -> Plan:
    """Return the plan of a drawn scenario."""
    return simple_plan(
        draw["customers"],
        draw["reps"],
        manager=draw["manager"] and draw["reps"] > 1,
        new_hires=draw["new_hires"],
        staffing={
            "annual_attrition": draw["attrition"],
            "cut_mode": draw["cut_mode"],
            "keep": draw["keep"],
            "replace_leavers": draw["replace"],
            "hiring_lead_days": draw["lead"],
            "dismiss_attainment": draw["dismiss"],
            "report_missing": draw["silent"],
        },
        pipeline={
            "preset": draw["preset"],
            "prospects": draw["prospects"],
            "prospect_value": 5_000_000,
            "churn": draw["churn"],
            "channels": draw["channels"],
        },
        budget={
            "setup": SETUP,
            "monthly": RUNNING,
            "opening_cash": 1_234_567,
            "sales_cost_share": draw["goods"],
            "project_share": draw["projects"],
            "approvers": draw["approvers"],
        },
        visits={"make_up": draw["make_up"]},
        reviews={
            "policies": ("extend_probation", "drop_d_visits", "prospect_when_thin"),
            "coverage": draw["coverage"],
        },
    )


TINY = {"customers": st.integers(1, 8), "reps": st.integers(1, 3), "prospects": st.sampled_from([0, 5])}
"""Small enough that thousands of years are lived in seconds."""


def live_random_years(first: int, scenarios: int) -> int:
    """Live `YEARS_EACH` years of each of some random tiny scenarios and check them; return how many were lived.

    `first` seeds the scenarios and numbers the years, so that parts with distinct numbers live distinct years.
    """
    lived = 0

    @hypothesis.seed(first)
    @settings(max_examples=scenarios, deadline=None, phases=[Phase.generate], database=None, derandomize=False)
    @given(st.fixed_dictionaries({**SCENARIO, **TINY}))
    def live(draw: dict[str, Any]) -> None:
        nonlocal lived
        plan = any_plan(draw)
        tables = make_tables(plan)
        for replication in range(first, first + YEARS_EACH):
            check_identities(plan, run_year(tables, draw["seed"], replication, ledger=True))
            lived += 1

    live()
    return lived


def check_identities(plan: Plan, year: Year) -> None:
    """Nothing is lost: deals, cash, people, visits and reviews add up exactly."""
    check_deals(year)
    check_cash(plan, year, year.ledger)
    check_people(plan, year)
    check_reviews(plan, year)
    done, planned = np.cumsum(year.month("visits_done")), np.cumsum(year.month("visits_planned"))
    assert (done <= planned).all(), "what is missed in a month may be made up in the next"


def check_deals(year: Year) -> None:
    """Every deal that opens is won, lost or still open, at the end of every month."""
    assert year.opened == year.won + year.lost + year.still_open
    assert (year.opened, year.won, year.lost) == tuple(year.month(name).sum() for name in ("opened", "won", "lost"))
    closed = year.month("won") + year.month("lost")
    assert np.array_equal(np.cumsum(year.month("opened") - closed), year.month("open_deals"))
    assert year.still_open == year.month("open_deals")[-1]
    assert year.rep_bookings_cents.sum() <= year.month("bookings_cents").sum()


def check_cash(plan: Plan, year: Year, ledger: Ledger) -> None:
    """Cash is what was there and every line of the ledger, on every day and in every month."""
    received, paid = year.month("collections_cents"), year.month("payments_cents")
    assert np.array_equal(year.opening_cash_cents + np.cumsum(received - paid), year.month("cash_cents"))
    assert year.closing_cash_cents == year.opening_cash_cents + ledger.cents.sum()
    assert year.spent_cents == paid.sum()
    assert (np.diff(ledger.day) >= 0).all()
    balance = year.opening_cash_cents + np.cumsum(ledger.cents)
    ends = np.append(np.flatnonzero(np.diff(ledger.day)), len(balance) - 1)
    assert year.lowest_cash_cents in (balance[ends].min(), year.opening_cash_cents)
    month, collected = plan.scenario.calendar.month[ledger.day], ledger.category == "collection"
    assert np.array_equal(np.bincount(month[collected], ledger.cents[collected], 12), received)
    assert np.array_equal(-np.bincount(month[~collected], ledger.cents[~collected], 12), paid)
    running = np.isin(ledger.category, ["office", "vehicles", "entertainment"])
    assert (np.bincount(month[running], ledger.cents[running], 12) == -950_000).all()


def check_people(plan: Plan, year: Year) -> None:
    """Whoever starts or is hired stays or leaves once, and every month's headcount follows from that."""
    month, hired, left = plan.scenario.calendar.month, year.month("hired"), year.month("left")
    comes = [event for event in year.staff_events if event.kind in {"start", "hired"}]
    goes = [event for event in year.staff_events if event.kind in {"resigned", "cut", "dismissed"}]
    assert len({event.rep for event in comes}) == len(comes) == len(year.rep_bookings_cents)
    assert len({event.rep for event in goes}) == len(goes)
    came = {event.rep: event.day for event in comes}
    assert all(came[event.rep] <= event.day for event in goes)
    assert np.array_equal(np.bincount([month[event.day] for event in goes], minlength=12), left)
    starts = sum(1 for event in comes if event.kind == "start")
    assert len(comes) - starts == hired.sum()
    assert np.array_equal(starts + np.cumsum(hired - left), year.month("reps_active"))


def check_reviews(plan: Plan, year: Year) -> None:
    """The details agree with the months and the ledger."""
    details, calendar = year.details, plan.scenario.calendar
    assert details.month("made_up").sum() <= year.month("visits_done").sum()
    assert len(details.people) <= len(year.rep_bookings_cents)
    assert len({int(calendar.month[overrun.day]) for overrun in details.overruns}) == year.breaches[4]
    spent_for_projects = -year.ledger.cents[year.ledger.category == "project"].sum()
    assert details.month("projects_cents").sum() == spent_for_projects
    balance = year.opening_cash_cents + np.cumsum(year.ledger.cents)
    if details.lowest_cash_day >= 0:
        last = np.flatnonzero(year.ledger.day <= details.lowest_cash_day)[-1]
        assert balance[last] == year.lowest_cash_cents
    known = [person.slot for person in details.people]
    theirs = np.isin(year.ledger.rep, known) & (year.ledger.category != "collection")
    assert sum(person.cost_cents for person in details.people) == -year.ledger.cents[theirs].sum()
    assert 0 <= details.three_months.accuracy <= 1
    assert 0 <= details.linearity <= 1
