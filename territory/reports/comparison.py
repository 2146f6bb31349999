"""Plans against each other: the folder, the page and the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from territory.domain.comparison import Comparison, Standing
from territory.reports.bilingual import both, pair
from territory.reports.charts_experiments import comparison_gains, comparison_shares
from territory.reports.experiment_page import Block, experiment_page, points_gain, yuan, yuan_gain
from territory.reports.messages import percent, text
from territory.reports.tables import csv_bytes
from territory.reports.whole_folder import json_bytes, whole_folder, write_file


def write_comparison(folder: str | Path, comparison: Comparison, *, lang: str = "zh") -> Path:
    """Write ``comparison.csv``, ``change_over.csv``, ``comparison.json`` and ``comparison.html``, whole or not at all.

    Parameters
    ----------
    folder : path
    comparison : Comparison
    lang : str
        Of the sentence in the JSON file, and of the page when it opens.
    """
    table, moves = comparison.table(), comparison.change_over_table()
    facts = {"seed": comparison.seed, "years": comparison.years, "lang": lang}
    content: dict[str, Any] = {
        "best": comparison.best,
        "clear": bool(comparison.clear),
        "years": comparison.years,
        "most_years": comparison.most_years,
        "years_needed": comparison.years_needed,
        "seed": comparison.seed,
        "confidence": comparison.confidence,
        "sentence": best_sentence(comparison, lang),
        "plans": table.to_dict("records"),
        "change_overs": moves.to_dict("records"),
    }
    with whole_folder(folder, facts) as temp:
        write_file(temp / "comparison.csv", csv_bytes(table))
        write_file(temp / "change_over.csv", csv_bytes(moves))
        write_file(temp / "comparison.json", json_bytes(content))
        write_file(temp / "comparison.html", comparison_page(comparison, lang).encode())
    return Path(folder).resolve()


def print_comparison(comparison: Comparison, lang: str, console: Console) -> None:
    """Print the plans side by side, what the change-over costs, and which is best."""
    console.print(Text(text("comparison.title", lang, years=comparison.years), style="bold"))
    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("plan", "gain", "target", "joint", "best_chance", "years"):
        out.add_column(text(f"comparison.{code}", lang), justify="left" if code == "plan" else "right")
    for plan in comparison.standings:
        gain = yuan_gain(plan.bookings_gain)
        shares = [percent(share) for share in (plan.target, plan.joint, plan.best_chance)]
        out.add_row(*(Text(cell) for cell in (plan.name, gain, *shares, str(plan.years))))
    console.print(out)
    moves = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("before", "after", "customers", "sales", "loss"):
        moves.add_column(text(f"comparison.{code}", lang), justify="left" if code in {"before", "after"} else "right")
    for one in comparison.change_overs:
        amounts = (f"{one.customers:,}", yuan(one.sales_cents), yuan(one.loss_cents))
        moves.add_row(*(Text(cell) for cell in (one.before, one.after, *amounts)))
    console.print(Text(text("comparison.change_over", lang), style="bold"))
    console.print(moves)
    console.print(Text(best_sentence(comparison, lang), style="bold"))


def best_sentence(comparison: Comparison, lang: str) -> str:
    """Return which plan is best and how surely."""
    code = "comparison.winner_clear" if comparison.clear else "comparison.winner_unclear"
    return text(
        code,
        lang,
        best=str(comparison.best),
        years=comparison.years,
        years_needed=comparison.years_needed,
        confidence_share=comparison.confidence,
        doubt_share=1 - comparison.confidence,
    )


def comparison_page(comparison: Comparison, lang: str) -> str:
    """Return the page of a comparison."""
    used = {"years": comparison.years, "most_years": comparison.most_years, "seed": str(comparison.seed)}
    codes = ("plan", "bookings", "gain", "target", "joint", "joint_gain", "best_chance", "moved", "loss", "years")
    change = ("before", "after", "customers", "sales", "loss")
    blocks = [
        Block(
            both("comparison.gains"),
            comparison_gains(comparison),
            [both(f"comparison.{code}") for code in codes],
            [_page_row(plan, best=plan.name == comparison.best) for plan in comparison.standings],
            both("comparison.gains_note"),
        ),
        Block(both("comparison.shares"), comparison_shares(comparison)),
        Block(
            both("comparison.change_over"),
            None,
            [both(f"comparison.{code}") for code in change],
            [
                (one.before, one.after, f"{one.customers:,}", yuan(one.sales_cents), yuan(one.loss_cents))
                for one in comparison.change_overs
            ],
        ),
    ]
    answer = pair(best_sentence(comparison, "zh"), best_sentence(comparison, "en"))
    title = text("comparison.page_title", lang)
    return experiment_page(
        both("comparison.page_title"), title, both("comparison.years_used", **used), answer, blocks, lang
    )


def _page_row(plan: Standing, *, best: bool) -> list[Markup | str]:
    return [
        Markup("<b>{}</b>").format(plan.name) if best else plan.name,
        yuan(plan.bookings_cents),
        yuan_gain(plan.bookings_gain),
        percent(plan.target),
        percent(plan.joint),
        points_gain(plan.joint_gain),
        percent(plan.best_chance),
        f"{plan.customers_moved:,}",
        yuan(plan.moved_loss_cents),
        f"{plan.years:,}",
    ]
