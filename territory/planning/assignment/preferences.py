"""Who gets the bonus of a preferred region: lots where several reps want the same one (R-A3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.domain.plan import Lot
from territory.domain.scenario import Scenario
from territory.planning.solver import seed_of


def draw_lots(scenario: Scenario, works: NDArray[np.bool_], seed: int) -> tuple[dict[str, int], tuple[Lot, ...]]:
    """Return the rep whose preference counts in each region, and the lots that were drawn.

    Parameters
    ----------
    scenario : Scenario
    works : array of bool, shape (reps,)
        Reps who take part.
    seed : int
        Each region draws for itself, keyed by its name, so that another region never changes its lot.
    """
    reps = scenario.reps
    winners: dict[str, int] = {}
    lots = []
    for region in sorted(set(scenario.customers.region.tolist()) - {""}):
        wanting = [rep for rep in np.flatnonzero(works).tolist() if region in reps.preferred_regions[rep]]
        if not wanting:
            continue
        winners[region] = wanting[0]
        if len(wanting) > 1:
            draw = seed_of(seed, *region.encode()) / 2.0**63
            winners[region] = wanting[min(int(draw * len(wanting)), len(wanting) - 1)]
            names = tuple(str(reps.rep_id[rep]) for rep in wanting)
            lots.append(Lot(region, names, str(reps.rep_id[winners[region]]), draw))
    return winners, tuple(lots)
