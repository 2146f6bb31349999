"""Why years fail: what separates them from years that hold, and the story of a typical one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from territory.assessment.kpis import CONDITIONS, year_flags
from territory.assessment.story import tell
from territory.assessment.year_figures import SAYS_NOTHING_NEW, year_figures
from territory.domain.customers import Floats
from territory.domain.findings import Explanation, Separator
from territory.domain.outcome import Outcome, Year
from territory.domain.plan import Plan

Flags = Mapping[str, NDArray[np.bool_]]

FEWEST_YEARS = 5
"""Years of each kind, from which a difference is told."""

SHOWN_SEPARATORS = 5
LEAST_DIFFERENCE = 0.35
"""Smaller differences, in standard deviations, are not told."""

LEAST_SPREAD = 0.1
"""Of the standard deviation of all years: so that kinds that never overlap have a finite difference."""

MOST_COMPARED = 1_000
"""Failing years among which the typical one is sought."""


def explain(outcome: Outcome, flags: Flags) -> Explanation | None:
    """Return why years fail; None where all hold."""
    years = outcome.years
    if flags["joint"].all():
        return None
    condition = condition_to_explain(flags)
    failing = outcome.failing
    missed = () if failing is None else _missed(flags, years, failing)
    return Explanation(
        condition=condition,
        failing_years=int((~flags[condition]).sum()) if condition else 0,
        holding_years=int(flags[condition].sum()) if condition else 0,
        separators=separate(outcome.plan, years, flags[condition], condition) if condition else (),
        replication=-1 if failing is None else failing.replication,
        missed=missed,
        story=() if failing is None else tell(outcome.plan, failing),
    )


def condition_to_explain(flags: Flags) -> str:
    """Return the condition most years miss that both fails and holds often enough to compare; empty for none."""
    both = [name for name in CONDITIONS if flags[name].sum() >= FEWEST_YEARS and (~flags[name]).sum() >= FEWEST_YEARS]
    return max(both, key=lambda name: int((~flags[name]).sum()), default="")


def separate(plan: Plan, years: Sequence[Year], holds: NDArray[np.bool_], condition: str) -> tuple[Separator, ...]:
    """Rank the figures by their standardised difference between failing and holding years."""
    found = []
    for name, values in year_figures(plan, years).items():
        bad, good = values[~holds], values[holds]
        spread = max(float(np.sqrt((bad.var() + good.var()) / 2)), LEAST_SPREAD * float(values.std()))
        if name in SAYS_NOTHING_NEW[condition] or spread == 0:
            continue
        difference = float(bad.mean() - good.mean()) / spread
        if abs(difference) >= LEAST_DIFFERENCE:
            cut, below, above = best_cut(values, holds)
            found.append(Separator(name, float(bad.mean()), float(good.mean()), difference, cut, below, above))
    return tuple(sorted(found, key=lambda one: (-abs(one.difference), one.figure))[:SHOWN_SEPARATORS])


def best_cut(values: Floats, holds: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the value that parts failing from holding years best (least Gini impurity), and both shares that hold.

    Each side keeps at least `FEWEST_YEARS` years where the values allow it.
    """
    order = np.argsort(values, kind="stable")
    ranked, hits = values[order], holds[order].cumsum()
    n = len(values)
    size = np.arange(1, n)
    left, right = hits[:-1] / size, (hits[-1] - hits[:-1]) / (n - size)
    impurity = size * left * (1 - left) + (n - size) * right * (1 - right)
    allowed = ranked[1:] > ranked[:-1]
    wide = allowed & (size >= FEWEST_YEARS) & (n - size >= FEWEST_YEARS)
    at = int(np.argmin(np.where(wide if wide.any() else allowed, impurity, np.inf)))
    return float((ranked[at] + ranked[at + 1]) / 2), float(left[at]), float(right[at])


def typical_failing_year(plan: Plan, years: Sequence[Year]) -> int | None:
    """Return the replication of the medoid of the years in which not everything holds; None where all hold.

    Near are years with alike figures, each measured in its standard deviation over all years.
    """
    failing = np.flatnonzero(~year_flags(plan, years)["joint"])[:MOST_COMPARED]
    if not len(failing):
        return None
    columns = np.stack(list(year_figures(plan, years).values()), axis=1)
    spread = columns.std(axis=0)
    scaled = (columns[failing] - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    squares = (scaled**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * scaled @ scaled.T, 0.0)).sum(axis=1)
    return years[int(failing[int(np.argmin(apart.round(6)))])].replication


def _missed(flags: Flags, years: Sequence[Year], failing: Year) -> tuple[str, ...]:
    place = next(k for k, year in enumerate(years) if year.replication == failing.replication)
    return tuple(name for name in CONDITIONS if not flags[name][place])
