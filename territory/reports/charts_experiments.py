"""Charts of changes, comparisons and sweeps, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.domain.comparison import Comparison
from territory.domain.outcome import Lever
from territory.domain.sweep import Sweep
from territory.reports.charts import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    Labels,
    draw,
    legend,
    money_axis,
)
from territory.reports.messages import lever_text

MOST_NAME = 46
LINES = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY, GREY)


def tornado(levers: Sequence[Lever]) -> Markup:
    """Draw the paired effects of all changes, the strongest first: points on the left, bookings on the right."""
    joint = any(lever.joint_effect for lever in levers)
    points = np.array([_points(lever, joint=joint) for lever in levers]) * 100
    money = np.array([(one.effect_cents, one.effect_low_cents, one.effect_high_cents) for one in levers]) / 100
    code = "tornado.joint" if joint else "tornado.target"
    dark = np.array([lever.chosen for lever in levers])

    def paint(figure: Figure, labels: Labels) -> None:
        height = figure.get_figheight()
        rows = np.arange(len(levers))
        names = [labels.add(_clip(lever_text(one, "zh")), _clip(lever_text(one, "en"))) for one in levers]
        for left, width, values, title in ((0.36, 0.28, points, code), (0.69, 0.29, money, "tornado.bookings")):
            axes = figure.add_axes((left, 0.35 / height, width, (height - 0.8) / height))
            _bars(axes, rows, values, dark)
            axes.set_yticks(rows, names if values is points else [""] * len(rows))
            axes.set_title(labels.of(title), fontsize=10, loc="left", pad=8)
            axes.set_ylim(len(rows) - 0.4, -0.6)
            if values is money:
                money_axis(axes, labels, axis="x")

    return draw("tornado", (9.6, 0.9 + 0.36 * len(levers)), paint)


def _points(lever: Lever, *, joint: bool) -> tuple[float, float, float]:
    if joint:
        return lever.joint_effect, lever.joint_low, lever.joint_high
    return lever.target_effect, lever.target_low, lever.target_high


def _bars(axes: Axes, rows: np.ndarray, values: np.ndarray, dark: np.ndarray) -> None:
    """Draw bars from zero with their intervals, which are cut off at three times the longest bar and spread."""
    middle, low, high = values.T
    reach = 3 * max(float(np.abs(middle).max(initial=0.0)), 1e-9)
    finite = np.abs(values[dark]) if dark.any() else np.abs(values)
    reach = max(reach, min(float(finite.max(initial=0.0)), 1e12) * 1.05)
    axes.barh(rows, middle, 0.56, color=[BLUE if strong else SKY for strong in dark])
    axes.hlines(rows, np.maximum(low, -reach), np.minimum(high, reach), color=INK, linewidth=1.2)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_xlim(-1.04 * reach, 1.04 * reach)
    axes.grid(visible=False, axis="y")


def comparison_gains(comparison: Comparison) -> Markup:
    """Draw each plan's paired gain in bookings against the first, with its interval."""
    plans = comparison.standings
    gains = np.array([(p.bookings_gain.mean, p.bookings_gain.low, p.bookings_gain.high) for p in plans]) / 100

    def paint(figure: Figure, labels: Labels) -> None:
        height = figure.get_figheight()
        axes = figure.add_axes((0.2, 0.4 / height, 0.77, (height - 0.55) / height))
        rows = np.arange(len(plans))
        colours = [GREEN if p.name == comparison.best else BLUE for p in plans]
        axes.hlines(rows, gains[:, 1], gains[:, 2], color=colours, linewidth=3)
        axes.scatter(gains[:, 0], rows, s=46, color=colours, zorder=3)
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(rows, [labels.add(*(_clip(p.name, 20),) * 2) for p in plans])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.08)
        axes.grid(visible=False, axis="y")
        money_axis(axes, labels, axis="x")

    return draw("gains", (9.6, 0.8 + 0.4 * len(plans)), paint)


def comparison_shares(comparison: Comparison) -> Markup:
    """Draw the shares of years that reach the task and in which everything holds, by plan."""
    plans = comparison.standings

    def paint(figure: Figure, labels: Labels) -> None:
        height = figure.get_figheight()
        axes = figure.add_axes((0.2, 0.35 / height, 0.77, (height - 0.8) / height))
        rows = np.arange(len(plans))
        axes.barh(rows - 0.18, [100 * p.target for p in plans], 0.34, color=SKY, label=labels.of("comparison.target"))
        axes.barh(rows + 0.18, [100 * p.joint for p in plans], 0.34, color=BLUE, label=labels.of("comparison.joint"))
        axes.set_yticks(rows, [labels.add(*(_clip(p.name, 20),) * 2) for p in plans])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.grid(visible=False, axis="y")
        legend(axes, 2)

    return draw("shares", (9.6, 1.0 + 0.5 * len(plans)), paint)


def sweep_chart(sweep: Sweep) -> Markup:
    """Draw the probability of the task above and spending below, against reps, one line a number kept."""
    kept = list(dict.fromkeys(point.keep for point in sweep.points))

    def paint(figure: Figure, labels: Labels) -> None:
        above = figure.add_axes((0.09, 0.52, 0.89, 0.38))
        below = figure.add_axes((0.09, 0.1, 0.89, 0.28))
        for k, keep in enumerate(kept):
            mine = [point for point in sweep.points if point.keep == keep]
            colour = LINES[k % len(LINES)]
            at = [point.reps + 0.06 * (k - (len(kept) - 1) / 2) for point in mine]
            code, values = ("sweep.chart_target", {}) if keep is None else ("sweep.chart_kept", {"keep": keep})
            above.vlines(
                at, [100 * p.target.low for p in mine], [100 * p.target.high for p in mine], color=colour, linewidth=1.4
            )
            above.plot(
                at,
                [100 * p.target.value for p in mine],
                color=colour,
                marker="o",
                linewidth=2,
                label=labels.of(code, **values),
            )
            below.plot(at, [p.spending_cents / 100 for p in mine], color=colour, marker="o", linewidth=2)
        above.axhline(100 * sweep.feasible_from, color=RED, linewidth=1.2, linestyle=(0, (4, 3)))
        above.set_ylim(0, 100)
        below.set_ylim(bottom=0)
        money_axis(below, labels)
        below.set_title(labels.of("sweep.chart_cost"), fontsize=10, loc="left", pad=6)
        reps = sorted({point.reps for point in sweep.points})
        for axes in (above, below):
            axes.set_xticks(reps)
            axes.grid(visible=False, axis="x")
        legend(above, 6)

    return draw("sweep", (9.6, 5.0), paint)


def _clip(name: str, length: int = MOST_NAME) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"
