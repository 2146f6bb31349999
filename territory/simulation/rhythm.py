"""The weekly rhythm of those who took customers over for good, drawn anew (R-A5, R-N1).

At a hand-over for good (the cut, a position not filled again) the calendars of the takers are re-made: every customer
taken over keeps the spacing of its visits, but its weekday moves to where its new rep has most time, the best tier
choosing first. From then on it belongs to the rep's rounds: on a day the way over to the customers of a former
territory is paid once, not for every visit. Trips keep their days.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.domain.customers import Floats, Ints
from territory.simulation.records import Records
from territory.simulation.staffing import Team
from territory.simulation.tables import YearTables

LATEST = 5
"""Working days by which a customer's visits move at most: the other days of its week (R-H2)."""

TOO_MUCH = 10.0
"""How much worse a minute without room is than a minute of room used."""


def redraw(
    team: Team, tables: YearTables, visits: Records, routes: Records, customers: Ints, day: int
) -> tuple[Records, Records]:
    """Give customers just divided their days in their new reps' weeks; they are part of the rounds from then on.

    Parameters
    ----------
    team, tables
    visits, routes : structured arrays of `VISIT`, `ROUTE`
        The calendar so far; it is left as it is.
    customers : array of int
        Those divided; the ones nobody took keep their days.
    day : int
        First day of the new calendar.

    Returns
    -------
    tuple
        The new visits and routes; those before `day` are the same.
    """
    taken = customers[team.customers["owner"][customers] >= 0]
    start = day * tables.books
    if start >= len(routes) or not len(taken):
        return visits, routes
    team.customers["settled"][taken] = 1
    base = int(routes["first"][start])
    rows = visits[base:]
    count = routes["last"][start:] - routes["first"][start:]
    place = np.repeat(np.arange(start, len(routes)), count)
    moved = _moved(team, tables, routes, rows, place, taken, day)
    order = np.argsort(moved, kind="stable")
    fresh = routes.copy()
    edges = base + np.searchsorted(moved[order], np.arange(start, len(routes) + 1))
    fresh["first"][start:], fresh["last"][start:] = edges[:-1], edges[1:]
    return np.concatenate([visits[:base], rows[order]]), fresh


def _moved(team: Team, tables: YearTables, routes: Records, rows: Records, place: Ints, taken: Ints, day: int) -> Ints:
    """Return the place in the calendar, day * books + book, to which each visit moves."""
    working = tables.working_days[np.searchsorted(tables.working_days, day) :]
    who, minutes = rows["customer"].astype(np.int64), rows["minutes"].astype(np.float64)
    owner, when = team.customers["owner"][who], np.searchsorted(working, place // tables.books)
    chosen = np.zeros(len(team.customers), dtype=bool)
    chosen[taken] = True
    movable = chosen[who]
    on_trips = np.unique(who[movable & (routes["away"][place] > 0)])
    chosen[on_trips] = False
    movable &= chosen[who]
    room = _room(team, tables, routes, working)
    busy = ~movable & (owner >= 0)
    np.subtract.at(room, (owner[busy], when[busy]), minutes[busy])
    at = np.flatnonzero(movable)
    at = at[np.lexsort((who[at], team.customers["tier"][who[at]]))]
    begin = np.flatnonzero(np.diff(who[at], prepend=-1))
    later = choose_days(owner[at], np.append(begin, len(at)), when[at], minutes[at], room)
    moved = place.copy()
    target = np.minimum(when[at] + np.repeat(later, np.diff(np.append(begin, len(at)))), len(working) - 1)
    moved[at] = working[target] * tables.books + place[at] % tables.books
    return moved


def _room(team: Team, tables: YearTables, routes: Records, working: Ints) -> Floats:
    """Return the field minutes of each rep slot on each working day; none on the days of its trips."""
    book = np.array([person.book for person in team.people], dtype=np.int64)
    own = routes[working[None, :] * tables.books + book[:, None]]
    return np.asarray(np.where(own["away"] > 0, 0, own["minutes"]), dtype=np.float64)


@njit(cache=True)
def choose_days(owner: Ints, begin: Ints, when: Ints, minutes: Floats, room: Floats) -> Ints:
    """Return by how many working days the visits of each customer move, customers choosing in turn.

    Parameters
    ----------
    owner, when, minutes : array, shape (visits,)
        Rep slot, working day and minutes of every visit, customer by customer.
    begin : array of int, shape (customers + 1,)
        Where the visits of each customer begin.
    room : array of float, shape (slots, working days)
        Minutes left; updated.
    """
    later = np.zeros(len(begin) - 1, dtype=np.int64)
    last = room.shape[1] - 1
    for i in range(len(later)):
        least = np.inf
        for move in range(LATEST + 1):
            cost = 0.0
            for v in range(begin[i], begin[i + 1]):
                left = room[owner[v], min(when[v] + move, last)] - minutes[v]
                cost -= left if left >= 0 else TOO_MUCH * left
            if cost < least:
                least, later[i] = cost, move
        for v in range(begin[i], begin[i + 1]):
            room[owner[v], min(when[v] + later[i], last)] -= minutes[v]
    return later
