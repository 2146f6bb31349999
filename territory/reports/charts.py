"""Charts as inline SVG, the same bytes every time.

Texts are put in afterwards, in both languages, so that no font is needed to draw them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from territory.domain.customers import Floats, Ints
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.domain.settings import TIERS
from territory.reports.messages import WAN, YI, text

BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY, INK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#8A8F98",
    "#26303B",
)
TIER_COLOURS = (RED, ORANGE, BLUE, GREY)
MOST_POINTS = 3_000
MOST_REPS = 40
MEGA = 1_000_000

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#B8BEC6",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": "#5A6470",
    "ytick.color": "#5A6470",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E9ED",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "axes.unicode_minus": False,
}


class Labels:
    """Hands out short marks for texts, and replaces them in the finished drawing."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, str]] = []

    def add(self, zh: str, en: str) -> str:
        """Return the mark that stands for a text in two languages, about as wide as the wider one."""
        self._pairs.append((zh, en))
        width = max(len(en), sum(2 if ord(letter) > 0x2E7F else 1 for letter in zh))
        mark = f"@{len(self._pairs) - 1}@"
        return mark.ljust(width, "_")

    def of(self, code: str, **values: Any) -> str:
        """Return the mark of a message."""
        return self.add(text(code, "zh", **values), text(code, "en", **values))

    def fill(self, svg: str) -> str:
        """Return the drawing with every mark replaced by the escaped texts."""
        return re.sub(r"<text ([^>]*)>\s*@(\d+)@_*\s*</text>", self._texts, svg)

    def _texts(self, match: re.Match[str]) -> str:
        zh, en = self._pairs[int(match[2])]
        if zh == en:
            return f"<text {match[1]}>{escape(zh)}</text>"
        return f'<text class="zh" {match[1]}>{escape(zh)}</text><text class="en" {match[1]}>{escape(en)}</text>'


def draw(name: str, size: tuple[float, float], paint: Callable[[Figure, Labels], None]) -> Markup:
    """Return the SVG of a painted figure, without ids, dates or fixed size."""
    labels = Labels()
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=size, layout=None)
        FigureCanvasSVG(figure)
        paint(figure, labels)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="[a-zA-Z]+[a-zA-Z0-9]*_\d+"', "", svg)
    svg = re.sub(r'<svg [^>]*viewBox="([^"]+)"[^>]*>', r'<svg class="chart" role="img" viewBox="\1">', svg, count=1)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = svg.replace("xlink:href", "href")
    return Markup(re.sub(r"\n\s*", "\n", labels.fill(svg)))  # noqa: S704 - every text in it was escaped by Labels


def bookings_fan(outcome: Outcome) -> Markup:
    """Draw cumulative bookings, P10 to P90 and median, against the cumulative task and stretch target."""
    months = outcome.measure("bookings_cents").cumsum(axis=1) / 100
    task = outcome.plan.targets.customer_month_cents.sum(axis=0).cumsum() / 100
    stretch = task * (outcome.plan.targets.stretch_cents / max(outcome.plan.targets.total_cents, 1))

    def paint(figure: Figure, labels: Labels) -> None:
        axes = figure.add_axes((0.09, 0.12, 0.89, 0.76))
        _fan(axes, months, BLUE, labels)
        at = np.arange(12)
        axes.plot(at, task, color=RED, linewidth=2, label=labels.of("chart.task"))
        if stretch[-1] > task[-1]:
            axes.plot(at, stretch, color=RED, linewidth=1.5, linestyle=(0, (4, 3)), label=labels.of("chart.stretch"))
        axes.set_ylim(bottom=0)
        _months(axes, outcome.plan)
        money_axis(axes, labels)
        legend(axes, 4)

    return draw("bookings", (9.6, 3.9), paint)


