"""Far customers grouped into rounds: which are visited on one trip, and in which order.

A round costs its kilometres and nights, and the days of pay the rep is away for. From several first groupings
(each customer alone, a sweep and a tour cut at their cheapest places) the best move is made until none helps: a run of
customers, either way round, goes to another place of its own round, into another one, or becomes a round of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import numpy as np

from territory.planning.routes import shortest_tour
from territory.planning.timing import NEVER, arrive, fit_start
from territory.planning.visits.problem import RepProblem

Split = tuple[tuple[int, ...], ...]
"""Places by day of a trip."""

Round = tuple[int, ...]
"""Places in the order of the visits."""

MOST_MOVES = 150_000
"""Moves looked at for one group of customers; one descent looks at about 30,000 for 25 of them."""

NEAR = 8
"""A run is put beside one of this many nearest places of its ends, or at an end of a round."""

LEAST_GAIN = 1e-6


def split_days(problem: RepProblem, order: Sequence[int], classes: Sequence[int]) -> Split | None:
    """Divide an order into days, each visit as early as can be, or return None where the days do not suffice.

    Parameters
    ----------
    problem : RepProblem
    order : sequence of int
    classes : sequence of int
        Window classes of the days in a row.
    """
    days: list[list[int]] = [[]]
    place, minute = 0, problem.depart
    for stop in order:
        end = _visit_end(problem, classes[len(days) - 1], place, minute, stop)
        if end > problem.trip_back and days[-1] and len(days) < len(classes):
            days.append([])
            end = _visit_end(problem, classes[len(days) - 1], place, problem.depart, stop)
        if end > problem.trip_back:
            return None
        days[-1].append(stop)
        place, minute = stop, end
    if _home(problem, classes[len(days) - 1], place, minute) <= problem.trip_back:
        return tuple(tuple(day) for day in days)
    if len(days) == len(classes) or len(days[-1]) < 2:
        return None
    before = days[-1][-2]
    end = _visit_end(problem, classes[len(days)], before, problem.depart, place)
    if _home(problem, classes[len(days)], place, end) > problem.trip_back:
        return None
    return (*(tuple(day) for day in days[:-1]), tuple(days[-1][:-1]), (place,))


def _visit_end(problem: RepProblem, w: int, place: int, minute: int, stop: int) -> int:
    there = arrive(problem.gaps, w, minute, problem.travel[place, stop])
    return min(NEVER, int(fit_start(problem.starts, w, stop, there)) + int(problem.service[stop]))


def _home(problem: RepProblem, w: int, place: int, minute: int) -> int:
    return int(arrive(problem.gaps, w, minute, problem.travel[place, 0]))


def cheapest_rounds(
    problem: RepProblem, group: Sequence[int], classes: Sequence[int], *, solutions: int
) -> list[tuple[Round, Split]]:
    """Group customers into rounds at the least cost found, and divide each round into days.

    Parameters
    ----------
    problem : RepProblem
    group : sequence of int
        Far customers of one frequency, each of whom a trip of these days can reach.
    classes : sequence of int
        Window classes of the days of a trip.
    solutions : int
        OR-Tools solutions tried for the tour of them all; 0 takes the cheapest first grouping as it is.
    """
    search = _Search(problem, tuple(classes), _near(problem, group), _rivals(problem, group))
    best: list[Round] = []
    for first in _first_groupings(search, group, solutions):
        rounds = search.descend(first) if solutions else first
        if not best or search.total(rounds) < search.total(best) - LEAST_GAIN:
            best = rounds
    splits = [(order, split_days(problem, order, classes)) for order in sorted(best)]
    return [(order, split) for order, split in splits if split is not None]


def round_cost(problem: RepProblem, order: Sequence[int], split: Split) -> float:
    """Return the cents of a round: kilometres, nights, and the rep's pay for the days (R-B3, R-B5)."""
    km = sum(float(problem.km[a, b]) for a, b in pairwise((0, *order, 0)))
    price = problem.trip_price
    return km * price.km + (len(split) - 1) * price.night + len(split) * price.day


def _near(problem: RepProblem, group: Sequence[int]) -> dict[int, frozenset[int]]:
    places = np.array([0, *group])
    order = np.argsort(problem.km[np.ix_(places, places)], axis=1, kind="stable")
    return {int(place): frozenset(places[row[: NEAR + 1]].tolist()) for place, row in zip(places, order, strict=True)}


