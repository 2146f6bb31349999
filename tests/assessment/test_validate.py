"""Good plans pass; every planted fault is found under the rule it breaks."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from territory.assessment.validate import Violation, validate_tables
from territory.planning.workflow import make_plan
from tests.assessment.good import good_scenario, good_tables, phased_scenario, tables_of
from tests.assessment.mutations import MUTATIONS, Nowhere, World
from tests.factories import small_scenario


def as_text(tables: dict[str, Any]) -> dict[str, Any]:
    """Tables as they come back from CSV files."""
    return {
        name: pd.read_csv(io.StringIO(table.to_csv(index=False)), dtype=str, keep_default_na=False)
        if isinstance(table, pd.DataFrame)
        else table
        for name, table in tables.items()
    }


def test_a_good_plan_and_its_years_break_no_rule() -> None:
    assert validate_tables(good_scenario(), good_tables()) == []


def test_the_same_tables_read_back_from_csv_break_no_rule() -> None:
    assert validate_tables(good_scenario(), as_text(good_tables())) == []


def test_the_good_plan_meets_every_kind_of_rule() -> None:
    tables = good_tables()
    assert {"holiday", "meeting", "capacity", "not_hired"} <= set(tables["unserved"]["cause"])
    assert (tables["days"]["end_place"] == "lodging").sum() > 10
    assert (tables["visits"]["moved_from"] != "").any()
    assert len(tables["moves"]) > 0


@pytest.mark.parametrize(("name", "rule", "code", "plant"), MUTATIONS, ids=[name for name, *_ in MUTATIONS])
def test_a_planted_fault_is_found(name: str, rule: str, code: str, plant: Callable[[World], None]) -> None:
    world = World(good_scenario(), good_tables())
    if name == "another_phase":
        plan = make_plan(phased_scenario(), effort="quick")
        world = World(plan.scenario, tables_of(plan))
    plant(world)
    found = validate_tables(world.scenario, world.tables)
    assert (rule, code) in {(v.rule, v.code) for v in found}, [str(v) for v in found]


def test_a_phased_target_and_a_part_time_rep_break_no_rule() -> None:
    plan = make_plan(phased_scenario(), effort="quick")
    tables = tables_of(plan)
    assert validate_tables(plan.scenario, tables) == []


def test_a_part_time_rep_with_a_full_week_is_found() -> None:
    plain = small_scenario(30, 1, seed=3)
    plan = make_plan(plain, effort="quick")
    reps = dataclasses.replace(plain.reps, hours_per_week=np.array([5.0]))
    found = validate_tables(plain.replace(reps=reps), tables_of(plan))
    assert "rep.over_hours" in {v.code for v in found}


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_faults_are_found_in_other_plans(seed: int) -> None:
    scenario = small_scenario(12 + 4 * seed, 1 + seed % 3, seed=seed, territories={"balance": {"customers": 1.0}})
    plan = make_plan(scenario, effort="quick")
    tables = tables_of(plan)
    assert validate_tables(scenario, tables) == []
    planted = 0
    for name, rule, _code, plant in MUTATIONS[seed::4]:
        world = World(scenario, tables)
        try:
            plant(world)
        except (Nowhere, StopIteration, IndexError):
            continue
        found = validate_tables(world.scenario, as_text(world.tables))
        assert rule in {v.rule for v in found}, name
        planted += 1
    assert planted >= 10


def test_a_long_list_of_the_same_fault_is_cut_and_counted() -> None:
    world = World(good_scenario(), good_tables())
    world["visits"]["travel_km"] = 0.0
    found = [v for v in validate_tables(world.scenario, world.tables) if v.code in {"leg.km", "further"}]
    assert len([v for v in found if v.code == "leg.km"]) == 50
    rest = dict(next(v for v in found if v.code == "further").values)
    assert rest["of"] == "leg.km"
    assert 50 + int(rest["count"]) > 800


def test_a_violation_reads_as_one_line() -> None:
    violation = Violation("R-V2", "visits", 17, "visit.length", {"minutes": 19, "asked": 20})
    assert str(violation) == "[R-V2] visits row 17: visit.length (minutes=19, asked=20)"
    assert str(Violation("format", "days", 0, "table.missing")) == "[format] days: table.missing"


def test_the_row_is_the_one_a_spreadsheet_shows() -> None:
    world = World(good_scenario(), good_tables())
    world.change("visits", 7, end="12:59")
    found = [v for v in validate_tables(world.scenario, world.tables) if v.code == "visit.length"]
    assert [v.row for v in found] == [9]


def test_the_checker_loads_nothing_of_the_planners_and_the_simulation() -> None:
    code = (
        "import sys, territory.assessment.validate as v;"
        "far = ('territory.planning', 'territory.simulation', 'ortools', 'simpy');"
        "bad = [m for m in sys.modules if m.startswith(far)];"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_share_of_one_measure_is_what_its_balance_is_held_to() -> None:
    plain = small_scenario(24, 2, seed=3, territories={"balance": {"customers": 0.1}})
    shares = {"customers": np.array([3.0, 1.0])}
    scenario = plain.replace(reps=dataclasses.replace(plain.reps, shares=shares))
    tables = tables_of(make_plan(scenario, effort="quick"))
    assert validate_tables(scenario, tables) == []
    assert {v.code for v in validate_tables(plain, tables)} == {"balance.off"}


def test_the_part_of_the_year_that_a_new_hire_counts_for_is_what_balance_is_held_to() -> None:
    plain = small_scenario(24, 2, seed=3, territories={"balance": {"customers": 0.1}, "new_hires": "present"})
    reps = dataclasses.replace(plain.reps, hired_day=np.array([0, 180]), new_hire=np.array([False, True]))
    scenario = plain.replace(reps=reps)
    tables = tables_of(make_plan(scenario, effort="quick"))
    assert validate_tables(scenario, tables) == []
    full = scenario.replace(territories={"new_hires": "full"})
    assert {v.code for v in validate_tables(full, tables)} == {"balance.off"}
