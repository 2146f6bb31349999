"""Random numbers of a year, keyed by purpose, entity and occurrence (MODEL section 9).

A draw is a hash of what it is for, not the next number of a sequence, so two plans meet the same customers, deals
and resignations, and an added rep or customer changes nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numba import njit, vectorize
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
        draws: Floats = _draw(np.atleast_1d(entity), self.purpose_keys[_PLACE[purpose]], occurrence)
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
    keys: Keys = _child(np.atleast_1d(entity), occurrence)
    return keys


@njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (the finaliser of splitmix64)."""
    x ^= x >> np.uint64(30)
    x *= _FIRST
    x ^= x >> np.uint64(27)
    x *= _SECOND
    return x ^ (x >> np.uint64(31))


def _for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of numbers for arrays of any shape."""
    compiled: Callable[..., Any] = vectorize(cache=True)(function)  # type: ignore[no-untyped-call]
    return compiled


@_for_arrays
def _child(entity: np.uint64, occurrence: int) -> np.uint64:
    return _mix(_mix(entity) + (np.uint64(occurrence) + np.uint64(1)) * _GOLDEN)


@_for_arrays
def _draw(entity: np.uint64, purpose: np.uint64, occurrence: int) -> float:
    key = _mix(_mix(entity ^ purpose) + (np.uint64(occurrence) + np.uint64(1)) * _GOLDEN)
    return np.float64(key >> np.uint64(12)) * _UNIT + _UNIT / 2


MANY = 10.0
"""Mean from which counts of one mean are read from a table."""

CEILING = 1.0 - 1e-12
"""Rounding may keep a cumulative sum below larger draws for ever."""


def poisson_counts(mean: Floats, uniform: Floats) -> Ints:
    """Return Poisson counts by inversion, so that a higher mean never takes a count away from the same draw."""
    if len(mean) and mean[0] > MANY and (mean == mean[0]).all():
        return _counts_of_one_mean(float(mean[0]), uniform)
    counts: Ints = _count(mean, np.exp(-mean), np.minimum(uniform, CEILING))
    return counts


@_for_arrays
def _count(mean: float, none: float, uniform: float) -> int:
    """Return how often the cumulative sum is below the draw; `none` is the chance of no event at all."""
    probability = cumulative = none
    count = 0
    while uniform > cumulative and probability > 0:
        count += 1
        probability *= mean / count
        cumulative += probability
    return count


def _counts_of_one_mean(mean: float, uniform: Floats) -> Ints:
    """Return the same from one table, because a big mean takes as many steps as it is big."""
    steps = np.arange(1, int(mean + 12 * np.sqrt(mean)) + 30)
    probability = np.exp(np.cumsum(np.append(-mean, np.log(mean / steps))))
    return np.asarray(np.searchsorted(np.cumsum(probability), np.minimum(uniform, CEILING)), dtype=np.int64)
