"""Several divisions to choose from: one page with a picture of all, a table, and who moves in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from territory.domain.alternative import Alternative, alternative_moves
from territory.domain.scenario import Scenario
from territory.reports.bilingual import both, both_money
from territory.reports.charts import BLUE, GREEN, ORANGE, Labels, draw, legend, money_axis
from territory.reports.experiment_page import Block, experiment_page
from territory.reports.messages import percent, text

COLUMNS = ("number", "travel", "deviation", "customers", "sales", "loss", "gap")
BANDS = ((0.6, GREEN, "tight"), (0.9, BLUE, "middle"), (np.inf, ORANGE, "wide"))
"""Up to which part of the allowed deviation a division is drawn in which colour."""
MOST_MOVES = 200


def alternatives_page(scenario: Scenario, found: Sequence[Alternative], lang: str) -> str:
    """Return the page of a front of divisions; `lang` is the language it opens in."""
    moves = alternative_moves(scenario, found)
    heads = [both(f"alternatives.{code}") for code in COLUMNS]
    blocks = [
        Block(
            both("alternatives.front"),
            front_chart(scenario, found),
            heads,
            _rows(found),
            both("alternatives.front_note"),
        )
    ]
    if len(moves):
        blocks.append(_moves_block(moves))
    answer = both("alternatives.answer", number=len(found))
    title = text("alternatives.title", lang)
    return experiment_page(both("alternatives.title"), title, both("alternatives.lead"), answer, blocks, lang)


def front_chart(scenario: Scenario, found: Sequence[Alternative]) -> Markup:
    """Draw travel against sales that change hands; colour and size tell the largest deviation."""
    sales = np.array([one.sales_moved_cents for one in found]) / 100
    travel = np.array([one.travel_km for one in found])
    part = np.array([used_tolerance(scenario, one) for one in found])

    def paint(figure: Figure, labels: Labels) -> None:
        axes = figure.add_axes((0.1, 0.17, 0.87, 0.7))
        low = 0.0
        for high, colour, name in BANDS:
            mine = (part > low) & (part <= high) if low else part <= high
            low = high
            if mine.any():
                size = 60 + 160 * np.minimum(part[mine], 1.0)
                label = labels.of(f"alternatives.band_{name}")
                axes.scatter(sales[mine], travel[mine], s=size, color=colour, label=label)
        for number, (x, y) in enumerate(zip(sales.tolist(), travel.tolist(), strict=True), start=1):
            axes.annotate(f"{number}", (x, y), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=9)
        axes.margins(0.08, 0.18)
        if not sales.any():
            axes.set_xticks([0])
        money_axis(axes, labels, axis="x")
        axes.set_xlabel(labels.of("alternatives.sales"))
        axes.set_title(labels.of("alternatives.travel"), fontsize=10, loc="right", pad=6)
        legend(axes, 3)

    return draw("front", (9.6, 4.2), paint)


def used_tolerance(scenario: Scenario, one: Alternative) -> float:
    """Return the largest deviation of any measure as a part of what is allowed for it."""
    allowed = scenario.settings.territories.balance
    return max((value / allowed[name] for name, value in one.territories.tolerance.items()), default=0.0)


def _rows(found: Sequence[Alternative]) -> list[list[Markup | str]]:
    return [
        [
            str(number),
            f"{one.travel_km:,.0f}",
            percent(max(one.territories.tolerance.values(), default=0.0)),
            f"{one.customers_moved:,}",
            both_money(one.sales_moved_cents),
            both_money(one.expected_loss_cents),
            f"≤ {percent(one.gap)}",
        ]
        for number, one in enumerate(found, start=1)
    ]


def _moves_block(moves: pd.DataFrame) -> Block:
    shown = moves.head(MOST_MOVES)
    columns = [shown[name].tolist() for name in ("name", "alternative", "from_rep", "to_rep", "annual_sales")]
    rows: list[list[Markup | str]] = [
        [str(name), str(number), str(one), str(other), str(sales)]
        for name, number, one, other, sales in zip(*columns, strict=True)
    ]
    heads = [both(f"alternatives.moves_{code}") for code in ("customer", "number", "from", "to", "sales")]
    note = both("alternatives.moves_note", shown=len(rows), total=len(moves), file="alternative_moves.csv")
    return Block(both("alternatives.moves"), None, heads, rows, note)