def cash_fan(outcome: Outcome, budget_month_cents: Ints) -> Markup:
    """Draw monthly spending without goods against the budget above, cash at month end with its zero line below."""
    goods = outcome.plan.scenario.settings.budget.sales_cost_share * outcome.measure("collections_cents")
    payments = np.maximum(outcome.measure("payments_cents") - goods, 0) / 100
    cash = outcome.measure("cash_cents") / 100

    def paint(figure: Figure, labels: Labels) -> None:
        top = figure.add_axes((0.09, 0.58, 0.89, 0.34))
        low, middle, high = np.quantile(payments, [0.1, 0.5, 0.9], axis=0)
        top.bar(np.arange(12), middle, 0.6, color=SKY, label=labels.of("chart.payments"))
        top.vlines(np.arange(12), low, high, color=BLUE, linewidth=1.5, label=labels.of("chart.band"))
        edges = np.arange(13) - 0.5
        top.stairs(
            budget_month_cents / 100, edges, baseline=None, color=RED, linewidth=1.5, label=labels.of("chart.budget")
        )
        top.set_xlim(-0.6, 11.6)
        top.set_ylim(bottom=0)
        _months(top, outcome.plan)
        money_axis(top, labels)
        legend(top, 3)
        below = figure.add_axes((0.09, 0.08, 0.89, 0.36))
        _fan(below, cash, GREEN, labels, name="chart.cash")
        below.axhline(0, color=RED, linewidth=1.5)
        _months(below, outcome.plan)
        money_axis(below, labels)
        legend(below, 3)

    return draw("cash", (9.6, 5.2), paint)


def headcount_path(outcome: Outcome) -> Markup:
    """Draw the number of people at each month end, P10 to P90 and median."""
    people = outcome.measure("reps_active").astype(float)

    def paint(figure: Figure, labels: Labels) -> None:
        axes = figure.add_axes((0.06, 0.16, 0.92, 0.68))
        low, middle, high = np.quantile(people, [0.1, 0.5, 0.9], axis=0)
        at = np.arange(12)
        axes.fill_between(
            at, low, high, step="mid", color=PURPLE, alpha=0.25, linewidth=0, label=labels.of("chart.band")
        )
        axes.step(at, middle, where="mid", color=PURPLE, linewidth=2, label=labels.of("chart.median"))
        axes.set_ylim(0, float(high.max()) + 1)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        _months(axes, outcome.plan)
        legend(axes, 2)

    return draw("people", (9.6, 2.8), paint)


def workload_bars(plan: Plan) -> Markup:
    """Draw minutes with customers and on the road of each rep against the capacity, the fullest first."""
    reps = plan.scenario.reps
    face = np.bincount(plan.territories.rep, plan.calls.visits_per_week * plan.calls.minutes, len(reps))
    travel = plan.territories.travel_minutes
    capacity = plan.headcount.capacity_minutes_per_week * reps.share
    order = np.argsort(-(face + travel), kind="stable")[:MOST_REPS]

    def paint(figure: Figure, labels: Labels) -> None:
        height = figure.get_figheight()
        axes = figure.add_axes((0.17, 0.35 / height, 0.8, (height - 0.85) / height))
        at = np.arange(len(order))
        axes.barh(at, face[order], 0.62, color=BLUE, label=labels.of("chart.face"))
        axes.barh(at, travel[order], 0.62, left=face[order], color=SKY, label=labels.of("chart.travel"))
        axes.scatter(capacity[order], at, marker="|", s=180, color=RED, linewidths=2, label=labels.of("chart.capacity"))
        names = [labels.add(*(_clip(f"{reps.rep_id[r]} {reps.name[r]}"),) * 2) for r in order]
        axes.set_yticks(at, names)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.grid(visible=False, axis="y")
        legend(axes, 3)

    return draw("workload", (9.6, 1.0 + 0.3 * len(order)), paint)


