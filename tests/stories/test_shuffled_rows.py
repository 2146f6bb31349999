"""The order of rows in files and the number of workers change nothing: plans, plans to choose from, re-planning."""

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from territory import load_scenario
from territory.domain.alternative import alternatives_table
from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.domain.team import with_owners, without_rep
from territory.planning.assignment import assign_territories, design_alternatives
from territory.planning.reassignment import reassign_territories
from territory.planning.segmentation import grade_customers
from territory.planning.targets import customer_weights
from territory.planning.workflow import make_plan

SETTINGS = """
scenario = { name = "Northwind shops, made up", start = 2026-01-01, seed = 7 }
files = { customers = "customers.csv", reps = "reps.csv" }
targets = { annual = 12_000_000 }

[territories]
balance = { workload = 0.4, annual_sales = 0.6, customers = 0.4 }
contiguous = true
together = [["P003", "P004"]]
"""


def write_folder(folder, seed):
    """Write the same scenario with its rows in an order that follows from the seed."""
    source = Path(__file__).parents[2] / "scenarios" / "outlets_100"
    customers = pd.read_csv(source / "customers.csv", dtype=str, keep_default_na=False).head(28)
    reps = pd.read_csv(source / "reps.csv", dtype=str, keep_default_na=False)
    customers["customer_id"] = [f"P{k:03d}" for k in range(len(customers))]
    customers["current_rep"] = [("Q1", "Q2", "Q3", "")[k * k % 4] for k in range(len(customers))]
    customers["locked_rep"] = ["Q2" if k == 11 else "" for k in range(len(customers))]
    customers["annual_sales"] = [str(1000 * (1 + k * k % 37)) for k in range(len(customers))]
    team = pd.DataFrame({"rep_id": ["Q1", "Q2", "Q3"], "name": ["One", "Two", "Three"]})
    for column in ("home_lat", "home_lon"):
        home = reps[column].astype(float).iloc[0]
        team[column] = [home - 0.03, home, home + 0.04]
    folder.mkdir()
    (folder / "scenario.toml").write_text(SETTINGS)
    customers.sample(frac=1, random_state=seed).to_csv(folder / "customers.csv", index=False)
    team.sample(frac=1, random_state=seed).to_csv(folder / "reps.csv", index=False)
    return load_scenario(folder)


@pytest.fixture(scope="module")
def one_and_other(tmp_path_factory):
    """The scenario from two folders with their rows in different orders."""
    base = tmp_path_factory.mktemp("orders")
    return write_folder(base / "one", 1), write_folder(base / "other", 2)


def tables(scenario, workers, assign):
    plan = make_plan(scenario, effort="quick", workers=workers, assign=assign)
    return {name: table.to_csv(index=False) for name, table in plan.tables().items()}


@pytest.mark.parametrize("assign", [assign_territories, partial(reassign_territories, stillness=3.0)])
def test_a_whole_plan_is_the_same_for_shuffled_rows_and_two_workers(one_and_other, assign):
    one, other = one_and_other
    if assign is not assign_territories:
        one, other = without_rep(one, 0), without_rep(other, 0)
    assert tables(one, 1, assign) == tables(other, 2, assign)


def test_plans_to_choose_from_are_the_same_for_shuffled_rows(one_and_other):
    found = []
    for scenario in one_and_other:
        calls = call_plan(scenario, grade_customers(scenario).tier)
        fronts = design_alternatives(
            scenario, calls, customer_weights(scenario), count=4, seed=7, effort=EFFORTS["quick"]
        )
        assert len(fronts) > 1
        ids = scenario.reps.rep_id
        found.append((alternatives_table(fronts).to_csv(), [ids[one.territories.rep].tolist() for one in fronts]))
    assert found[0] == found[1]


def test_after_somebody_left_the_same_customers_change_hands_for_shuffled_rows(one_and_other):
    found = []
    for scenario in one_and_other:
        calls, weights = call_plan(scenario, grade_customers(scenario).tier), customer_weights(scenario)
        today = assign_territories(scenario, calls, weights, seed=7, effort=EFFORTS["quick"])
        fewer = without_rep(with_owners(scenario, today.rep), 2)
        answer = reassign_territories(fewer, calls, weights, seed=7, effort=EFFORTS["quick"])
        found.append(dict(zip(fewer.customers.customer_id, fewer.reps.rep_id[answer.rep], strict=True)))
    assert found[0] == found[1]
