"""Other numbers of people: the folder, the page and the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from territory.domain.outcome import Probability
from territory.domain.sweep import Sweep, SweepPoint
from territory.reports.bilingual import both, pair
from territory.reports.charts_experiments import sweep_chart
from territory.reports.experiment_page import Block, experiment_page, points_gain, yuan, yuan_gain
from territory.reports.messages import percent, text
from territory.reports.tables import csv_bytes
from territory.reports.whole_folder import json_bytes, whole_folder, write_file

COLUMNS = (
    "reps",
    "keep",
    "target",
    "gain",
    "joint",
    "bookings",
    "bookings_gain",
    "spending",
    "people",
    "holds",
)

PRINTED = ("reps", "keep", "target", "bookings", "spending", "holds")
"""Columns that fit into a terminal; page and tables hold them all."""


def write_sweep(folder: str | Path, sweep: Sweep, *, lang: str = "zh") -> Path:
    """Write ``sweep.csv``, ``sweep.json`` and ``sweep.html``, whole or not at all.

    Parameters
    ----------
    folder : path
    sweep : Sweep
    lang : str
        Of the sentence in the JSON file, and of the page when it opens.
    """
    table = sweep.table()
    content: dict[str, Any] = {
        "years": sweep.years,
        "seed": sweep.seed,
        "confidence": sweep.confidence,
        "task_cents": sweep.task_cents,
        "refused": list(sweep.refused),
        "sentence": answer(sweep, lang),
        "points": table.to_dict("records"),
    }
    with whole_folder(folder, {"seed": sweep.seed, "years": sweep.years, "lang": lang}) as temp:
        write_file(temp / "sweep.csv", csv_bytes(table))
        write_file(temp / "sweep.json", json_bytes(content))
        write_file(temp / "sweep.html", sweep_page(sweep, lang).encode())
    return Path(folder).resolve()


def print_sweep(sweep: Sweep, lang: str, console: Console) -> None:
    """Print one line a number of people, and the answer."""
    console.print(Text(text("sweep.title", lang, years=sweep.years), style="bold"))
    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in PRINTED:
        out.add_column(text(f"sweep.{code}", lang, feasible_share=sweep.feasible_from), justify="right")
    for k, point in enumerate(sweep.points):
        style, cells = "bold" if k == sweep.base else "", dict(zip(COLUMNS, _cells(point), strict=True))
        out.add_row(*(Text(cells[code], style=style) for code in PRINTED))
    console.print(out)
    if sweep.refused:
        console.print(Text(text("sweep.refused", lang, refused=_numbers(sweep))))
    console.print(Text(answer(sweep, lang), style="bold"))


def answer(sweep: Sweep, lang: str) -> str:
    """Return the least people who reach the task often enough, or what the best of them would reach."""
    good = [point for point in sweep.points if point.target.value >= sweep.feasible_from]
    best = (
        min(good, key=lambda p: (p.spending_cents, p.reps))
        if good
        else max(sweep.points, key=lambda p: (p.holds_cents, -p.reps))
    )
    return text(
        "sweep.answer_met" if good else "sweep.answer_unmet",
        lang,
        task_cents=sweep.task_cents,
        feasible_share=sweep.feasible_from,
        reps=best.reps,
        keep="–" if best.keep is None else str(best.keep),
        spending_cents=best.spending_cents,
        holds_cents=best.holds_cents,
    )


def sweep_page(sweep: Sweep, lang: str) -> str:
    """Return the page of a sweep."""
    shares = {"feasible_share": sweep.feasible_from}
    rows = [
        [Markup("<b>{}</b>").format(cell) if k == sweep.base else cell for cell in _cells(point)]
        for k, point in enumerate(sweep.points)
    ]
    note = both("sweep.note", **shares)
    if sweep.refused:
        note = Markup("{} {}").format(note, both("sweep.refused", refused=_numbers(sweep)))
    block = Block(
        both("sweep.title", years=sweep.years),
        sweep_chart(sweep),
        [both(f"sweep.{code}", **shares) for code in COLUMNS],
        rows,
        note,
    )
    lead = both("sweep.lead", task_cents=sweep.task_cents, seed=str(sweep.seed))
    title = text("sweep.title", lang, years=sweep.years)
    found = pair(answer(sweep, "zh"), answer(sweep, "en"))
    return experiment_page(both("sweep.title", years=sweep.years), title, lead, found, [block], lang)


def _cells(point: SweepPoint) -> list[str]:
    return [
        str(point.reps),
        "–" if point.keep is None else str(point.keep),
        _share(point.target),
        points_gain(point.target_gain),
        _share(point.joint),
        yuan(point.bookings_cents),
        yuan_gain(point.bookings_gain),
        yuan(point.spending_cents),
        f"{point.people_at_end:g}",
        yuan(point.holds_cents),
    ]


def _share(p: Probability) -> str:
    return f"{percent(p.value)} ({percent(p.low)} – {percent(p.high)})"


def _numbers(sweep: Sweep) -> str:
    return ", ".join(str(count) for count in sweep.refused)
