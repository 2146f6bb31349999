"""How the kernels of this package are compiled, and their random numbers.

Small kernels are inlined by force: passing the tables to a real call costs more than such a kernel does. No kernel
allocates anything, which spares the counting of references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from territory.planning.timing import inlined, inner, kernel

__all__ = [
    "Floats",
    "Ints",
    "RandomState",
    "below",
    "inlined",
    "inner",
    "kernel",
    "lowest_bit",
    "shuffle",
    "uniform",
    "unsigned",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RandomState = NDArray[np.uint64]

unsigned = cast(Callable[[int], int], np.uint64)
"""Marks an index as not negative, which spares the check for one that counts from the end."""


@inlined
def uniform(random: RandomState) -> float:
    """Return the next random number in [0, 1) (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * 1.1102230246251565e-16


@inlined
def below(random: RandomState, count: int) -> int:
    """Return a random whole number in 0..count-1."""
    return int(uniform(random) * count)


@inlined
def shuffle(random: RandomState, items: Ints, begin: int, count: int) -> None:
    """Put the items from `begin` on into random order."""
    for last in range(count - 1, 0, -1):
        k, other = begin + last, begin + below(random, last + 1)
        items[k], items[other] = items[other], items[k]


def _count_trailing_zeros(_context: object, _bits: object) -> tuple[Any, Callable[..., Any]]:
    """Tell the compiler of the machine instruction; its arguments are those of numba's `intrinsic`."""

    def generate(target: Any, builder: Any, _signature: object, arguments: tuple[Any]) -> Any:
        return builder.cttz(arguments[0], target.get_constant(types.boolean, True))

    return types.int64(types.int64), generate


lowest_bit = cast(Callable[[int], int], intrinsic(_count_trailing_zeros))
"""Number of the lowest set bit of a whole number other than 0."""
