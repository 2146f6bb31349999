"""From a scenario folder to a `Scenario`, or to one error with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from territory.domain.scenario import Scenario
from territory.errors import Problem, ScenarioError
from territory.inputs.build import build_scenario
from territory.inputs.check_appointments import check_appointments
from territory.inputs.check_references import check_references
from territory.inputs.check_settings import check_settings
from territory.inputs.check_tables import check_tables
from territory.inputs.check_travel import check_travel
from territory.inputs.columns import TABLES
from territory.inputs.draft import Draft
from territory.inputs.headings import with_measures
from territory.inputs.parse_table import Table, absent_table, parse_table
from territory.inputs.problems import problem
from territory.inputs.table_file import file_inside, read_table
from territory.inputs.toml_file import FILE, Document, read_settings


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    path : str or Path
        The scenario folder, or the scenario.toml in it.

    Raises
    ------
    ScenarioError
        With every problem of scenario.toml and of all tables at once.
    """
    given = Path(path)
    settings_file = given / FILE if given.is_dir() else given
    if settings_file.name != FILE or not settings_file.is_file():
        raise ScenarioError([problem("scenario_missing", file=str(given))])
    problems: list[Problem] = []
    document = read_settings(settings_file, problems)
    if document is None:
        raise ScenarioError(problems)
    problems += check_settings(document)
    draft = _read_tables(settings_file, document, problems)
    problems += check_tables(draft)
    problems += check_references(draft)
    problems += check_travel(draft)
    problems += check_appointments(draft)
    if problems:
        raise ScenarioError(_in_reading_order(problems))
    return build_scenario(draft)


def _read_tables(settings_file: Path, document: Document, problems: list[Problem]) -> Draft:
    folder = settings_file.parent
    tables: dict[str, Table] = {}
    sources = [settings_file]
    for key, columns in TABLES.items():
        schema = with_measures(columns, document.settings.territories.balance)
        name = str(getattr(document.settings.files, key)).strip()
        if document.is_broken(f"files.{key}"):
            tables[key] = absent_table(schema, readable=False)
        elif not name:
            tables[key] = absent_table(schema, readable=key not in ("customers", "reps"))
            if not tables[key].readable:
                problems.append(document.problem("file_not_named", f"files.{key}", key=key))
        else:
            raw = read_table(folder, key, name, problems)
            unreadable = absent_table(schema, name, readable=False)
            tables[key] = unreadable if raw is None else parse_table(schema, raw, problems)
            if file_inside(folder, name) is not None:
                sources.append(folder / name)
    return Draft(document, tables, tuple(dict.fromkeys(sources)))


def _in_reading_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file and row, scenario.toml and each table in the order they were read."""
    files = {name: i for i, name in enumerate(dict.fromkeys([FILE, *(one.file for one in problems)]))}
    unique = list(dict.fromkeys((one.code, one.file, one.row, one.column, one.value) for one in problems))
    first = {(one.code, one.file, one.row, one.column, one.value): one for one in reversed(problems)}
    kept = [first[key] for key in unique]
    return sorted(kept, key=lambda one: (files[one.file], int(one.row) if one.row.isdigit() else 0))
