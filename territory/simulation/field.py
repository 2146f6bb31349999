"""A rep's day in the field: visits, phone calls and the decisions they bring (R-V5, R-H3, R-P1).

The plan's own visits fit the day by construction; customers carried for others are visited in what is left, at the
price of one more mean leg (R-N4). A decision on a deal needs a touch and the stage's dwell time. The ramp (R-N4)
works through selling, not through walking: a visit of a rep at 20 % productivity is a visit done, but counts for a
fifth of a touch and for a fifth in the level that brings new deals.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from territory.domain.customers import Floats, Ints
from territory.simulation.records import ABSENT, LOST, OPEN, PRESENT, TRAINING, WON, Records

CALL_MINUTES = 3
"""Length of a phone call: 30 calls (R-H3) fill the hour and a half a rep is not with customers."""

KEEP_WARM_DAYS = 14
"""A deal not yet due for a decision is phoned when it has not been touched for so long."""

ENOUGH = 1.0 - 1e-9


@njit(cache=True)
def work_team(
    day: int,
    slots: Ints,
    attendance: Ints,
    productivity: Floats,
    carried: Ints,
    ends: Ints,
    skip_tier: int,
    work: Records,
    calls_per_day: int,
    routes: Records,
    visits: Records,
    customers: Records,
    books: Records,
    deals: Records,
    listing: Ints,
    decisions: Floats,
    stages: Records,
) -> None:
    """Let everybody who is there do one working day, one after the other.

    Parameters
    ----------
    slots, attendance, productivity : array, shape (people,)
    carried : array of int
        The books of all people, one after the other; those of person k end before `ends[k]`.
    day, skip_tier, work, calls_per_day, routes, visits, customers, books, deals, listing, decisions, stages
        See `work_day`.
    """
    first = 0
    for k in range(len(slots)):
        work_day(
            day,
            slots[k],
            attendance[k],
            productivity[k],
            skip_tier,
            carried[first : ends[k]],
            work,
            calls_per_day,
            routes,
            visits,
            customers,
            books,
            deals,
            listing,
            decisions,
            stages,
        )
        first = ends[k]


@njit(cache=True)
def work_day(
    day: int,
    slot: int,
    attendance: int,
    productivity: float,
    skip_tier: int,
    carried: Ints,
    work: Records,
    calls_per_day: int,
    routes: Records,
    visits: Records,
    customers: Records,
    books: Records,
    deals: Records,
    listing: Ints,
    decisions: Floats,
    stages: Records,
) -> None:
    """Do the visits and calls of one rep on one working day; everything is written into the records.

    Parameters
    ----------
    day, slot, attendance : int
    productivity : float
        Ramp of the rep, 1 for an experienced one.
    skip_tier : int
        Tiers from this one on are not visited (4 visits all).
    carried : array of int
        Books in which the slot owns customers, its own first.
    calls_per_day : int
        Phone calls at most.
    work, routes, visits, customers, books, deals, stages : structured arrays
        See `territory.simulation.records`.
    listing : array of int
        Open deals by book.
    decisions : array of float, shape (deals, stages)
        Uniform draw of each deal's decision at each stage.
    """
    tally = work[slot]
    tally["days"] += 1
    minutes = routes[day * len(books) + carried[0]]["minutes"]
    for position in range(len(carried)):
        book = carried[position]
        route = routes[day * len(books) + book]
        outside = position > 0
        minutes = visit_book(
            day,
            slot,
            attendance,
            productivity,
            skip_tier,
            minutes,
            outside,
            route,
            books[book],
            visits,
            customers,
            tally,
        )
    if attendance != PRESENT:
        tally["absent"] += attendance == ABSENT
        return
    calls = min(calls_per_day, minutes // CALL_MINUTES)
    tally["calls"] += calls
    for position in range(len(carried)):
        book_row = books[carried[position]]
        calls = sell_book(day, slot, productivity, calls, book_row, customers, deals, listing, decisions, stages, tally)


@njit(cache=True)
def visit_book(
    day: int,
    slot: int,
    attendance: int,
    productivity: float,
    skip_tier: int,
    minutes: int,
    outside: bool,
    route: Any,
    book: Any,
    visits: Records,
    customers: Records,
    tally: Any,
) -> int:
    """Do the slot's visits of one book while time lasts; return the minutes left.

    Someone from outside the book pays one more mean leg for every visit.
    """
    extra_minutes, extra_km = 0, 0.0
    if outside:
        extra_minutes, extra_km = book["leg_minutes"], book["leg_km"]
    done_here = 0
    for v in range(route["first"], route["last"]):
        visit = visits[v]
        customer = customers[visit["customer"]]
        if customer["owner"] != slot:
            continue
        if attendance != TRAINING:
            tally["planned"] += 1
        needed = visit["minutes"] + extra_minutes
        done = 0.0
        if attendance == PRESENT and needed <= minutes and customer["tier"] < skip_tier:
            minutes -= needed
            done = 1.0
            done_here += 1
            tally["km"] += visit["km"] + extra_km
            customer["visited"] = day
        customer["served"] += customer["memory"] * (done - customer["served"])
        customer["selling"] += customer["memory"] * (done * productivity - customer["selling"])
    tally["done"] += done_here
    if done_here > 0:
        tally["km"] += route["back_km"]
        if not outside:
            tally["nights"] += route["nights"]
    return minutes


@njit(cache=True)
def sell_book(
    day: int,
    slot: int,
    productivity: float,
    calls: int,
    book: Any,
    customers: Records,
    deals: Records,
    listing: Ints,
    decisions: Floats,
    stages: Records,
    tally: Any,
) -> int:
    """Work on the slot's open deals of one book; return the calls left.

    A deal is touched by today's visit to its customer, or else by a call when a decision is due or it grows cold.
    """
    kept = book["start"]
    for k in range(book["start"], book["start"] + book["count"]):
        d = listing[k]
        deal = deals[d]
        if deal["state"] != OPEN:
            continue
        listing[kept] = d
        kept += 1
        c = deal["customer"]
        owner = customers[c]["owner"] if c >= 0 else book["owner"]
        if owner != slot:
            continue
        stage = stages[deal["stage"]]
        due = day - deal["since"] >= stage["dwell"]
        if c < 0 or customers[c]["visited"] != day:
            if calls <= 0 or not (due or day - deal["touched"] >= KEEP_WARM_DAYS):
                continue
            calls -= 1
        deal["touched"] = day
        if due:
            decide(day, slot, productivity, deal, decisions[d, deal["stage"]], stage["advance"], len(stages), tally)
    book["count"] = kept - book["start"]
    return calls


@njit(cache=True)
def decide(
    day: int, slot: int, productivity: float, deal: Any, draw: float, advance: float, stages: int, tally: Any
) -> None:
    """Count a touch on a deal that is due; a whole touch brings the decision: on, won or lost (R-P1)."""
    deal["effort"] += productivity
    if deal["effort"] < ENOUGH:
        return
    deal["effort"] = 0.0
    deal["since"] = day
    if draw < advance and deal["stage"] + 1 < stages:
        deal["stage"] += 1
        return
    deal["owner"] = slot
    deal["closed"] = day
    if draw < advance:
        deal["state"] = WON
        tally["won"] += 1
        tally["bookings"] += deal["value"]
    else:
        deal["state"] = LOST
        tally["lost"] += 1


@njit(cache=True)
def divide_customers(
    wanted: Ints, x_km: Floats, y_km: Floats, minutes: Floats, centre_x: Floats, centre_y: Floats, load: Floats
) -> Any:
    """Give each wanted customer to the rep whose centre is near and whose load is small (R-A2, R-N4).

    Parameters
    ----------
    wanted : array of int
        Customers, in the order in which they choose.
    x_km, y_km, minutes : array of float, shape (customers,)
        Places and weekly minutes of work.
    centre_x, centre_y, load : array of float, shape (reps,)
        Centre and weekly minutes of each taker; `load` is updated.

    Returns
    -------
    array of int
        Position of the taker of each wanted customer.
    """
    chosen = np.zeros(len(wanted), dtype=np.int64)
    total = 1.0 + load.sum()
    for i in range(len(wanted)):
        c = wanted[i]
        best = -1
        least = 0.0
        for r in range(len(load)):
            dx = x_km[c] - centre_x[r]
            dy = y_km[c] - centre_y[r]
            cost = (1.0 + sqrt(dx * dx + dy * dy)) * (1.0 + load[r] * len(load) / total)
            if best < 0 or cost < least:
                best = r
                least = cost
        chosen[i] = best
        load[best] += minutes[c]
        total += minutes[c]
    return chosen


def uncompiled(kernel: Any) -> Callable[..., Any]:
    """Return a compiled kernel as pure Python, the kernels it calls included."""
    plain = dict(kernel.py_func.__globals__)
    for name, value in list(plain.items()):
        if hasattr(value, "py_func"):
            plain[name] = FunctionType(value.py_func.__code__, plain, name)
    function: Callable[..., Any] = plain[kernel.py_func.__name__]
    return function