def tier_matrix(plan: Plan) -> Markup:
    """Draw last year's sales against potential by tier, and the Pareto curve of profit (R-S1, R-S3)."""
    who, tier = plan.scenario.customers, plan.segments.tier
    step = max(1, -(-len(who) // MOST_POINTS))
    shown = np.arange(0, len(who), step)
    sales, potential = who.annual_sales_cents / 100, who.potential_cents / 100

    def paint(figure: Figure, labels: Labels) -> None:
        left = figure.add_axes((0.09, 0.17, 0.38, 0.68))
        for k, name in enumerate(TIERS):
            part = shown[tier[shown] == k]
            left.scatter(
                np.maximum(sales[part], 0),
                potential[part],
                s=14,
                color=TIER_COLOURS[k],
                alpha=0.75,
                label=name,
                linewidths=0,
            )
        for cut, line in (
            (plan.segments.contribution_cut_cents, left.axvline),
            (plan.segments.potential_cut_cents, left.axhline),
        ):
            if cut:
                line(cut / 100, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        left.set_xlim(left=0)
        left.set_ylim(bottom=0)
        left.set_xlabel(labels.of("chart.sales_axis"))
        left.set_title(labels.of("chart.potential_axis"), fontsize=10, loc="left", pad=22)
        money_axis(left, labels)
        money_axis(left, labels, axis="x")
        legend(left, 4)
        right = figure.add_axes((0.57, 0.17, 0.41, 0.68))
        _pareto(right, plan.segments.profit_cents, labels)

    return draw("tiers", (9.6, 3.9), paint)


def _pareto(axes: Axes, profit: Ints, labels: Labels) -> None:
    ranked = np.sort(profit)[::-1].cumsum() / max(int(profit[profit > 0].sum()), 1)
    share = np.arange(1, len(ranked) + 1) / max(len(ranked), 1)
    keep = np.unique(np.linspace(0, len(ranked) - 1, min(len(ranked), 200)).astype(int))
    axes.plot(np.r_[0, share[keep]] * 100, np.r_[0, ranked[keep]] * 100, color=GREEN, linewidth=2)
    axes.axvline(20, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.axvline(80, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=min(0.0, float(ranked[-1]) * 100))
    axes.set_xlabel(labels.of("chart.pareto_axis"))
    axes.set_title(labels.of("chart.pareto_title"), fontsize=10, loc="left", pad=8)


def _fan(axes: Axes, values: Floats, colour: str, labels: Labels, name: str = "chart.median") -> None:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    at = np.arange(12)
    axes.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0, label=labels.of("chart.band"))
    axes.plot(at, middle, color=colour, linewidth=2.2, label=labels.of(name))
    axes.set_xlim(-0.3, 11.3)


def _months(axes: Axes, plan: Plan) -> None:
    calendar = plan.scenario.calendar
    axes.set_xticks(np.arange(12), [calendar.month_label(m)[2:] for m in range(12)])
    axes.grid(visible=False, axis="x")


def money_axis(axes: Axes, labels: Labels, axis: str = "y") -> None:
    """Label an axis in yuan, as each language writes amounts."""
    side = axes.yaxis if axis == "y" else axes.xaxis
    low, high = axes.get_ylim() if axis == "y" else axes.get_xlim()
    ticks = [
        tick for tick in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high
    ]
    side.set_major_locator(FixedLocator(ticks))
    side.set_major_formatter(FixedFormatter([labels.add(_axis_zh(tick), _axis_en(tick)) for tick in ticks]))


def _axis_zh(yuan: float) -> str:
    if abs(yuan) >= YI:
        return f"{yuan / YI:g}亿"
    return f"{yuan / WAN:,.6g}万" if abs(yuan) >= WAN else f"{yuan:,.6g}"


def _axis_en(yuan: float) -> str:
    if abs(yuan) >= MEGA:
        return f"¥{yuan / MEGA:,.6g}M"
    return f"¥{yuan / 1_000:,.6g}k" if abs(yuan) >= 1_000 else f"¥{yuan:,.6g}"


def legend(axes: Axes, columns: int) -> None:
    """Put the legend above the axes."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        fontsize=9,
        handlelength=1.4,
        columnspacing=2.0,
        borderaxespad=0.1,
    )


def _clip(name: str, length: int = 18) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"
