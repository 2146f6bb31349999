"""Whether the visits of one day fit in any order: lower bounds first, then all orders by dynamic programming.

A visit done earlier never makes a later one impossible, windows and lunch included: of all ways to have made a set of
visits that end with the same one, the earliest is as good as any, and it alone has to be kept. So the answer is exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.timing import NEVER, Table, arrive, fit_latest, fit_start, inner, kernel, leave_by, whole
from territory.planning.visits.placing import spacing_holds
from territory.planning.visits.problem import RepProblem

Marks = NDArray[np.int8]

LEFT, EDGE, VISITS, WAYS, BEHIND = 0, 1, 2, 3, 4
LAYERS = 5
"""Rows of the scratch table: places of a tree, the edges that lead to them, least minutes of 0, 1, ... visits and of as
many ways, most visits behind each break."""


class DayRules(NamedTuple):
    """What the days of a rep allow; tables as in `territory.planning.timing`.

    Attributes
    ----------
    travel, service, starts, gaps
    breaks : array, shape (window classes, most, 2)
        Begin and end of the times between the field windows, filled up with `NEVER`: no visit lies in them.
    depart, back : int
        Earliest departure and latest return, overtime included.
    """

    travel: Table
    service: Table
    starts: Table
    gaps: Table
    breaks: Table
    depart: int
    back: int


def day_rules(problem: RepProblem) -> DayRules:
    """Return the rules of a rep's days; the return may be as late as overtime allows."""
    most = max(1, *(len(windows) for windows in problem.windows)) - 1
    breaks = np.full((len(problem.starts), most, 2), NEVER, dtype=np.int32)
    for w, windows in enumerate(problem.windows):
        for k in range(len(windows) - 1):
            breaks[w, k] = windows[k][1], windows[k + 1][0]
    return DayRules(
        problem.travel, problem.service, problem.starts, problem.gaps, breaks, problem.depart,
        problem.back + problem.overtime,
    )  # fmt: skip


@inner
def _tree(count: int, travel: Table, scratch: Table) -> tuple[int, int]:
    """Return the minutes of the least spanning tree of the places in row `LEFT`, and of its longest edge.

    Every route through the places takes at least as long, and as long but for one of its ways as the tree but for its
    longest edge. The places are put into another order, each with its edge.
    """
    total, longest = whole(0), whole(0)
    for k in range(count):
        scratch[EDGE, k] = NEVER
    for m in range(1, count):
        last, best = scratch[LEFT, m - 1], whole(m)
        for k in range(m, count):
            there, onward = travel[last, scratch[LEFT, k]], travel[scratch[LEFT, k], last]
            if 0 <= there < scratch[EDGE, k]:
                scratch[EDGE, k] = there
            if 0 <= onward < scratch[EDGE, k]:
                scratch[EDGE, k] = onward
            if scratch[EDGE, k] < scratch[EDGE, best]:
                best = whole(k)
        place, edge = scratch[LEFT, best], scratch[EDGE, best]
        scratch[LEFT, best], scratch[EDGE, best] = scratch[LEFT, m], scratch[EDGE, m]
        scratch[LEFT, m], scratch[EDGE, m] = place, edge
        total += edge
        longest = max(longest, whole(edge))
    return total, longest


@inner
def _last_start(place: int, w: int, rules: DayRules) -> int:
    """Return the last start of a visit from which the rep comes home in time, or ``-NEVER``."""
    leave = leave_by(rules.gaps, w, rules.back, whole(rules.travel[place, 0]))
    return fit_latest(rules.starts, w, place, leave - rules.service[place])


@inner
def _first_arrival(place: int, w: int, rules: DayRules) -> int:
    return arrive(rules.gaps, w, rules.depart, whole(rules.travel[0, place]))


@inner
def _span(count: int, places: Ints, w: int, rules: DayRules) -> tuple[int, int]:
    """Return the first start and the last end that visits of a day can have; (`NEVER`, 0) where one is closed.

    Who cannot be visited alone, because no way there may lie in a break, may still be on the way from another one.
    """
    begin, end = whole(NEVER), whole(0)
    for k in range(count):
        if fit_start(rules.starts, w, places[k], whole(0)) >= NEVER:
            return whole(NEVER), whole(0)
        begin = min(begin, fit_start(rules.starts, w, places[k], _first_arrival(places[k], w, rules)))
        end = max(end, _last_start(places[k], w, rules) + rules.service[places[k]])
    return begin, end


