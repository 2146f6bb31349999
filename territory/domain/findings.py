"""What many years tell beyond their shares: precision, people kept, a typical failing year, what separates years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Precision:
    """How well a probability is known when a run stopped by itself.

    Attributes
    ----------
    condition : str
        Which probability: ``target``, ``joint``, ...
    half_width : float
        What was asked for.
    value, low, high : float
        Estimate with the luck of people taken out, and the confidence sequence at the stop.
    years : int
    settled : bool
        False where the most years allowed were not enough.
    """

    condition: str
    half_width: float
    value: float
    low: float
    high: float
    years: int
    settled: bool


@dataclass(frozen=True)
class KeptGroup:
    """Years in which the same number of people are left after the review (R-N1).

    Attributes
    ----------
    kept : int
        People without managers at the end of the review's month.
    years : int
    target_hits, joint_hits : int
    target_low, target_high, joint_low, joint_high : float
        Wilson intervals of the shares.
    median_bookings_cents : int
    """

    kept: int
    years: int
    target_hits: int
    target_low: float
    target_high: float
    joint_hits: int
    joint_low: float
    joint_high: float
    median_bookings_cents: int


@dataclass(frozen=True)
class Separator:
    """A figure in which failing years differ from those that hold.

    Attributes
    ----------
    figure : str
        Code of the figure, worded by the reports.
    failing, holding : float
        Means of both kinds of years.
    difference : float
        Their difference in standard deviations (Cohen's d).
    cut : float
        Where the figure parts the years best.
    below, above : float
        Shares of years that hold below the cut, and from it on.
    """

    figure: str
    failing: float
    holding: float
    difference: float
    cut: float
    below: float
    above: float


@dataclass(frozen=True)
class Happening:
    """Something that happens in a year: day of the plan, code and values for the words."""

    day: int
    code: str
    values: Mapping[str, str | int | float]


@dataclass(frozen=True)
class Explanation:
    """Why years fail.

    Attributes
    ----------
    condition : str
        What the failing years of `separators` miss; empty where no condition both fails and holds often enough.
    failing_years, holding_years : int
        By that condition.
    separators : tuple of Separator
        The largest differences first.
    replication : int
        The typical failing year, the one nearest to all the others; -1 where no year fails.
    missed : tuple of str
        Conditions it misses.
    story : tuple of Happening
        What happens in it, by day.
    """

    condition: str
    failing_years: int
    holding_years: int
    separators: tuple[Separator, ...]
    replication: int
    missed: tuple[str, ...]
    story: tuple[Happening, ...]
