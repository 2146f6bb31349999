"""A start for territories with free centres: located and allocated at once instead of by turns.

Where nobody owns customers yet and no start place counts, centres may lie anywhere, and looking for them by turns with
the allocation stays in the first valley. The free-centre engine looks for both at once; its division is one more start
of the search, so that the answer is never worse for it. Its kernels take long to compile, so only such territories
load them.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from territory.domain.customers import NONE, Ints
from territory.domain.scenario import Scenario
from territory.planning.assignment.anneal import limits_of
from territory.planning.assignment.border import edges
from territory.planning.assignment.cost import Centres, Matrix
from territory.planning.assignment.problem import Problem
from territory.planning.assignment.seeds import FORBIDDEN_KM
from territory.planning.assignment.task import Task

MOST_UNITS = 1_500
"""A table of all distances between units is made up to this many."""
WORK = 40_000_000


def wants_free_start(scenario: Scenario) -> bool:
    """Return whether nothing but the customers themselves decides where centres lie."""
    rules, who = scenario.settings.territories, scenario.customers
    return rules.centres == "free" and len(who) <= MOST_UNITS and not (who.current_rep != NONE).any()


def free_kernels_are_compiled() -> bool:
    """Return whether the kernels of the free-centre engine are ready, or in the cache of an earlier run."""
    from territory.planning.assignment.free_centres.kernel import anneal  # noqa: PLC0415 - loads numba
    from territory.planning.visits.search import is_compiled  # noqa: PLC0415 - loads numba

    return is_compiled(anneal)


def free_start(task: Task, seed: int) -> Ints | None:
    """Return the division of the free-centre engine by column of rep, shape (units,); None where nothing is balanced.

    Locks and other rules of placement, and pairs kept apart, are left to the search that sets out from it.
    """
    from territory.planning.assignment.free_centres import (  # noqa: PLC0415 - its kernels compile for seconds
        free_centre_problem,
        locate_and_allocate,
    )

    problem, who, first = task.problem, task.scenario.customers, task.first_unit
    stretch = max(np.cos(np.radians(who.lat.mean())), 1e-6)
    if not problem.measures or problem.units < len(problem.reps):
        return None
    weight, lower, upper = limits_of(problem)
    division = locate_and_allocate(
        free_centre_problem(
            weight=weight.T,
            territories=len(problem.reps),
            lower=lower.T,
            upper=upper.T,
            distance=task.pricing.way_to_centres(Centres(who.lat[first], who.lon[first], first)),
            points=np.column_stack([who.lon[first] * stretch, who.lat[first]]),
            adjacency=edges(problem.border) if problem.contiguous else None,
        ),
        seed=seed,
        work=WORK,
    )
    return _named(problem, task.pricing.fixed, division.owner)


def _named(problem: Problem, price: Matrix, owner: Ints) -> Ints:
    """Give every territory to the rep who takes it cheapest, one each, where all reps have the same limits."""
    if any((np.ptp(m.fair) > 1e-12) or m.exempt.any() for m in problem.measures):
        return owner
    table = np.zeros((len(problem.reps), len(problem.reps)))
    np.add.at(table, owner, price + FORBIDDEN_KM * ~problem.allowed)
    territory, rep = linear_sum_assignment(table)
    name = np.zeros(len(problem.reps), dtype=np.int64)
    name[territory] = rep
    return np.asarray(name[owner], dtype=np.int64)
