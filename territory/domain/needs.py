"""What a task would need: reliefs of a plan, one by one and together, and how far each brings the median year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Need:
    """One relief of a plan, lived on the same random years as the plan as it is.

    Attributes
    ----------
    name : str
        ``as_is``, ``keep_all``, ``full_ramp``, ``nobody_leaves``, ``people`` (the three together), ``leads``,
        ``order_size``, or ``people_and_leads``.
    factor : float
        What leads or order sizes are multiplied by; 1 where they stay.
    bookings_cents : int
        Median of the years.
    reached : bool
        Whether the median reaches the task. Where it does, `factor` is the least that does, to the half of a tenth;
        where it does not, it is the largest one tried.
    """

    name: str
    factor: float
    bookings_cents: int
    reached: bool


@dataclass(frozen=True)
class Needs:
    """What the task would need.

    Attributes
    ----------
    task_cents : int
    years, seed : int
    rep_years : float
        Median over the years of the reps' months at work over twelve, managers left out.
    cents_per_rep_year : int
        Median bookings over `rep_years`.
    items : tuple of Need
        The plan as it is first.
    """

    task_cents: int
    years: int
    seed: int
    rep_years: float
    cents_per_rep_year: int
    items: tuple[Need, ...]

    @property
    def task_rep_years(self) -> float:
        """Rep-years that the task would take at the present yield, were there customers enough for them."""
        return self.task_cents / self.cents_per_rep_year if self.cents_per_rep_year > 0 else float("inf")

    def table(self) -> pd.DataFrame:
        """One row a relief: name, factor, median bookings (yuan), their share of the task, whether it is reached."""
        return pd.DataFrame(
            {
                "need": [item.name for item in self.items],
                "factor": [item.factor for item in self.items],
                "bookings": [round(item.bookings_cents / 100, 2) for item in self.items],
                "share_of_task": [round(item.bookings_cents / self.task_cents, 4) for item in self.items],
                "reached": [item.reached for item in self.items],
            }
        )
