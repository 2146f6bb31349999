"""Divisions to choose from, and what each of them costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory.domain.customers import NONE
from territory.domain.plan import Territories, yuan
from territory.domain.scenario import Scenario


@dataclass(frozen=True)
class Alternative:
    """One division of a front.

    Attributes
    ----------
    territories : Territories
    travel_km : float
        Weighted travel a week, without the price of disruption.
    customers_moved : int
        Customers who change hands.
    sales_moved_cents, expected_loss_cents : int
        Their annual sales, and what is expected to be lost of them.
    """

    territories: Territories
    travel_km: float
    customers_moved: int
    sales_moved_cents: int
    expected_loss_cents: int

    @property
    def gap(self) -> float:
        """How far the objective may be above the best possible at its centres and balance, as a share of it."""
        return gap_of(self.territories)


def gap_of(territories: Territories) -> float:
    """Return the proven gap of a division as a share of its objective, at least 0."""
    scale = max(abs(territories.objective), 1e-12)
    return max(0.0, (territories.objective - territories.bound) / scale)


def alternatives_table(alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """Return one row an alternative: travel, largest deviation of each measure, who moves, what it costs, gap."""
    measures = list(alternatives[0].territories.tolerance) if alternatives else []
    sales = np.array([one.sales_moved_cents for one in alternatives], dtype=np.int64)
    loss = np.array([one.expected_loss_cents for one in alternatives], dtype=np.int64)
    return pd.DataFrame(
        {
            "alternative": np.arange(1, len(alternatives) + 1),
            "travel_km_per_week": [round(one.travel_km, 1) for one in alternatives],
            **{
                f"deviation_{name}": [round(one.territories.tolerance[name], 4) for one in alternatives]
                for name in measures
            },
            "customers_moved": [one.customers_moved for one in alternatives],
            "sales_moved": yuan(sales),
            "expected_loss": yuan(loss),
            "gap": [round(one.gap, 4) for one in alternatives],
        }
    )


def alternative_moves(scenario: Scenario, alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """Return one row for every customer who changes hands in an alternative: alternative, customer, from, to, sales."""
    who, ids = scenario.customers, scenario.reps.rep_id
    parts = []
    for number, one in enumerate(alternatives, start=1):
        moved = np.flatnonzero((who.current_rep != NONE) & (who.current_rep != one.territories.rep))
        parts.append(
            pd.DataFrame(
                {
                    "alternative": number,
                    "customer_id": who.customer_id[moved],
                    "name": who.name[moved],
                    "from_rep": ids[who.current_rep[moved]],
                    "to_rep": ids[one.territories.rep[moved]],
                    "annual_sales": yuan(who.annual_sales_cents[moved]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
