"""Plans against each other: the folder and the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from territory.reports.messages import percent, text
from territory.reports.tables import csv_bytes
from territory.reports.whole_folder import json_bytes, whole_folder, write_file


class Compared(Protocol):
    """What `territory.experiments.compare_plans` returns, as far as it is shown."""

    @property
    def best(self) -> str:
        """Name of the best plan."""

    @property
    def clear(self) -> bool:
        """Whether its lead is beyond chance."""

    @property
    def years(self) -> int:
        """Paired years lived."""

    @property
    def years_needed(self) -> int:
        """Years that would settle it."""

    @property
    def seed(self) -> int:
        """Seed of the years."""

    @property
    def confidence(self) -> float:
        """Of every interval."""

    def table(self) -> pd.DataFrame:
        """One row a plan."""


def write_comparison(folder: str | Path, comparison: Compared, *, lang: str = "zh") -> Path:
    """Write ``comparison.csv`` and ``comparison.json``, whole or not at all.

    Parameters
    ----------
    folder : path
    comparison : Comparison
    lang : str
        Of the sentence in the JSON file.
    """
    table = comparison.table()
    facts = {"seed": comparison.seed, "years": comparison.years, "lang": lang}
    content: dict[str, Any] = {
        "best": comparison.best,
        "clear": bool(comparison.clear),
        "years": comparison.years,
        "years_needed": comparison.years_needed,
        "seed": comparison.seed,
        "confidence": comparison.confidence,
        "sentence": best_sentence(comparison, lang),
        "plans": table.to_dict("records"),
    }
    with whole_folder(folder, facts) as temp:
        write_file(temp / "comparison.csv", csv_bytes(table))
        write_file(temp / "comparison.json", json_bytes(content))
    return Path(folder).resolve()


def print_comparison(comparison: Compared, lang: str, console: Console) -> None:
    """Print the plans side by side and which is best."""
    console.print(Text(text("comparison.title", lang, years=comparison.years), style="bold"))
    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("plan", "bookings", "gain", "target", "joint", "best_chance", "moved"):
        out.add_column(text(f"comparison.{code}", lang), justify="left" if code == "plan" else "right")
    for row in comparison.table().to_dict("records"):
        out.add_row(*(Text(cell) for cell in _cells(row)))
    console.print(out)
    console.print(Text(best_sentence(comparison, lang), style="bold"))


def best_sentence(comparison: Compared, lang: str) -> str:
    """Return which plan is best and how surely."""
    code = "comparison.best_clear" if comparison.clear else "comparison.best_unclear"
    return text(
        code,
        lang,
        best=str(comparison.best),
        years_needed=comparison.years_needed,
        confidence_share=comparison.confidence,
    )


def _cells(row: dict[Any, Any]) -> list[str]:
    gain = f"{row['bookings_gain']:+,.0f} ({row['bookings_gain_low']:+,.0f} … {row['bookings_gain_high']:+,.0f})"
    shares = [percent(float(row[name])) for name in ("target", "joint", "best_chance")]
    return [str(row["plan"]), f"{row['bookings']:,.0f}", gain, *shares, f"{row['customers_moved']:,}"]
