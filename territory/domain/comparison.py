"""What comes out of plans set against each other on the same random years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from territory.domain.outcome import Outcome


@dataclass(frozen=True)
class PairedDifference:
    """Mean of paired differences with its interval."""

    mean: float
    low: float
    high: float
    years: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class ChangeOver:
    """What it takes to go from one plan's territories to another's (R-A4).

    Attributes
    ----------
    before, after : str
        Names of the plans.
    customers : int
        Customers of both plans who change hands.
    sales_cents, loss_cents : int
        Their annual sales, and the part expected to be lost by the hand-over.
    """

    before: str
    after: str
    customers: int
    sales_cents: int
    loss_cents: int


@dataclass(frozen=True)
class Standing:
    """One plan of a comparison.

    Attributes
    ----------
    name : str
    years : int
        Years lived under it; a plan that is clearly worse than another is not lived on.
    bookings_cents : int
        Mean of the years.
    target, joint : float
        Shares of the years that reach the task, and in which everything holds.
    bookings_gain, target_gain, joint_gain : PairedDifference
        Against the baseline, the first plan given, over the years of both; cents and shares. The intervals hold
        together, for all plans and at every look.
    best_chance : float
        Chance of the highest mean bookings, by resampling the years.
    customers_moved, moved_loss_cents : int
        Customers that change hands under the plan, and the expected loss of annual sales (R-A4).
    """

    name: str
    years: int
    bookings_cents: int
    target: float
    joint: float
    bookings_gain: PairedDifference
    target_gain: PairedDifference
    joint_gain: PairedDifference
    best_chance: float
    customers_moved: int
    moved_loss_cents: int


@dataclass(frozen=True)
class Comparison:
    """Plans compared on the same years.

    Attributes
    ----------
    standings : tuple of Standing
        In the order given; the first is the baseline.
    best : str
        The winner, or the plan that is ahead: of those not clearly beaten the one with the highest share of years in
        which everything holds, then of mean bookings.
    clear : bool
        Whether it clearly beats every other plan. Without true differences that happens with chance
        1 - confidence at most, however many plans and looks there are.
    lead, joint_lead : PairedDifference
        Bookings (cents a year) and share of years in which everything holds, of the best less those of the second.
    years, most_years : int
        Paired years lived under the longest-lived plans, and allowed.
    years_needed : int
        Paired years after which the observed lead in bookings would be clear (0: no lead).
    seed : int
    confidence : float
        Of the winner, and of all intervals together.
    change_overs : tuple of ChangeOver
        Between any two plans.
    outcomes : mapping of str to Outcome
    """

    standings: tuple[Standing, ...]
    best: str
    clear: bool
    lead: PairedDifference
    joint_lead: PairedDifference
    years: int
    most_years: int
    years_needed: int
    seed: int
    confidence: float
    change_overs: tuple[ChangeOver, ...]
    outcomes: Mapping[str, Outcome]

    def table(self) -> pd.DataFrame:
        """One row a plan: means, paired differences to the first plan with intervals (yuan, shares), chance of best."""
        rows = []
        for plan in self.standings:
            gain, joint = plan.bookings_gain, plan.joint_gain
            rows.append(
                {
                    "plan": plan.name,
                    "bookings": round(plan.bookings_cents / 100, 2),
                    "bookings_gain": round(gain.mean / 100, 2),
                    "bookings_gain_low": round(gain.low / 100, 2),
                    "bookings_gain_high": round(gain.high / 100, 2),
                    "target": round(plan.target, 4),
                    "target_gain": round(plan.target_gain.mean, 4),
                    "target_gain_low": round(plan.target_gain.low, 4),
                    "target_gain_high": round(plan.target_gain.high, 4),
                    "joint": round(plan.joint, 4),
                    "joint_gain": round(joint.mean, 4),
                    "joint_gain_low": round(joint.low, 4),
                    "joint_gain_high": round(joint.high, 4),
                    "best_chance": round(plan.best_chance, 4),
                    "customers_moved": plan.customers_moved,
                    "moved_loss": round(plan.moved_loss_cents / 100, 2),
                    "years": plan.years,
                    "best": plan.name == self.best,
                }
            )
        return pd.DataFrame(rows)

    def change_over_table(self) -> pd.DataFrame:
        """One row for each two plans: before, after, customers, sales and expected loss (yuan)."""
        return pd.DataFrame(
            {
                "before": [one.before for one in self.change_overs],
                "after": [one.after for one in self.change_overs],
                "customers_moved": [one.customers for one in self.change_overs],
                "moved_sales": [round(one.sales_cents / 100, 2) for one in self.change_overs],
                "moved_loss": [round(one.loss_cents / 100, 2) for one in self.change_overs],
            }
        )