@inner
def _tally(count: int, places: Ints, w: int, close: int, rules: DayRules, scratch: Table) -> tuple[int, int, int]:
    """Return minutes of the visits and of the tree through them, and its longest edge; write the least sums of each.

    Any m ways of a route weigh as much as the m shortest edges of the tree.
    """
    for k in range(count):
        scratch[LEFT, k] = places[k]
    ways, longest = _tree(count, rules.travel, scratch)
    for k in range(count):
        scratch[VISITS, k], scratch[WAYS, k] = rules.service[places[k]], scratch[EDGE, k] if k else 0
        for row in (VISITS, WAYS):
            at = k
            while at > row - VISITS and scratch[row, at] < scratch[row, at - 1]:
                scratch[row, at], scratch[row, at - 1] = scratch[row, at - 1], scratch[row, at]
                at -= 1
    total = whole(0)
    for k in range(count):
        scratch[VISITS, k], total = total, total + scratch[VISITS, k]
        scratch[WAYS, k] += scratch[WAYS, k - 1] if k else 0
    scratch[VISITS, count], scratch[WAYS, count] = total, NEVER
    for k in range(rules.breaks.shape[1]):
        behind = count
        while behind and rules.breaks[w, k, 1] + scratch[VISITS, behind] + scratch[WAYS, behind - 1] > close:
            behind -= 1
        scratch[BEHIND, k] = behind
    return total, ways, longest


@inner
def _too_long(
    minute: int, close: int, count: int, led: int, work: int, ways: int, longest: int, w: int, rules: DayRules,
    scratch: Table,
) -> bool:  # fmt: skip
    """Return whether `count` visits from a minute on cannot end by `close`.

    They take `work` minutes and `ways` between them, the longest of which may be driven in a break where that is
    allowed; else a break passes in vain. Visits that do not fit behind a break end before it, each with a way before
    it, the first one where it is `led` to.
    """
    end = minute + work + ways
    for k in range(rules.breaks.shape[1]):
        begin, over = whole(rules.breaks[w, k, 0]), whole(rules.breaks[w, k, 1])
        if minute <= begin < end:
            end += over - begin if rules.gaps.shape[1] else max(whole(0), over - begin - longest)
            before = count - scratch[BEHIND, k]
            if before > 0 and minute + scratch[VISITS, before] + scratch[WAYS, before - 1 + led] > begin:
                return True
    return bool(end > close)


@inner
def _hopeless(count: int, places: Ints, w: int, rules: DayRules, scratch: Table) -> bool:
    """Return whether a lower bound proves that visits do not fit into a day."""
    begin, close = _span(count, places, w, rules)
    if begin > close:
        return True
    work, ways, longest = _tally(count, places, w, close, rules, scratch)
    return _too_long(begin, close, count, whole(0), work, ways, longest, w, rules, scratch)


@kernel
def possible_days(
    todo: Ints, shift: int, cycle_days: int, lead: int, free: Ints, rows: Ints, lengths: Ints,
    owner: Ints, planned: Ints, made: Ints, least: Table, most: Table, apart: Table, out: Ints,
) -> int:  # fmt: skip
    """Write (slot, day) of every day that a slot may have, room aside; return their number.

    Parameters
    ----------
    todo : array of int
        Slots without a day.
    shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most, apart
        As for `territory.planning.visits.placing.place_slots`.
    out : array of int, shape (len(todo) * days in reach, 2)
    """
    found = whole(0)
    for slot in todo:
        target, place = planned[slot], owner[slot]
        first = (target + lead) // cycle_days * cycle_days - lead
        for away in range(2 * shift + 1):
            day = target + (away + 1) // 2 * (1 if away % 2 else -1)
            if day < max(0, first) or day >= min(len(free), first + cycle_days) or not free[day]:
                continue
            if not spacing_holds(slot, day, owner, planned, made, least, most):
                continue
            together = lengths[day] < rows.shape[1]
            for k in range(lengths[day]):
                for j in range(apart.shape[1]):
                    together &= apart[place, j] != owner[rows[day, k]]
            if together:
                out[found, 0], out[found, 1] = slot, day
                found += 1
    return found


