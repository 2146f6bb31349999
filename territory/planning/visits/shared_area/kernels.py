"""How the kernels of this package are compiled, and their random numbers.

Small kernels are inlined by force: passing the tables to a real call costs more than such a kernel does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RandomState = NDArray[np.uint64]

Kernel = TypeVar("Kernel", bound=Callable[..., object])
_LEAN: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: Kernel) -> Kernel:
    """Compile a function that Python calls."""
    return cast(Kernel, njit(cache=True, error_model="numpy")(function))


def inner(function: Kernel) -> Kernel:
    """Compile a function that only kernels call."""
    return cast(Kernel, njit(cache=True, error_model="numpy", **_LEAN)(function))


def inlined(function: Kernel) -> Kernel:
    """Compile a small function into each of its callers."""
    return cast(Kernel, njit(cache=True, error_model="numpy", forceinline=True, **_LEAN)(function))


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
