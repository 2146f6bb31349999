"""The last try for visits without a day: some day may hold one more if its visits are made in another order.

Every day in reach of a visit is judged, and the visit left out where each is proven too short in every order. What
other visits moved to other days would give room for is not asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.routes import Day, best_route
from territory.planning.visits.day_orders import LAYERS, day_rules, find_order, possible_days
from territory.planning.visits.problem import RepProblem

MOST_EXACT = 18
"""Most visits of a day of which all orders are judged; longer days are routed instead, which proves nothing."""
ROUTED_SOLUTIONS = 50
"""Solutions tried for the route of a longer day."""


class DayOrders:
    """Orders of the days of one rep that fit; each set of visits is judged once.

    Parameters
    ----------
    problem : RepProblem
        Appointments as places.
    """

    def __init__(self, problem: RepProblem) -> None:
        self.rules = day_rules(problem)
        self._known: dict[tuple[int, frozenset[int]], tuple[int, ...]] = {}

    def fitting(self, w: int, places: list[int]) -> tuple[int, ...]:
        """Return an order of visits that fits a day of window class `w`, or nothing where none does.

        Of more than `MOST_EXACT` visits an order that fits may stay unknown.
        """
        key = w, frozenset(places)
        if key not in self._known:
            self._known[key] = self._found(w, places)
        return self._known[key]

    def _found(self, w: int, places: list[int]) -> tuple[int, ...]:
        n, order = len(places), np.zeros(len(places), dtype=np.int64)
        sets = 1 << n if n <= MOST_EXACT else 0
        reached, ends = np.zeros(sets, dtype=np.int8), np.empty((sets, n), dtype=np.int32)
        scratch, left = np.empty((2, LAYERS, n + LAYERS), dtype=np.int32)
        if not find_order(np.array(sorted(places)), w, self.rules, reached, ends, scratch, left, order):
            return ()
        return tuple(order.tolist()) if sets else self._routed(w, places)

    def _routed(self, w: int, places: list[int]) -> tuple[int, ...]:
        rules = self.rules
        day = Day(rules.travel, rules.service, rules.starts, rules.gaps, w, rules.depart, rules.back)
        route, lost = best_route(day, places, solutions=ROUTED_SOLUTIONS)
        return route.places if route and not lost else ()


def squeeze_in(
    problem: RepProblem, todo: Ints, free: Ints, rows: Ints, lengths: Ints, owner: Ints, planned: Ints, made: Ints
) -> None:
    """Put each unmade slot of `todo` into the nearest day that holds it in some order; arrays change in place.

    Parameters
    ----------
    problem, todo, free, rows, lengths, owner, planned, made
        As for `territory.planning.visits.placing.place_slots`.
    """
    orders, days = DayOrders(problem), problem.days
    out = np.zeros((len(todo) * (2 * problem.shift_days + 1), 2), dtype=np.int64)
    todo = todo[made[todo] < 0]
    while len(todo):
        count = possible_days(
            todo, problem.shift_days, days.cycle_days, days.lead, free, rows, lengths, owner, planned, made,
            problem.least_gap, problem.most_gap, problem.apart, out,
        )  # fmt: skip
        filled, visited = np.zeros(days.count, dtype=np.bool_), np.zeros(problem.places, dtype=np.bool_)
        for slot, day in out[:count].tolist():
            if made[slot] >= 0 or filled[day] or visited[owner[slot]]:
                continue
            slot_of = {int(owner[one]): one for one in (*rows[day, : lengths[day]].tolist(), slot)}
            order = orders.fitting(int(days.of_day[day]), list(slot_of))
            if order:
                rows[day, : len(order)] = [slot_of[place] for place in order]
                lengths[day], made[slot] = len(order), day
                filled[day] = visited[owner[slot]] = True
        todo = todo[(made[todo] < 0) & (visited[owner[todo]] | _beside(filled, planned[todo], problem.shift_days))]


def _beside(filled: NDArray[np.bool_], planned: Ints, shift: int) -> NDArray[np.bool_]:
    """Return whether some day within the shift of each planned day was filled."""
    before = np.concatenate([[0], np.cumsum(filled)])
    return before[np.minimum(planned + shift + 1, len(filled))] > before[np.maximum(planned - shift, 0)]
