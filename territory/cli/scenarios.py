"""Commands about scenarios: new, check, schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.app import app
from territory.cli.options import JsonOption, LangOption, QuietOption, ScenarioArg
from territory.cli.screen import Screen, explained
from territory.cli.steps import load


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to create.")],
    source: Annotated[str, typer.Option("--from", help="Bundled scenario to start from.")] = "outlets_100",
    excel: Annotated[bool, typer.Option("--excel", help="Tables as one Excel workbook with drop-downs.")] = False,
    lang: LangOption = "en",
) -> None:
    """Create a scenario to edit."""
    from territory.errors import TerritoryError
    from territory.examples import scenario_names, scenario_path
    from territory.reports.starter import write_starter

    screen = Screen(lang, quiet=False, as_json=False)
    with explained(screen):
        if source not in scenario_names():
            raise TerritoryError(f"--from: no bundled scenario {source!r}; there are: {', '.join(scenario_names())}")
        write_starter(folder, scenario_path(source), lang=lang, excel=excel)
        screen.say("cli.created", folder=str(folder))


@app.command()
def check(
    scenario: ScenarioArg, lang: LangOption = "en", as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Report every problem in the input, or say ok."""
    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen):
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
