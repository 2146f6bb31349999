"""Customers of somebody who left, divided among those who are there (R-A2, R-A6, R-N4)."""

from __future__ import annotations

from math import sqrt
from typing import Any

from numba import njit

from territory.domain.customers import Floats, Ints
from territory.simulation.records import Records

OVERLOAD = 20.0
"""How much dearer a customer is to a rep for each whole share of minutes beyond the fair one."""


@njit(cache=True)
def divide_customers(
    wanted: Ints,
    x_km: Floats,
    y_km: Floats,
    minutes: Floats,
    line: Ints,
    centre_x: Floats,
    centre_y: Floats,
    load: Floats,
    room: Floats,
    sells: Ints,
    chosen: Ints,
) -> None:
    """Give each wanted customer to the rep whose centre is near and whose free minutes are many (R-A2, R-N4).

    A customer is as dear as the way from the rep's centre, twice that once the rep has its fair share of the minutes,
    and twice again with every tenth of the share beyond it.

    Only reps who sell the customer's product line take it (R-A6), unless none of them does.

    Parameters
    ----------
    wanted : array of int
        Customers, in the order in which they choose.
    x_km, y_km, minutes : array of float, shape (customers,)
        Places and weekly minutes of work.
    line : array of int, shape (customers,)
        Product line of each customer.
    centre_x, centre_y, load, room : array of float, shape (reps,)
        Centre, weekly minutes and field minutes of each taker; `load` is updated. Shares are fair by field minutes.
    sells : array of int, shape (lines, reps)
        1 where a rep sells a line.
    chosen : array of int, shape (wanted,)
        Written: position of the taker of each wanted customer.
    """
    work, field = 1.0, 1e-9
    for r in range(len(load)):
        work += load[r]
        field += room[r]
    for c in wanted:
        work += minutes[c]
    for i in range(len(wanted)):
        c = wanted[i]
        best = -1
        least = 0.0
        specialists = 0
        for r in range(len(load)):
            specialists += sells[line[c], r]
        for r in range(len(load)):
            if specialists > 0 and sells[line[c], r] == 0:
                continue
            dx = x_km[c] - centre_x[r]
            dy = y_km[c] - centre_y[r]
            share = (load[r] + minutes[c]) / (work * (room[r] + 1e-9) / field)
            cost = (1.0 + sqrt(dx * dx + dy * dy)) * (1.0 + share + OVERLOAD * max(0.0, share - 1.0))
            if best < 0 or cost < least:
                best = r
                least = cost
        chosen[i] = best
        load[best] += minutes[c]


@njit(cache=True)
def hand_on(wanted: Ints, slots: Ints, minutes: Floats, customers: Records, held: Any, load: Floats) -> None:
    """Give customers to slots, -1 for nobody; count what each slot holds of each book and its weekly minutes."""
    for i in range(len(wanted)):
        customer, to = customers[wanted[i]], slots[i]
        if customer["owner"] >= 0:
            held[customer["owner"], customer["book"]] -= 1
            load[customer["owner"]] -= minutes[wanted[i]]
        if to >= 0:
            held[to, customer["book"]] += 1
            load[to] += minutes[wanted[i]]
        customer["owner"] = to
        customer["settled"] = 0
