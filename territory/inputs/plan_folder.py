"""From a result folder back to its tables and to the very plan it was written from."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from territory.domain.plan import Plan
from territory.domain.plan_archive import read_arrays, restore_plan
from territory.errors import Problem, ScenarioError
from territory.inputs.cells import GUARD
from territory.inputs.load import load_scenario
from territory.inputs.problems import problem

SCENARIO_COPY = "scenario"
MANIFEST = "manifest.json"
SUMMARY = "summary.json"
ARRAYS = "plan_arrays.npz"


def read_tables(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return every CSV table of a result folder by file stem, all cells as text, formula guards taken off.

    Raises
    ------
    ScenarioError
        The folder is no result, or a table cannot be read.
    """
    place = Path(folder)
    _require_result(place)
    return {path.stem: _read_csv(path) for path in sorted(place.glob("*.csv"))}


def load_plan(folder: str | Path) -> Plan:
    """Return the plan of a result folder: from its copy of the scenario, its arrays and its summary.

    Raises
    ------
    ScenarioError
        The folder is no result, its scenario copy has problems, or its files do not belong together.
    """
    place = Path(folder)
    _require_result(place)
    scenario = load_scenario(place / SCENARIO_COPY)
    summary = _read_summary(place)
    try:
        arrays = read_arrays(place / ARRAYS)
        plan = restore_plan(scenario, summary["seed"], summary["effort"], arrays, summary["plan"])
        further = _further_tables(place, summary["plan"]["further_tables"])
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(place / ARRAYS, error) from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _damaged(place / SUMMARY, error) from error
    _require_known_indices(place, plan)
    _require_same_owners(place, plan)
    return plan.with_tables(**further)


def _further_tables(place: Path, stems: Any) -> dict[str, pd.DataFrame]:
    """Return the tables told beside the decisions, cells as text; a name that is no plain word is an error."""
    if not all(re.fullmatch(r"\w+", stem) for stem in stems):
        raise ValueError(f"further_tables: {stems}")
    return {stem: _read_csv(place / f"{stem}.csv") for stem in stems}


def _require_result(place: Path) -> None:
    if not (place / MANIFEST).is_file():
        raise ScenarioError([problem("not_a_result", file=str(place))])


def _damaged(path: Path, detail: object) -> ScenarioError:
    return ScenarioError([problem("result_damaged", file=path.name, detail=detail)])


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=object, na_filter=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    table.columns = table.columns.str.replace(f"^{GUARD}", "", regex=True)
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        if column.str.startswith("'").any():
            table.isetitem(position, column.str.replace(f"^{GUARD}", "", regex=True).to_numpy(dtype=object))
    return table


def _read_summary(place: Path) -> dict[str, Any]:
    try:
        summary = json.loads((place / SUMMARY).read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(place / SUMMARY, error) from error
    if not isinstance(summary, dict):
        raise _damaged(place / SUMMARY, "no object")
    return summary


def _require_known_indices(place: Path, plan: Plan) -> None:
    """Refuse arrays that speak of customers, reps or days the scenario does not have."""
    customers, reps, days = len(plan.scenario.customers), len(plan.scenario.reps), plan.scenario.calendar.days
    sized = {
        "segments.tier": (len(plan.segments.tier), customers),
        "calls.visits": (len(plan.calls.visits), customers),
        "targets.cents": (len(plan.targets.cents), customers),
        "territories.rep": (len(plan.territories.rep), customers),
        "territories.workload_minutes": (len(plan.territories.workload_minutes), reps),
    }
    indices = (
        ("territories.rep", plan.territories.rep, reps),
        ("visits.customer", plan.visits.customer, customers),
        ("visits.rep", plan.visits.rep, reps),
        ("visits.day", plan.visits.day, days),
        ("routes.rep", plan.routes.rep, reps),
        ("routes.day", plan.routes.day, days),
        ("unserved.customer", plan.unserved.customer, customers),
        ("unserved.rep", plan.unserved.rep, reps),
    )
    wrong = [name for name, (found, expected) in sized.items() if found != expected]
    wrong += [name for name, index, count in indices if len(index) and not 0 <= index.min() <= index.max() < count]
    if wrong:
        raise _damaged(place / ARRAYS, ", ".join(wrong))


def _require_same_owners(place: Path, plan: Plan) -> None:
    """Refuse tables that name other customers, reps or owners than the scenario copy and the arrays do."""
    scenario = plan.scenario
    owners = scenario.reps.rep_id[plan.territories.rep]
    expected = (
        ("customers.csv", "customer_id", scenario.customers.customer_id),
        ("customers.csv", "rep_id", owners),
        ("territories.csv", "rep_id", scenario.reps.rep_id),
    )
    tables = {name: _read_csv(place / name) for name in dict.fromkeys(name for name, _, _ in expected)}
    problems: list[Problem] = []
    for name, column, ids in expected:
        found = tables[name][column].to_numpy(dtype=object) if column in tables[name] else np.array([], dtype=object)
        if not np.array_equal(found, ids):
            problems.append(problem("result_ids_differ", file=name, column=column))
    if problems:
        raise ScenarioError(problems)