def _rivals(problem: RepProblem, group: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return whom a customer must not share a day with, for those who have anybody."""
    apart = {place: frozenset(problem.apart[place].tolist()) & frozenset(group) for place in group}
    return {place: rivals for place, rivals in apart.items() if rivals}


def _first_groupings(search: _Search, group: Sequence[int], solutions: int) -> Iterator[list[Round]]:
    stops = [0, *group]
    travel = search.problem.travel[np.ix_(stops, stops)]
    tour = [stops[node] for node in shortest_tour(travel, solutions=solutions)]
    for order in (tour, tour[::-1], _by_angle(search.problem, group)):
        yield _cut(search.cost, order)
    yield [(place,) for place in group]


def _by_angle(problem: RepProblem, group: Sequence[int]) -> list[int]:
    """Sweep around the start place, beginning after the widest empty sector."""
    where = np.array(group)
    east = (problem.lon[where] - problem.lon[0]) * np.cos(np.radians(problem.lat[0]))
    angle = np.arctan2(problem.lat[where] - problem.lat[0], east)
    order = np.lexsort((where, angle))
    turns = np.diff(angle[order], append=angle[order[0]] + 2 * np.pi)
    return [int(where[k]) for k in np.roll(order, -1 - int(np.argmax(turns)))]


def _cut(cost: Callable[[Round], float], order: Sequence[int]) -> list[Round]:
    """Cut an order into rounds at the least cost."""
    least, begin = [0.0, *[inf] * len(order)], [0] * (len(order) + 1)
    for last in range(1, len(order) + 1):
        for first in range(last - 1, -1, -1):
            one = cost(tuple(order[first:last]))
            if one == inf and last - first > 1:
                break
            if least[first] + one < least[last]:
                least[last], begin[last] = least[first] + one, first
    rounds = []
    last = len(order)
    while last:
        rounds.append(tuple(order[begin[last] : last]))
        last = begin[last]
    return rounds[::-1]


@dataclass
class _Search:
    """Steepest descent over groupings; what a round costs is computed once."""

    problem: RepProblem
    classes: tuple[int, ...]
    near: dict[int, frozenset[int]]
    rivals: dict[int, frozenset[int]]
    known: dict[Round, float] = field(default_factory=dict)
    looked_at: int = 0

    def cost(self, order: Round) -> float:
        """Return the cost of a round, infinite where no trip can make it; none for an empty one."""
        if order not in self.known:
            self.known[order] = self._cost(order) if order else 0.0
        return self.known[order]

    def _cost(self, order: Round) -> float:
        split = split_days(self.problem, order, self.classes)
        if split is None or any(self._apart(day) for day in split):
            return inf
        return round_cost(self.problem, order, split)

    def _apart(self, day: Sequence[int]) -> bool:
        return any(not self.rivals[place].isdisjoint(day) for place in day if place in self.rivals)

    def total(self, rounds: Sequence[Round]) -> float:
        """Return the cost of a grouping."""
        return sum(self.cost(order) for order in rounds)

    def descend(self, rounds: list[Round]) -> list[Round]:
        """Make the best move until none helps, or enough moves were looked at."""
        while self.looked_at < MOST_MOVES:
            gain, found = LEAST_GAIN, rounds
            for old, new in self._moves(rounds):
                self.looked_at += 1
                saved = self.total([rounds[k] for k in old]) - self.total(new)
                if saved > gain:
                    gain = saved
                    found = [*(order for k, order in enumerate(rounds) if k not in old), *filter(None, new)]
            if found is rounds:
                break
            rounds = found
        return rounds

    def _moves(self, rounds: list[Round]) -> Iterator[tuple[tuple[int, ...], tuple[Round, ...]]]:
        """Yield which rounds a move changes, and into which."""
        for a, order in enumerate(rounds):
            for first in range(len(order)):
                for last in range(first + 1, len(order) + 1):
                    run, rest = order[first:last], order[:first] + order[last:]
                    if rest:
                        yield (a,), (rest, run)
                    for b, other in enumerate(rounds):
                        if a == b:
                            yield from (((a,), (new,)) for new in self._beside(rest, run))
                        else:
                            yield from (((a, b), (rest, new)) for new in self._beside(other, run))

    def _beside(self, order: Round, run: Round) -> Iterator[Round]:
        """Yield a round with a run, either way round, put where one of its ends has a near neighbour."""
        ways = (run, run[::-1]) if len(run) > 1 else (run,)
        for k in range(len(order) + 1):
            for way in ways:
                if k in (0, len(order)) or order[k - 1] in self.near[way[0]] or order[k] in self.near[way[-1]]:
                    yield order[:k] + way + order[k:]