@kernel
def find_order(
    places: Ints, w: int, rules: DayRules, reached: Marks, ends: Table, scratch: Table, left: Table, order: Ints
) -> bool:
    """Return whether some order of visits fits a day, and write one that does.

    Without room for the sets of visits it is only asked whether a lower bound leaves that open.

    Parameters
    ----------
    places : array of int, shape (n,)
    w : int
        Window class of the day.
    rules : DayRules
    reached : array of int8, shape (2**n,) or (0,)
        0 throughout; becomes 1 for the sets of visits that can be made first.
    ends : array of int32, shape (2**n, n) or (0, n)
        Becomes the earliest end of each set reached by its last visit.
    scratch, left : arrays of int32, shape (LAYERS, n + 1 or more)
    order : array of int, shape (n,)
    """
    n = len(places)
    if _hopeless(n, places, w, rules, scratch):
        return False
    if not len(reached):
        return True
    every, close = (1 << n) - 1, _span(n, places, w, rules)[1]
    for k in range(n):
        _keep(1 << k, k, _end(places[k], _first_arrival(places[k], w, rules), w, rules), reached, ends)
    for done in range(1, every):
        if reached[done]:
            _go_on(done, close, places, w, rules, reached, ends, scratch, left)
    for last in range(n if reached[every] else 0):
        home = whole(rules.travel[places[last], 0])
        if arrive(rules.gaps, w, whole(ends[every, last]), home) <= rules.back:
            _trace(places, last, w, rules, reached, ends, order)
            return True
    return False


@inner
def _go_on(
    done: int, close: int, places: Ints, w: int, rules: DayRules, reached: Marks, ends: Table, scratch: Table,
    left: Table,
) -> None:  # fmt: skip
    """Make one more visit after a set of visits, by each of its last ones from which the day may still come right."""
    count, work = whole(0), whole(0)
    for k in range(len(places)):
        if not done >> k & 1:
            left[LEFT, count] = places[k]
            work += rules.service[places[k]]
            count += 1
    ways, longest = _tree(count, rules.travel, left)
    for last in range(len(places)):
        minute, onward = whole(ends[done, last]), whole(NEVER)
        if minute >= close:
            continue
        for k in range(count):
            way = whole(rules.travel[places[last], left[LEFT, k]])
            onward = min(onward, way if way >= 0 else whole(NEVER))
        ahead = ways + onward
        if _too_long(minute, close, count, whole(1), work, ahead, max(longest, onward), w, rules, scratch):
            continue
        for k in range(len(places)):
            if not done >> k & 1:
                there = arrive(rules.gaps, w, minute, whole(rules.travel[places[last], places[k]]))
                _keep(done | 1 << k, k, _end(places[k], there, w, rules), reached, ends)


@inner
def _keep(done: int, last: int, end: int, reached: Marks, ends: Table) -> None:
    """Keep the end of a set of visits by its last one if it is the earliest so far."""
    if end >= NEVER:
        return
    if not reached[done]:
        reached[done] = 1
        for k in range(ends.shape[1]):
            ends[done, k] = NEVER
    ends[done, last] = min(end, whole(ends[done, last]))


@inner
def _end(place: int, there: int, w: int, rules: DayRules) -> int:
    """Return the end of a visit by somebody who is there at a minute, or `NEVER`."""
    start = fit_start(rules.starts, w, place, there)
    return min(whole(NEVER), whole(start + rules.service[place]))


@inner
def _trace(places: Ints, last: int, w: int, rules: DayRules, reached: Marks, ends: Table, order: Ints) -> None:
    """Write the order behind the earliest end of all visits with a given last one."""
    done = (1 << len(places)) - 1
    for at in range(len(places) - 1, -1, -1):
        order[at] = places[last]
        end, before = ends[done, last], done & ~(1 << last)
        for k in range(len(places)):
            if before >> k & 1 and reached[before]:
                way = whole(rules.travel[places[k], places[last]])
                there = arrive(rules.gaps, w, whole(ends[before, k]), way)
                if _end(places[last], there, w, rules) == end:
                    last = whole(k)
                    break
        done = before
