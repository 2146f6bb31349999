"""Random numbers of a year, keyed by purpose, entity and occurrence (MODEL section 9).

A draw is a hash of what it is for, not the next number of a sequence, so two plans meet the same customers, deals
and resignations, and an added rep or customer changes nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from territory.domain.customers import Floats, Ints

Keys = NDArray[np.uint64]

PURPOSES = (
    "deal_count",
    "deal_day",
    "deal_value",
    "decision",
    "response",
    "loyalty",
    "patience",
    "prospect_meeting",
    "prospect_day",
    "prospect_book",
    "absence",
    "resignation",
    "cut",
    "deal_payment",
    "deal_default",
    "run_rate_payment",
    "entertainment_size",
    "entertainment_day",
    "approval_time",
    "refusal",
    "report",
    "churn",
    "channel",
    "project_time",
    "project_refusal",
    "sought_count",
    "sought_day",
    "sought_value",
)
"""What draws are for; new purposes go to the end, so that old ones keep their draws."""

_PLACE = {purpose: place for place, purpose in enumerate(PURPOSES)}
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_UNIT = 2.0**-52


@dataclass(frozen=True)
class Streams:
    """The random numbers of one replication; see `open_streams`."""

    purpose_keys: Keys

    def uniform(self, purpose: str, entity: Keys, occurrence: ArrayLike = 0) -> Floats:
        """Return uniforms in the open interval (0, 1).

        Parameters
        ----------
        purpose : str
            One of `PURPOSES`.
        entity : array of uint64
            Keys of the entities (`entity_keys`, `child_keys`).
        occurrence : array of int, broadcast against `entity`
            Which of the entity's draws for this purpose.
        """
        key = self.purpose_keys[_PLACE[purpose]]
        keys = child_keys(entity ^ key, occurrence)
        keys >>= np.uint64(12)
        draws = keys.astype(np.float64)
        draws *= _UNIT
        draws += _UNIT / 2
        return draws


def open_streams(seed: int, replication: int) -> Streams:
    """Return the streams of one replication of a seed."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(replication,))
    return Streams(sequence.generate_state(len(PURPOSES), np.uint64).astype(np.uint64))


def entity_keys(names: Iterable[str]) -> Keys:
    """Return a stable 64-bit key of each name; the same in every process and version of Python."""
    digests = [int.from_bytes(blake2b(str(name).encode(), digest_size=8).digest(), "little") for name in names]
    return np.array(digests, dtype=np.uint64)


def child_keys(entity: Keys, occurrence: ArrayLike) -> Keys:
    """Return the key of the n-th thing that belongs to an entity (a customer's n-th deal); arrays broadcast."""
    number = np.atleast_1d(np.asarray(occurrence, dtype=np.int64)).astype(np.uint64)
    return _mix(_mix(np.array(entity, ndmin=1)) + (number + np.uint64(1)) * _GOLDEN)


def _mix(x: Keys) -> Keys:
    """Scramble 64 bits in place (the finaliser of splitmix64)."""
    x ^= x >> np.uint64(30)
    x *= _FIRST
    x ^= x >> np.uint64(27)
    x *= _SECOND
    x ^= x >> np.uint64(31)
    return x


MANY = 10.0
"""Mean from which counts of one mean are read from a table."""

CEILING = 1.0 - 1e-12
"""Rounding may keep a cumulative sum below larger draws for ever."""


def poisson_counts(mean: Floats, uniform: Floats) -> Ints:
    """Return Poisson counts by inversion, so that a higher mean never takes a count away from the same draw."""
    if len(mean) and mean[0] > MANY and (mean == mean[0]).all():
        return _counts_of_one_mean(float(mean[0]), uniform)
    probability = np.exp(-mean)
    cumulative = probability.copy()
    count = np.zeros(len(mean), dtype=np.int64)
    short = np.minimum(uniform, CEILING) > cumulative
    while short.any():
        count[short] += 1
        probability[short] *= mean[short] / count[short]
        cumulative[short] += probability[short]
        short &= (np.minimum(uniform, CEILING) > cumulative) & (probability > 0)
    return count


def _counts_of_one_mean(mean: float, uniform: Floats) -> Ints:
    """Return the same from one table, because a big mean takes as many steps as it is big."""
    steps = np.arange(1, int(mean + 12 * np.sqrt(mean)) + 30)
    probability = np.exp(np.cumsum(np.append(-mean, np.log(mean / steps))))
    return np.asarray(np.searchsorted(np.cumsum(probability), np.minimum(uniform, CEILING)), dtype=np.int64)
