"""The approvers' queue against Erlang C, and what waits, is refused or lapses in a year."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from territory.domain.budget_rules import CostLine
from territory.simulation.approvals import Office
from territory.simulation.year import simulate_year
from tests.simulation.plans import simple_plan

REQUESTS, BATCHES = 30_000, 40


def erlang_c_wait(rate: float, mean_service: float, servers: int) -> float:
    """Mean wait before service in a queue M/M/c."""
    load = rate * mean_service
    busy = load / servers
    all_busy = load**servers / factorial(servers) / (1 - busy)
    waits = all_busy / (sum(load**k / factorial(k) for k in range(servers)) + all_busy)
    return waits * mean_service / (servers - load)


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.2), (3, 0.7)])
def test_requests_wait_as_long_as_erlang_says(servers: int, rate: float) -> None:
    rng = np.random.default_rng(servers)
    comes = np.cumsum(rng.exponential(1 / rate, REQUESTS))
    office, waits, seen = Office(servers), [], (0, 0.0)
    for batch in range(BATCHES):
        part = slice(batch * REQUESTS // BATCHES, (batch + 1) * REQUESTS // BATCHES)
        for when, takes in zip(comes[part].tolist(), rng.exponential(3.0, REQUESTS // BATCHES).tolist(), strict=True):
            office.submit(when, takes, lambda _now: None)
        office.work_until(float(comes[part][-1]))
        waits.append((office.waited_days - seen[1]) / (office.answered - seen[0]))
        seen = office.answered, office.waited_days
    error = np.std(waits) / np.sqrt(BATCHES)
    assert error < 0.08 * np.mean(waits)
    assert abs(np.mean(waits) - erlang_c_wait(rate, 3.0, servers)) < 3 * error


def test_requests_are_answered_in_the_order_in_which_they_came() -> None:
    office, answered = Office(1), []
    for when, takes in ((0.0, 5.0), (1.0, 1.0), (2.0, 0.5)):
        office.submit(when, takes, answered.append)
    office.work_until(2.5)
    assert office.waiting == 2
    office.work_until(100.0)
    assert answered == [5.0, 6.0, 6.5]
    assert office.waiting == 0
    assert office.mean_wait == pytest.approx((0 + 4 + 4) / 3)


def test_an_overworked_approver_lets_big_items_lapse() -> None:
    gifts = (CostLine("gifts", 500_000, "entertainment"),)
    rules = {"monthly": gifts, "entertainment_item": 60_000, "refusal_share": 0.0}
    quick = simulate_year(simple_plan(8, 2, budget={**rules, "approval_days": 0}), 0, ledger=True)
    slow = simulate_year(simple_plan(8, 2, budget={**rules, "approval_days": 25}), 0, ledger=True)
    shared = simulate_year(simple_plan(8, 2, budget={**rules, "approval_days": 25, "approvers": 8}), 0, ledger=True)
    granted = [(year.ledger.approved_by != "").sum() for year in (slow, shared, quick)]
    assert granted[0] < granted[1] < granted[2]
    assert slow.details.approval_wait_days > shared.details.approval_wait_days >= quick.details.approval_wait_days
    for year in (quick, slow, shared):
        spent = -year.ledger.cents[year.ledger.category == "entertainment"].sum()
        assert spent == 12 * 500_000, "the budget is spent exactly, whatever is refused"


def test_project_money_is_a_share_of_the_deals_that_came_far_enough() -> None:
    rules = {"project_share": 0.01, "project_from": 60, "refusal_share": 0.0, "approval_days": 0}
    year = simulate_year(simple_plan(40, 4, budget=rules), 0, ledger=True)
    paid = -year.ledger.cents[year.ledger.category == "project"]
    assert len(paid) >= year.won - 5, "all but a few late deals that are won were applied for"
    assert paid.sum() == year.details.month("projects_cents").sum()
    assert set(year.ledger.approved_by[year.ledger.category == "project"]) == {"head_office"}
    refused = simulate_year(simple_plan(40, 4, budget={**rules, "refusal_share": 1.0}), 0, ledger=True)
    assert (refused.ledger.category != "project").all()
