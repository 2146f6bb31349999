"""Several plans to choose from: a table of all, who moves in each, and a result folder for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from territory.cli.options import Effort
from territory.cli.screen import Screen

if TYPE_CHECKING:
    from territory.domain.scenario import Scenario


def write_alternatives(
    screen: Screen,
    out: Path,
    scenario: Scenario,
    count: int,
    seed: int | None,
    effort: Effort,
    workers: int,
) -> None:
    """Design alternatives, plan the year of each and write ``alternatives.csv`` and ``alternatives/<number>``."""
    from territory.domain.alternative import alternative_moves, alternatives_table
    from territory.domain.effort import EFFORTS
    from territory.domain.scenario import call_plan
    from territory.planning.assignment import design_alternatives
    from territory.planning.segmentation import grade_customers
    from territory.planning.targets import customer_weights
    from territory.planning.workflow import make_plan
    from territory.reports.alternatives import alternatives_page
    from territory.reports.report import write_report
    from territory.reports.tables import csv_bytes
    from territory.reports.whole_folder import write_file

    seed = scenario.settings.scenario.seed if seed is None else seed
    calls = call_plan(scenario, grade_customers(scenario).tier)
    weights = customer_weights(scenario)
    found = design_alternatives(
        scenario, calls, weights, count=count, seed=seed, effort=EFFORTS[effort], progress=screen.progress
    )
    table = alternatives_table(found)
    screen.out.print(table.to_string(index=False), markup=False)
    for number, one in enumerate(found, start=1):
        given = one.territories
        made = make_plan(
            scenario,
            seed=seed,
            effort=effort,
            workers=workers,
            progress=screen.progress,
            assign=lambda *_, given=given, **__: given,
        )
        write_report(out / "alternatives" / str(number), made, lang=screen.lang)
    write_file(out / "alternatives.html", alternatives_page(scenario, found, screen.lang).encode())
    write_file(out / "alternatives.csv", csv_bytes(table))
    write_file(out / "alternative_moves.csv", csv_bytes(alternative_moves(scenario, found)))
    screen.say("cli.written", folder=str(out))
    screen.finish(exit_code=0, out=str(out), alternatives=table.to_dict("records"))
