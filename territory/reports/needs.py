"""What a task would need, on the terminal and as plain data."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from territory.domain.needs import Need, Needs
from territory.reports.messages import format_value, percent, text

SCALED = ("leads", "order_size", "people_and_leads")
"""Reliefs that say by how much; the others say how far they go."""


def print_needs(needs: Needs, lang: str, console: Console) -> None:
    """Print one line a relief, and the yield of the people."""
    console.print(Text(text("needs.title", lang, task_cents=needs.task_cents, years=needs.years), style="bold"))
    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("relief", "bookings", "share"):
        out.add_column(text(f"needs.{code}", lang), justify="left" if code == "relief" else "right")
    for item in needs.items:
        booked = format_value("bookings_cents", item.bookings_cents, lang)
        share = percent(item.bookings_cents / needs.task_cents)
        out.add_row(relief(item, lang), booked, share, style="bold" if item.reached else "")
    console.print(out)
    console.print(Text(yield_sentence(needs, lang)))


def relief(item: Need, lang: str) -> str:
    """Return a relief in words."""
    if item.name not in SCALED:
        return text(f"needs.{item.name}", lang)
    code = f"needs.{item.name}" if item.reached else f"needs.{item.name}_unmet"
    return text(code, lang, factor=f"{item.factor:g}")


def yield_sentence(needs: Needs, lang: str) -> str:
    """Return what a rep-year books, and how many the task would take at that yield."""
    return text(
        "needs.yield",
        lang,
        rep_years=f"{needs.rep_years:.1f}",
        rep_year_cents=needs.cents_per_rep_year,
        task_rep_years=f"{needs.task_rep_years:.1f}",
    )


def needs_facts(needs: Needs) -> dict[str, Any]:
    """Return the answer as plain data."""
    return {
        "task_cents": needs.task_cents,
        "years": needs.years,
        "rep_years": round(needs.rep_years, 4),
        "cents_per_rep_year": needs.cents_per_rep_year,
        "needs": needs.table().to_dict("records"),
    }
