"""How many people luck alone would keep: known exactly before a year is lived, and the heaviest luck of a year.

Each rep has a lot for the cut and one for each week's resignation. The number of reps whose lots let them stay is
binomial, whatever else happens in the year; who in truth stays also hangs on appraisals and sales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import expm1, log1p

import numpy as np
from scipy.special import gammaln

from territory.domain.customers import Floats, Ints
from territory.simulation.staffing import cohort_size
from territory.simulation.streams import open_streams
from territory.simulation.tables import YearTables

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class PeopleLuck:
    """Distribution of the number of reps whom luck keeps, and the number in each year.

    Attributes
    ----------
    shares : array of float, shape (staff + 1,)
        Exact probability of each number.
    numbers : array of int, shape (years,)
    """

    shares: Floats
    numbers: Ints


def people_luck(tables: YearTables, seed: int, replications: Sequence[int]) -> PeopleLuck:
    """Return the luck of the given years; no year is lived for it."""
    rules = tables.settings.staffing
    staff = np.flatnonzero(~tables.reps.is_manager)
    keys = tables.rep_keys[staff]
    weeks = np.arange(int(tables.week[-1]) + 1)
    hazard = -expm1(log1p(-min(rules.annual_attrition, 1 - 1e-12)) / WEEKS_A_YEAR)
    kept = min(rules.keep / max(cohort_size(tables), 1), 1.0) if rules.cut_mode == "drawn" else 1.0
    numbers = []
    for replication in replications:
        streams = open_streams(seed, replication)
        stays = streams.uniform("cut", keys) < kept
        lots = streams.uniform("resignation", np.repeat(keys, len(weeks)), np.tile(weeks, len(keys)))
        stays &= (lots >= hazard).reshape(len(keys), len(weeks)).all(axis=1)
        numbers.append(int(stays.sum()))
    chance = kept * (1 - hazard) ** len(weeks)
    return PeopleLuck(_binomial(len(staff), chance), np.array(numbers, dtype=np.int64))


def expected_hits(hits: Floats, numbers: Ints, shares: Floats) -> Floats:
    """Return the estimated chance of a hit by number of people, drawn towards the common one where years are few."""
    overall = hits.mean() if len(hits) else 0.5
    count = np.bincount(numbers, minlength=len(shares))
    return np.asarray((np.bincount(numbers, hits, len(shares)) + 4 * overall) / (count + 4), dtype=np.float64)


def _binomial(n: int, chance: float) -> Floats:
    k = np.arange(n + 1)
    if chance in (0.0, 1.0):
        return np.asarray((k == n * chance).astype(np.float64))
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(ways + k * np.log(chance) + (n - k) * np.log1p(-chance)), dtype=np.float64)
