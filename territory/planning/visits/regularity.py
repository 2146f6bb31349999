"""What regular weekdays cost: the same rep with visits that may float inside their share of the period."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.customers import Ints
from territory.planning.visits.patterns import Pattern
from territory.planning.visits.problem import RepProblem, repeated
from territory.planning.visits.search import CyclePlan, plan_cycle


@dataclasses.dataclass(frozen=True)
class RegularityPrice:
    """Travel of one cycle with regular and with floating visits.

    Attributes
    ----------
    regular_minutes, floating_minutes : int
    regular_left_out, floating_left_out : int
        Visits a cycle without room; travel compares only where both are equal.
    """

    regular_minutes: int
    floating_minutes: int
    regular_left_out: int
    floating_left_out: int

    @property
    def share(self) -> float:
        """Part by which regular weekdays lengthen the travel."""
        return self.regular_minutes / self.floating_minutes - 1 if self.floating_minutes else 0.0


def floating_problem(problem: RepProblem) -> tuple[RepProblem, Ints]:
    """Return the problem in which every visit is a customer of its own, free inside its share of the period.

    Returns
    -------
    (RepProblem, array of int)
        The problem, and the place of the original behind each of its places.
    """
    original: list[int] = [0]
    patterns: list[tuple[Pattern, ...]] = [()]
    workdays = [7 * week + day for week in range(problem.days.cycle_weeks) for day in problem.days.weekdays]
    for place in range(1, problem.places):
        visits, weeks = problem.frequency[place]
        for block in np.array_split(np.array(workdays), visits * problem.days.cycle_weeks // weeks):
            original.append(place)
            patterns.append(tuple(Pattern((int(day),)) for day in block))
    of = np.array(original, dtype=np.int64)
    return dataclasses.replace(repeated(problem, of), patterns=tuple(patterns)), of


def price_of_regularity(problem: RepProblem, *, seed: int, iterations: int) -> RegularityPrice:
    """Plan one cycle with regular and with floating visits, each with the same number of iterations.

    Parameters
    ----------
    problem : RepProblem
        All customers must be reachable from the start place on some day.
    seed, iterations : int
        As for `plan_cycle`.
    """
    regular = plan_cycle(problem, np.arange(1, problem.places), frozenset(), seed=seed, iterations=iterations)
    loose, _ = floating_problem(problem)
    floating = plan_cycle(loose, np.arange(1, loose.places), frozenset(), seed=seed, iterations=iterations)
    wanted = loose.places - 1
    return RegularityPrice(
        regular_minutes=cycle_travel(problem, regular),
        floating_minutes=cycle_travel(loose, floating),
        regular_left_out=wanted - int(regular.lengths.sum()),
        floating_left_out=wanted - int(floating.lengths.sum()),
    )


def cycle_travel(problem: RepProblem, cycle: CyclePlan) -> int:
    """Return the travel minutes of a cycle."""
    total = 0
    for row, length in zip(cycle.rows, cycle.lengths.tolist(), strict=True):
        stops = np.concatenate([[0], row[:length], [0]])
        total += int(problem.travel[stops[:-1], stops[1:]].sum())
    return total
