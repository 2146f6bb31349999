"""Several plans to choose from: a table of all, who moves in each, and a result folder for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from territory.cli.options import Effort
from territory.cli.screen import Screen
from territory.cli.steps import plan_or_best

if TYPE_CHECKING:
    from territory.domain.alternative import Alternative
    from territory.domain.scenario import Scenario

Found = tuple["Alternative", ...]


def write_alternatives(
    screen: Screen,
    out: Path,
    scenario: Scenario,
    count: int,
    seed: int | None,
    effort: Effort,
    workers: int,
) -> None:
    """Design alternatives, plan the year of each and write ``alternatives.csv`` and ``alternatives/<number>``.

    An interrupt ends this with those written by then; where none is, with the first as far as it is planned.
    """
    from territory.domain.alternative import alternatives_table
    from territory.planning.workflow import make_plan
    from territory.reports.report import write_report

    seed = scenario.settings.scenario.seed if seed is None else seed
    found, stop = _designed(screen, scenario, count, seed, effort)
    screen.out.print(alternatives_table(found).to_string(index=False), markup=False)
    make = partial(make_plan, scenario, seed=seed, effort=effort, workers=workers, progress=screen.progress)
    written = 0
    for one in found:
        made, stop = plan_or_best(partial(make, territories=one.territories), stop)
        if made is None or (stop and written):
            break
        save = partial(write_report, out / "alternatives" / str(written + 1), made, lang=screen.lang)
        stop = _saved(save, stop)
        written += 1
        if stop:
            break
    if not written:
        screen.say("cli.nothing_written")
    else:
        _write_choice(screen, out, scenario, found[:written])
    if stop:
        screen.say("cli.some_alternatives", written=written, found=len(found))
        raise stop


def _designed(
    screen: Screen, scenario: Scenario, count: int, seed: int, effort: Effort
) -> tuple[Found, KeyboardInterrupt | None]:
    """Return the alternatives, after an interrupt those found by then, and the interrupt."""
    from territory.domain.effort import EFFORTS
    from territory.domain.scenario import call_plan
    from territory.parallel import apart
    from territory.planning.assignment import design_alternatives
    from territory.planning.segmentation import grade_customers
    from territory.planning.targets import customer_weights

    calls = call_plan(scenario, grade_customers(scenario).tier)
    by_now: list[Callable[[], Found]] = []
    design = partial(design_alternatives, scenario, calls, customer_weights(scenario), count=count, seed=seed)
    try:
        found = apart(partial(design, effort=EFFORTS[effort], progress=screen.progress, better=by_now.append))
    except KeyboardInterrupt as interrupt:
        return by_now[-1]() if by_now else (), interrupt
    return found, None


def _saved(save: Callable[[], Path], stop: KeyboardInterrupt | None) -> KeyboardInterrupt | None:
    """Write a result to the end unless a second interrupt comes; return the first."""
    from territory.errors import Stopped
    from territory.parallel import to_the_end

    if stop:
        save()
        return stop
    try:
        to_the_end(save)
    except Stopped as interrupt:
        return interrupt
    return None


def _write_choice(screen: Screen, out: Path, scenario: Scenario, found: Found) -> None:
    """Write what compares the alternatives."""
    from territory.domain.alternative import alternative_moves, alternatives_table
    from territory.reports.alternatives import alternatives_page
    from territory.reports.tables import csv_bytes
    from territory.reports.whole_folder import write_file

    screen.writing()
    table = alternatives_table(found)
    write_file(out / "alternatives.html", alternatives_page(scenario, found, screen.lang).encode())
    write_file(out / "alternatives.csv", csv_bytes(table))
    write_file(out / "alternative_moves.csv", csv_bytes(alternative_moves(scenario, found)))
    screen.say("cli.written", folder=str(out))
    screen.finish(exit_code=0, out=str(out), alternatives=table.to_dict("records"))
