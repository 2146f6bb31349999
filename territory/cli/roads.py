"""Commands about travel: matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from territory.cli.command import command
from territory.cli.options import ScenarioArg
from territory.cli.screen import Screen
from territory.cli.steps import load

if TYPE_CHECKING:
    import pandas as pd

Costing = Literal["auto", "truck", "motor_scooter", "bicycle", "pedestrian"]
OsmOption = Annotated[
    Path | None, typer.Option("--osm", help="OpenStreetMap extract (.osm.pbf); distances on the globe when absent.")
]


@command
def matrix(
    screen: Screen,
    scenario: ScenarioArg,
    out: Annotated[Path, typer.Option("--out", help="Table to write: .csv or .parquet.")],
    osm: OsmOption = None,
    costing: Annotated[Costing, typer.Option("--costing", help="Means of travel on the roads.")] = "auto",
) -> None:
    """Measure travel between all customers and start places, over real roads with the extra "roads"."""
    from territory.errors import TerritoryError
    from territory.planning import roads
    from territory.planning.travel import UNREACHABLE
    from territory.reports.messages import percent, reason_text

    loaded = load(scenario)
    rules = loaded.settings.travel
    source: roads.TravelSource = roads.CrowFlies(rules)
    if osm:
        source = roads.ValhallaRoads(osm, costing, rules.stop_minutes)
    try:
        measured = roads.measure_travel(loaded, source)
    except roads.RoadsError as error:
        raise TerritoryError(reason_text(error.reason, screen.lang)) from error
    _write(roads.travel_table(loaded, measured), out)
    unreachable = float((measured.minutes == UNREACHABLE).mean())
    screen.say("cli.matrix_written", places=len(measured.minutes), unreachable=percent(unreachable), file=str(out))
    screen.say("cli.matrix_use", file=out.name)
    screen.finish(exit_code=0, out=str(out), places=len(measured.minutes), unreachable=round(unreachable, 6))


def _write(table: pd.DataFrame, out: Path) -> None:
    from territory.errors import TerritoryError

    if out.suffix not in (".csv", ".parquet"):
        raise TerritoryError(f"--out: {out.name} is neither .csv nor .parquet")
    try:
        if out.suffix == ".csv":
            table.to_csv(out, index=False, lineterminator="\n", encoding="utf-8")
        else:
            table.to_parquet(out, index=False)
    except OSError as error:
        raise TerritoryError(f"--out: {error}") from error
