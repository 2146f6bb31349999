"""Commands about scenarios: new, check, schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.app import app
from territory.cli.command import command
from territory.cli.options import JsonOption, ScenarioArg
from territory.cli.screen import Screen
from territory.cli.steps import load


@command
def new(
    screen: Screen,
    folder: Annotated[Path, typer.Argument(help="Folder to create.")],
    source: Annotated[str, typer.Option("--from", help="Bundled scenario to start from.")] = "outlets_100",
    excel: Annotated[bool, typer.Option("--excel", help="Tables as one Excel workbook with drop-downs.")] = False,
) -> None:
    """Create a scenario to edit."""
    from territory.errors import TerritoryError
    from territory.examples import scenario_names, scenario_path
    from territory.reports.starter import write_starter

    if source not in scenario_names():
        raise TerritoryError(f"--from: no bundled scenario {source!r}; there are: {', '.join(scenario_names())}")
    write_starter(folder, scenario_path(source), lang=screen.lang, excel=excel)
    screen.say("cli.created", folder=str(folder))
    screen.finish(exit_code=0, out=str(folder))


@command
def check(screen: Screen, scenario: ScenarioArg) -> None:
    """Report every problem in the input, or say ok."""
    loaded = load(scenario)
    screen.say("cli.check_ok", customers=len(loaded.customers), reps=len(loaded.reps))
    screen.finish(exit_code=0, customers=len(loaded.customers), reps=len(loaded.reps))


@app.command()
def schema(as_json: JsonOption = False) -> None:
    """Print the data dictionary: every key and column with type, unit, bounds, default, meaning and rule."""
    from territory.inputs.schema import data_dictionary

    table = data_dictionary()
    if as_json:
        sys.stdout.write(table.to_json(orient="records", force_ascii=False) + "\n")
    else:
        sys.stdout.write(table.to_csv(index=False, sep="\t"))
