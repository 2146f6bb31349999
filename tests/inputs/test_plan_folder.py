"""A plan taken apart and put together again is the same plan."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from territory.domain.customers import NONE
from territory.domain.plan import (
    Headcount,
    Lot,
    Plan,
    Routes,
    Segments,
    Targets,
    Territories,
    Unserved,
    Visits,
)
from territory.domain.plan_archive import plan_arrays, plan_details, read_arrays, restore_plan, write_arrays
from territory.domain.scenario import Scenario, call_plan
from territory.errors import Reason, ScenarioError
from territory.inputs.load import load_scenario
from territory.inputs.plan_folder import load_plan, read_tables
from tests.factories import small_scenario, texts
from tests.inputs.folders import write_scenario


def some_plan(scenario: Scenario, seed: int = 0) -> Plan:
    """Return a plan of arbitrary decisions: not a good one, but one with every field filled."""
    rng = np.random.default_rng(seed)
    customers, reps, days = len(scenario.customers), len(scenario.reps), scenario.calendar.days
    tier = scenario.customers.given_tier
    weeks = scenario.calendar.week
    periods = sorted(set(zip(scenario.calendar.month.tolist(), weeks.tolist(), strict=True)))
    month, week = (np.array(column, dtype=np.int64) for column in zip(*periods, strict=True))
    count = 40
    some = {
        name: rng.integers(0, high, count) for name, high in {"day": days, "rep": reps, "customer": customers}.items()
    }
    reason = Reason(
        "headcount.workload", {"reps": np.int64(2), "share": 0.1 + 0.2, "name": "nan", "gap": np.inf}, "R-H1"
    )
    zeros = np.zeros(count, dtype=np.int64)
    return Plan(
        scenario=scenario,
        seed=7,
        effort="quick",
        segments=Segments(tier, rng.integers(-(10**9), 10**9, customers), tier % 3, tier % 2, 123, 456),
        calls=call_plan(scenario, tier),
        targets=Targets(rng.integers(0, 10**7, (customers, len(month))), month, week, 10**12 + 1),
        headcount=Headcount(80.1, 1600.7, 333.3, 1e3 / 7, 2, 3, float(reps), 1, 0.9, (reason,)),
        territories=Territories(
            rep=rng.integers(0, reps, customers),
            workload_minutes=rng.random(reps),
            travel_minutes=rng.random(reps),
            objective=np.float64(1 / 3),
            bound=-np.inf,
            tolerance={"workload": 1 / 7},
            lots=(Lot("north", ("R1", "R2"), "R2", 0.123456789012345),),
            oversized=("C1",),
            notes=(Reason("assignment.balance_relaxed"),),
        ),
        visits=Visits(**some, start=zeros + 570, end=zeros + 590, travel_minutes=zeros, travel_km=rng.random(count),
                      planned_day=some["day"], trip=zeros + NONE),
        routes=Routes(some["day"], some["rep"], zeros, zeros, zeros, rng.random(count), zeros, zeros, zeros + NONE),
        unserved=Unserved(some["customer"], some["rep"], some["day"], zeros, texts(["Spring Festival", ""] * 20)),
        notes=(reason,),
    )  # fmt: skip


def write_result(folder: Path, plan: Plan) -> Path:
    """Write the parts of a result folder from which a plan comes back."""
    for stem, table in plan.tables().items():
        table.to_csv(folder / f"{stem}.csv", index=False, encoding="utf-8-sig")
    write_arrays(folder / "plan_arrays.npz", plan_arrays(plan))
    summary = {"seed": plan.seed, "effort": plan.effort, "plan": plan_details(plan)}
    (folder / "summary.json").write_text(json.dumps(summary, allow_nan=False))
    (folder / "manifest.json").write_text("{}")
    return folder


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return write_result(tmp_path, some_plan(load_scenario(write_scenario(tmp_path / "scenario"))))


def assert_same(one: Any, other: Any, where: str = "plan") -> None:
    """Compare two values field by field, arrays with their types."""
    assert type(one) is type(other) or isinstance(one, (np.generic, float, int, dict)), where
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            if field.compare:
                assert_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        assert one.shape == other.shape, where
        assert repr(one.tolist()) == repr(other.tolist()), where
    elif isinstance(one, tuple) and one and dataclasses.is_dataclass(one[0]):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    else:
        assert one == other, where


def test_a_plan_comes_back_from_its_folder_exactly(result: Path) -> None:
    scenario = load_scenario(result / "scenario")
    assert_same(load_plan(result), some_plan(scenario))


def test_a_plan_comes_back_from_arrays_and_json(tmp_path: Path) -> None:
    plan = some_plan(small_scenario(12, 3))
    details = json.loads(json.dumps(plan_details(plan), allow_nan=False))
    write_arrays(tmp_path / "a.npz", plan_arrays(plan))
    back = restore_plan(plan.scenario, 7, "quick", read_arrays(tmp_path / "a.npz"), details)
    assert_same(back, plan)
    assert back.tables()["targets"].equals(plan.tables()["targets"])


def test_a_plan_without_visits_comes_back() -> None:
    plan = some_plan(small_scenario(4, 1))
    none = np.zeros(0, dtype=np.int64)
    visits = Visits(none, none, none, none, none, none, none.astype(float), none, none)
    unserved = Unserved(none, none, none, none, texts([]))
    plan = dataclasses.replace(plan, visits=visits, unserved=unserved)
    assert_same(restore_plan(plan.scenario, 7, "quick", plan_arrays(plan), plan_details(plan)), plan)


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    arrays = plan_arrays(some_plan(small_scenario(12, 3)))
    for name, order in (("a.npz", arrays), ("b.npz", dict(reversed(list(arrays.items()))))):
        write_arrays(tmp_path / name, order)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_tables_come_back_as_text_without_guards(result: Path) -> None:
    table = pd.DataFrame({"a": ["'=1+1", "00123", "NA", "'t", ""], "b": [1, 2, 3, 4, 5]})
    table.to_csv(result / "extra.csv", index=False, encoding="utf-8-sig")
    extra = read_tables(result)["extra"]
    assert extra["a"].tolist() == ["=1+1", "00123", "NA", "'t", ""]
    assert extra["b"].tolist() == ["1", "2", "3", "4", "5"]
    assert set(read_tables(result)) >= {"customers", "targets", "visits", "unserved", "days"}


def test_tables_told_beside_the_decisions_come_back_with_the_plan(tmp_path: Path) -> None:
    plan = some_plan(load_scenario(write_scenario(tmp_path / "scenario")))
    told = plan.with_tables(changes=pd.DataFrame({"customer_id": ["007", "=1"], "days": [1, 2]}))
    back = load_plan(write_result(tmp_path, told))
    assert list(back.further_tables) == ["changes"]
    assert back.tables()["changes"].to_dict("list") == {"customer_id": ["007", "=1"], "days": ["1", "2"]}


def test_a_further_table_does_not_take_the_place_of_a_decision() -> None:
    plan = some_plan(small_scenario(4, 1))
    assert plan.with_tables(visits=pd.DataFrame()).tables()["visits"].equals(plan.tables()["visits"])


def _drop_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _cut_arrays(folder: Path) -> None:
    content = (folder / "plan_arrays.npz").read_bytes()
    (folder / "plan_arrays.npz").write_bytes(content[:100])


def _spoil_summary(folder: Path) -> None:
    (folder / "summary.json").write_text('{"seed": 1}')


def _other_owner(folder: Path) -> None:
    table = pd.read_csv(folder / "customers.csv", dtype=str)
    table["rep_id"] = table["rep_id"].map({"R1": "R2", "R2": "R1"})
    table.to_csv(folder / "customers.csv", index=False, encoding="utf-8-sig")


def _fewer_customers(folder: Path) -> None:
    path = folder / "scenario" / "customers.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    path = folder / "scenario" / "travel.csv"
    path.write_text(path.read_text().replace("C4", "C3"))


def _table_elsewhere(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text())
    summary["plan"]["further_tables"] = ["../secrets"]
    (folder / "summary.json").write_text(json.dumps(summary))


def _spoil_scenario(folder: Path) -> None:
    (folder / "scenario" / "scenario.toml").write_text("x")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_drop_manifest, "not_a_result"),
        (_cut_arrays, "result_damaged"),
        (_spoil_summary, "result_damaged"),
        (_other_owner, "result_ids_differ"),
        (_fewer_customers, "result_damaged"),
        (_table_elsewhere, "result_damaged"),
        (_spoil_scenario, "toml_syntax"),
    ],
)
def test_a_spoilt_result_is_refused(result: Path, spoil: Callable[[Path], None], code: str) -> None:
    spoil(result)
    with pytest.raises(ScenarioError) as error:
        load_plan(result)
    assert [one.code for one in error.value.problems] == [code]
