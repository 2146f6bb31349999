"""The command for changes in the team: reassign."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.command import command
from territory.cli.options import (
    Effort,
    EffortOption,
    FolderArg,
    OutOption,
    WorkersOption,
)
from territory.cli.screen import Screen
from territory.cli.steps import write

if TYPE_CHECKING:
    from territory.domain.plan import Plan
    from territory.domain.scenario import Scenario

CURVE_TOLERANCES = (0.05, 0.075, 0.1, 0.15, 0.25)
CURVE_STILLNESS = (0.3, 3.0)


@command
def reassign(
    screen: Screen,
    folder: FolderArg,
    out: OutOption,
    leaves: Annotated[str, typer.Option("--leaves", help="Id of the rep who leaves.")] = "",
    joins: Annotated[str, typer.Option("--joins", help="New rep as ID,LATITUDE,LONGITUDE[,SHARE].")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the change, 2026-03-01; first day if absent.")] = "",
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", min=0.001, help="Balance for the time of the change, as 0.1.")
    ] = None,
    stillness: Annotated[
        float, typer.Option("--stillness", min=0.0, help="Price of moved sales against travel.")
    ] = 3.0,
    curve: Annotated[
        bool, typer.Option("--curve", help="Also list what other tolerances and prices of moved sales would give.")
    ] = False,
    effort: EffortOption = "normal",
    workers: WorkersOption = 2,
) -> None:
    """Divide territories again after a rep left or joined, moving as little as possible; list the hand-overs."""
    from tempfile import TemporaryDirectory

    from territory.domain.handover import handovers
    from territory.errors import TerritoryError
    from territory.inputs.load import load_scenario
    from territory.inputs.plan_folder import load_plan
    from territory.planning.reassignment import reassign_territories
    from territory.planning.workflow import make_plan

    with TemporaryDirectory() as temp:
        if bool(leaves) == bool(joins):
            raise TerritoryError("reassign takes one of --leaves and --joins")
        before = load_plan(folder)
        day = _day(before.scenario, on)
        new = _new_rep(before.scenario, joins) if joins else {}
        changed = load_scenario(_changed(before, folder, Path(temp) / "scenario", leaves, new))
        if tolerance is not None:
            measures = changed.settings.territories.balance
            changed = changed.replace(territories={"balance": dict.fromkeys(measures, tolerance)})
        if curve:
            _write_curve(screen, out, before, changed, leaves, effort)
        assign = partial(reassign_territories, stillness=stillness)
        made = make_plan(
            changed, seed=before.seed, effort=effort, workers=workers, progress=screen.progress, assign=assign
        )
        after = changed.reps.rep_id[made.territories.rep]
        moves = handovers(before, after, day, leaves=leaves, joins=new.get("rep_id", ""))
        table = moves.table(before)
        write(screen, out, made.with_tables(handovers=table))
        screen.out.print(table.head(30).to_string(index=False), markup=False)
        loss = int(moves.loss_cents.sum())
        screen.say("cli.reassigned", customers=len(moves), sales_cents=int(moves.sales_cents.sum()), loss_cents=loss)


def _write_curve(screen: Screen, out: Path, before: Plan, changed: Scenario, leaves: str, effort: Effort) -> None:
    """Write ``<out>_curve.csv`` and print it: sales moved over those of the one who left, or of an average rep."""
    from territory.domain.effort import EFFORTS
    from territory.domain.scenario import call_plan
    from territory.planning.reassignment import trade_off
    from territory.planning.segmentation import grade_customers
    from territory.planning.targets import customer_weights
    from territory.reports.tables import csv_bytes
    from territory.reports.whole_folder import write_file

    sales = changed.customers.annual_sales_cents
    mine = before.scenario.reps.rep_id[before.territories.rep] == leaves
    table = trade_off(
        changed,
        call_plan(changed, grade_customers(changed).tier),
        customer_weights(changed),
        tolerances=CURVE_TOLERANCES,
        stillness=CURVE_STILLNESS,
        own_cents=int(sales[mine].sum()) if leaves else int(sales.sum()) // len(changed.reps),
        seed=before.seed,
        effort=EFFORTS[effort],
    )
    write_file(out.parent / f"{out.name}_curve.csv", csv_bytes(table))
    screen.out.print(table.to_string(index=False), markup=False)


def _changed(before: Plan, folder: Path, target: Path, leaves: str, new: dict[str, str]) -> Path:
    """Write the scenario with the other team; return its folder."""
    from territory.errors import TerritoryError
    from territory.reports.changed_team import copy_with_team

    scenario = before.scenario
    ids = scenario.reps.rep_id.tolist()
    if leaves and leaves not in ids:
        raise TerritoryError(f"--leaves: no rep {leaves!r}; there are: {', '.join(ids[:20])}")
    if leaves and len(ids) == 1:
        raise TerritoryError("--leaves: nobody would be left")
    files = scenario.settings.files
    names = {key: str(getattr(files, key)) for key in ("customers", "reps", "travel")}
    owner = scenario.reps.rep_id[before.territories.rep].tolist()
    owners = dict(zip(scenario.customers.customer_id.tolist(), owner, strict=True))
    copy_with_team(folder / "scenario", target, names, owners, leaves=leaves, joins=new)
    return target


def _new_rep(scenario: Scenario, text: str) -> dict[str, str]:
    from territory.errors import TerritoryError

    parts = [part.strip() for part in text.split(",")]
    if not 3 <= len(parts) <= 4:
        raise TerritoryError("--joins: write ID,LATITUDE,LONGITUDE or ID,LATITUDE,LONGITUDE,SHARE")
    if parts[0] in scenario.reps.rep_id:
        raise TerritoryError(f"--joins: there is a rep {parts[0]!r} already")
    if scenario.travel is not None:
        raise TerritoryError("--joins: the travel matrix has no start place for a new rep; add it to the scenario")
    names = ("rep_id", "home_lat", "home_lon", "share")
    return {"name": parts[0], **dict(zip(names, parts, strict=False))}


def _day(scenario: Scenario, text: str) -> int:
    from territory.errors import TerritoryError

    if not text:
        return 0
    try:
        day = (date.fromisoformat(text) - scenario.calendar.start).days
    except ValueError:
        raise TerritoryError(f"--on: {text!r} is no date like 2026-03-01") from None
    if not 0 <= day < scenario.calendar.days:
        raise TerritoryError(f"--on: {text} lies outside the planned year")
    return day
