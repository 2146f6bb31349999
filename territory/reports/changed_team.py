"""A scenario folder copied with another team: one rep less or one more, and the owners of a plan as those of today."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from territory.errors import Problem, ScenarioError
from territory.inputs.columns import TABLES
from territory.inputs.headings import headings, plain_heading, without_unit
from territory.inputs.table_file import read_table
from territory.reports.tables import csv_bytes

Added = Mapping[str, str]


def copy_with_team(
    source: Path, target: Path, files: Mapping[str, str], owners: Mapping[str, str], *, leaves: str = "", joins: Added
) -> None:
    """Copy a scenario folder and change who works there.

    Parameters
    ----------
    source, target : Path
        The second must not exist.
    files : mapping of table to file name
        As the scenario names them.
    owners : mapping of customer id to rep id
        Owners of today; those of the rep who leaves become nobody's.
    leaves : str
        Rep to take out of every table; empty for nobody.
    joins : mapping of column to text
        Row of a rep to add; empty for nobody.

    Raises
    ------
    ScenarioError
        A table cannot be read any more.
    """
    shutil.copytree(source, target)
    customers = _read(source, "customers", files["customers"])
    names = {name for name in ("current_rep", "locked_rep") if name in customers}
    customers["current_rep"] = [_unless(owners[one], leaves) for one in customers["customer_id"]]
    for name in names - {"current_rep"}:
        customers[name] = [_unless(one, leaves) for one in customers[name]]
    reps = _read(source, "reps", files["reps"])
    reps = reps[reps["rep_id"] != leaves]
    if joins:
        reps = pd.concat([reps, pd.DataFrame([joins])], ignore_index=True).fillna("")
    changed = {"customers": customers, "reps": reps}
    if files.get("travel") and leaves:
        travel = _read(source, "travel", files["travel"])
        changed["travel"] = travel[(travel["from_id"] != leaves) & (travel["to_id"] != leaves)]
    for key, table in changed.items():
        (target / f"{key}_changed.csv").write_bytes(csv_bytes(table.astype(str)))
        _point_to(target / "scenario.toml", key, f"{key}_changed.csv")


def _read(folder: Path, key: str, name: str) -> pd.DataFrame:
    """Return a table as text under the names of its columns; headings that mean no column keep their own."""
    problems: list[Problem] = []
    raw = read_table(folder, key, name, problems)
    if raw is None:
        raise ScenarioError(problems)
    known = headings(TABLES[key])
    columns: dict[str, list[str]] = {}
    for heading, cells in zip(raw.heading, raw.columns, strict=True):
        bare, scale = without_unit(heading)
        name_here = known.get(plain_heading(heading)) or known.get(plain_heading(bare)) or heading
        # A heading such as 年销售额(万元) keeps its unit.
        columns[heading if scale != 1 else name_here] = [cell.strip() for cell in cells]
    return pd.DataFrame(columns, dtype=object)


def _unless(rep: str, leaves: str) -> str:
    return "" if rep == leaves else rep


def _point_to(toml: Path, table: str, name: str) -> None:
    """Name a file in ``[files]``, leaving everything else as it stands."""
    lines = toml.read_text(encoding="utf-8").split("\n")
    heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[files\]", line)]
    if not heads:
        lines += ["[files]"]
        heads = [len(lines) - 1]
    first = heads[0] + 1
    last = next((i for i in range(first, len(lines)) if re.match(r"\s*\[", lines[i])), len(lines))
    kept = [line for line in lines[first:last] if not re.match(rf"\s*{table}\s*=", line)]
    toml.write_text("\n".join([*lines[:first], f'{table} = "{name}"', *kept, *lines[last:]]) + "\n", encoding="utf-8")
