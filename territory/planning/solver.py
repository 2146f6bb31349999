"""How OR-Tools is asked: whole numbers, one worker, work counted instead of seconds."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Floats, Ints

WHOLE_LIMIT = 2**30
"""Largest sum of scaled weights: far inside 64 bits even after CP-SAT multiplies bounds."""


def scale_weights(weights: Floats, *, limit: int = WHOLE_LIMIT) -> tuple[Ints, float]:
    """Return not negative weights as integers and the factor, exactly where they are whole numbers and small enough."""
    total = float(weights.sum())
    whole = bool(np.all(weights == np.rint(weights)))
    factor = 1.0 if total <= 0 or (whole and total <= limit) else limit / total
    return np.rint(weights * factor).astype(np.int64), factor


def scale_costs(cost: Floats, *, limit: float = 1e8) -> tuple[Ints, float]:
    """Return costs of any sign as integers and the factor; the largest becomes about `limit`."""
    largest = float(np.abs(cost).max()) if cost.size else 0.0
    factor = limit / largest if largest > 0 else 1.0
    return np.rint(cost * factor).astype(np.int64), factor


def repeatable_solver(seed: int, work: float, *, gap: float = 0.0) -> cp_model.CpSolver:
    """Return a CP-SAT solver that gives the same answer on every machine.

    Parameters
    ----------
    seed : int
    work : float
        Deterministic time, about seconds.
    gap : float
        Relative gap at which an answer is good enough.
    """
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # its handler would take Ctrl-C away from the program for good
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = False
    solver.parameters.random_seed = seed % (2**31 - 1)
    solver.parameters.max_deterministic_time = work
    solver.parameters.relative_gap_limit = gap
    return solver


def seed_of(*parts: int) -> int:
    """Return one 63-bit seed for a purpose."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0]) >> 1
