"""What comes out of trying a plan with other numbers of people."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from territory.domain.comparison import PairedDifference
from territory.domain.outcome import Probability


@dataclass(frozen=True)
class SweepPoint:
    """One number of people tried.

    Attributes
    ----------
    reps : int
        Reps at the start, managers left out.
    keep : int or None
        People kept at the review; None without a cut.
    target, joint : Probability
    target_gain, bookings_gain : PairedDifference
        Against the scenario as it is, on the same years; shares and cents. The intervals hold together.
    bookings_cents, spending_cents : int
        Medians of the years; spending without the cost of goods.
    people_at_end : float
        Median.
    holds_cents : int
        Task that would be reached in the share of years asked for a feasible plan.
    """

    reps: int
    keep: int | None
    target: Probability
    joint: Probability
    target_gain: PairedDifference
    bookings_gain: PairedDifference
    bookings_cents: int
    spending_cents: int
    people_at_end: float
    holds_cents: int


@dataclass(frozen=True)
class Sweep:
    """A plan with other numbers of people, on the same random years.

    Attributes
    ----------
    points : tuple of SweepPoint
        By reps, then by people kept.
    base : int
        Index of the scenario as it is.
    refused : tuple of int
        Numbers of reps for which no plan satisfies the hard rules.
    years, seed : int
    confidence, feasible_from : float
    task_cents : int
    """

    points: tuple[SweepPoint, ...]
    base: int
    refused: tuple[int, ...]
    years: int
    seed: int
    confidence: float
    feasible_from: float
    task_cents: int

    def table(self) -> pd.DataFrame:
        """One row a point: people, probabilities with intervals, paired gains, medians (yuan, shares)."""
        rows = [
            {
                "reps": point.reps,
                "keep": "" if point.keep is None else point.keep,
                "target": round(point.target.value, 4),
                "target_low": round(point.target.low, 4),
                "target_high": round(point.target.high, 4),
                "joint": round(point.joint.value, 4),
                "joint_low": round(point.joint.low, 4),
                "joint_high": round(point.joint.high, 4),
                "target_gain": round(point.target_gain.mean, 4),
                "target_gain_low": round(point.target_gain.low, 4),
                "target_gain_high": round(point.target_gain.high, 4),
                "bookings": round(point.bookings_cents / 100, 2),
                "bookings_gain": round(point.bookings_gain.mean / 100, 2),
                "bookings_gain_low": round(point.bookings_gain.low / 100, 2),
                "bookings_gain_high": round(point.bookings_gain.high / 100, 2),
                "spending": round(point.spending_cents / 100, 2),
                "people_at_end": point.people_at_end,
                "holds_task": round(point.holds_cents / 100, 2),
                "as_is": k == self.base,
            }
            for k, point in enumerate(self.points)
        ]
        return pd.DataFrame(rows)
