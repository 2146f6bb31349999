"""What `scenario.toml` says about territories."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Cents, Doc, NonNegative, Positive, Share

MEASURES = ("workload", "potential", "annual_sales", "target", "customers")
"""Measures that need no column of their own."""


@dataclass(frozen=True)
class TerritoryRules:
    """``[territories]``: what a fair and stable division is (R-A1..A7)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    balance: Annotated[
        dict[str, Positive],
        Doc(
            "measures to balance, each with the allowed deviation from the fair share: workload, potential, "
            "annual_sales, target, customers, or any other numeric column of the customers",
            "share",
            "R-A2",
        ),
    ] = field(default_factory=lambda: {"workload": 0.1})
    centres: Annotated[
        Literal["both", "homes", "free"],
        Doc(
            "what a territory gathers around: homes, the reps' start places; free, its own middle; both, the middle "
            "for the legs between visits and the start place for the ways out and back",
        ),
    ] = "both"
    contiguous: Annotated[
        bool,
        Doc(
            "territories hang together on the neighbours of files.adjacency, or of the map where none are given; only "
            "customers that no other rep may have lie apart",
        ),
    ] = False
    new_hires: Annotated[
        Literal["full", "present", "productive"],
        Doc(
            "what the share of a rep who starts during the year counts: full; present, the part of the year's working "
            "days that is left; productive, that part under the ramp of staffing.ramp",
            rule="R-N4",
        ),
    ] = "full"
    home_city: Annotated[str, Doc("city that belongs to the manager in person; empty for none", rule="R-A1")] = ""
    together: Annotated[tuple[tuple[str, ...], ...], Doc("groups of customer ids that share one rep", rule="R-A7")] = ()
    apart: Annotated[tuple[tuple[str, str], ...], Doc("pairs of customer ids with different reps", rule="R-A7")] = ()
    disruption_loss: Annotated[
        Share, Doc("share of annual sales expected lost when a customer changes hands", "share", "R-A4")
    ] = 0.15
    travel_hour_cost: Annotated[
        Cents, Ge(0), Doc("price of an hour on the road, to weigh travel against moved sales", "yuan")
    ] = 10_000
    preference_bonus_km: Annotated[NonNegative, Doc("how much nearer a preferred region counts", "km", "R-A3")] = 5.0
    max_moved_share: Annotated[Share, Doc("most of the customers that may change hands", "share", "R-A4")] = 1.0
    max_moved_sales_share: Annotated[
        Share, Doc("most of the annual sales of owned customers that may change hands", "share", "R-A4")
    ] = 1.0
    move_cost: Annotated[
        Cents, Ge(0), Doc("price of a customer who changes hands, beside the expected loss of sales", "yuan", "R-A4")
    ] = 0
