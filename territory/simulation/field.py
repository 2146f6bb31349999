"""A team's days in the field: deals that arise, visits, phone calls and the decisions they bring (R-V5, R-H3, R-P1).

The plan's own visits fit the day by construction; customers carried for others are visited in what is left, at the
price of one more mean leg (R-N4). Visits missed are made up on later days before the next one is due, the best tier and
the longest wait first. A decision on a deal needs a touch and the stage's dwell time. The ramp (R-N4) works through
selling, not through walking: a visit of a rep at 20 % productivity is a visit done, but counts for a fifth of a touch
and for a fifth in the level that brings new deals.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

from numba import njit

from territory.domain.customers import Floats, Ints
from territory.simulation.records import ABSENT, AWAY, LOST, NEVER, OPEN, PRESENT, TRAINING, WON, Records

CALL_MINUTES = 3
"""Length of a phone call: 30 calls (R-H3) fill the hour and a half a rep is not with customers."""

PHONE_MINUTES = 30
"""Left for the phone when missed visits are made up: ten calls."""

KEEP_WARM_DAYS = 14
"""A deal not yet due for a decision is phoned when it has not been touched for so long."""

ENOUGH = 1.0 - 1e-9
NOBODY = -1
TIERS_KEPT = 4


class Ground(NamedTuple):
    """The arrays a team's day reads and writes; see `territory.simulation.records` for the structured ones.

    Attributes
    ----------
    attendance, productivity : array, shape (slots, days)
        `PRESENT`..`AWAY`; ramp of the rep, 1 for an experienced one.
    carried, ends : array of int
        Books in which each slot has customers or prospects, its own first, one slot after the other; those of slot s
        end before `ends[s]`.
    everything : array of int, shape (books,)
        All books.
    work, routes, visits, customers, books, deals, stages : structured arrays
    arrived : array of int, shape (days + 1,)
        Deals that may have arisen before each day.
    listing : array of int
        Open deals by book.
    decisions : array of float, shape (deals, stages)
        Uniform draw of each deal's decision at each stage.
    owed_lists, owed : structured array of `OWED`, array of int
        Customers whose missed visit is to be made up.
    pace : array of float, shape (days,)
        How quickly customers decide on each day; 1 is as the dwell times say.
    met, won : array of int, shape (days,)
        Cents of the deals that arose, and of those won, on each day.
    """

    attendance: Any
    productivity: Floats
    carried: Ints
    ends: Ints
    everything: Ints
    work: Records
    routes: Records
    visits: Records
    customers: Records
    books: Records
    deals: Records
    arrived: Ints
    listing: Ints
    decisions: Floats
    stages: Records
    owed_lists: Records
    owed: Ints
    pace: Floats
    met: Ints
    won: Ints


class Duties(NamedTuple):
    """What the management asks of the team until it decides anew.

    Attributes
    ----------
    skip_tier : int
        Tiers from this one on are not visited (4 visits all).
    calls_per_day : int
        Phone calls at most.
    make_up : int
        1 where missed visits are tried again.
    prospecting : int
        Minutes a day taken from visits to look for prospects.
    dip, recovery_days : float, int
        Sales lost on the day of a hand-over, and days until they are back (`pipeline.handover_dip`).
    orphans : int
        1 where customers may belong to nobody.
    """

    skip_tier: int
    calls_per_day: int
    make_up: int
    prospecting: int
    dip: float
    recovery_days: int
    orphans: int


@njit(cache=True)
def work_days(days: Ints, duties: Duties, ground: Ground) -> int:
    """Let deals arise and everybody who is there work, day by day, in the order of the slots.

    Parameters
    ----------
    days : array of int
        Working days during which nobody comes, goes or hands over.
    duties, ground
        See `Duties` and `Ground`; everything is written into the records.

    Returns
    -------
    int
        Deals opened.
    """
    customers, books, deals = ground.customers, ground.books, ground.deals
    work, visits, listing = ground.work, ground.visits, ground.listing
    opened = 0
    for day in days:
        begin, end = ground.arrived[day], ground.arrived[day + 1]
        opened += open_deals(day, begin, end, duties, customers, books, deals, listing, ground.met)
        routes = ground.routes[day * len(books) : (day + 1) * len(books)]
        pace = ground.pace[day]
        first = 0
        for slot in range(NOBODY if duties.orphans else 0, len(ground.ends)):
            carried, attendance, productivity = ground.everything, ABSENT, 0.0
            if slot != NOBODY:
                carried = ground.carried[first : ground.ends[slot]]
                attendance, productivity = int(ground.attendance[slot, day]), ground.productivity[slot, day]
                first = ground.ends[slot]
                if attendance == AWAY:
                    continue
            tally = work[slot]
            tally["days"] += 1
            minutes = routes[carried[0]]["minutes"] - duties.prospecting
            for b in carried:
                minutes = visit_book(
                    day,
                    slot,
                    attendance,
                    productivity,
                    minutes,
                    b != carried[0],
                    b,
                    duties.skip_tier,
                    routes[b],
                    books[b],
                    visits,
                    customers,
                    ground.owed_lists,
                    ground.owed,
                    tally,
                )
            if attendance != PRESENT:
                tally["absent"] += attendance == ABSENT
                continue
            if duties.make_up and routes[carried[0]]["away"] == 0:
                minutes = make_up(
                    day,
                    slot,
                    productivity,
                    minutes,
                    carried,
                    duties.skip_tier,
                    books,
                    visits,
                    customers,
                    ground.owed_lists,
                    ground.owed,
                    tally,
                )
            calls = min(duties.calls_per_day, max(minutes, 0) // CALL_MINUTES)
            tally["calls"] += calls
            for b in carried:
                calls = sell_book(
                    day,
                    slot,
                    productivity,
                    pace,
                    calls,
                    books[b],
                    customers,
                    deals,
                    listing,
                    ground.decisions,
                    ground.stages,
                    tally,
                    ground.won,
                )
    return opened


@njit(cache=True)
def open_deals(
    day: int,
    begin: int,
    end: int,
    duties: Duties,
    customers: Records,
    books: Records,
    deals: Records,
    listing: Ints,
    met: Ints,
) -> int:
    """Let the candidates begin..end-1 arise today, if lately enough was visited and no hand-over put them off."""
    opened = 0
    for d in range(begin, end):
        deal = deals[d]
        c = deal["customer"]
        if c >= 0:
            customer = customers[c]
            lost = duties.dip * max(0.0, 1.0 - (day - customer["handed"]) / duties.recovery_days)
            if deal["response"] > customer["selling"] or deal["loyalty"] < lost or customer["gone"] == 1:
                deal["state"] = NEVER
                continue
        elif deal["sought"] == 1 and duties.prospecting == 0:
            deal["state"] = NEVER
            continue
        deal["state"] = OPEN
        deal["stage"] = 1
        deal["since"] = day
        deal["touched"] = day
        book = books[deal["book"]]
        listing[book["start"] + book["count"]] = d
        book["count"] += 1
        met[day] += deal["value"]
        opened += 1
    return opened


@njit(cache=True)
def visit_book(
    day: int,
    slot: int,
    attendance: int,
    productivity: float,
    minutes: int,
    outside: bool,
    book_number: int,
    skip_tier: int,
    route: Any,
    book: Any,
    visits: Records,
    customers: Records,
    owed_lists: Records,
    owed: Ints,
    tally: Any,
) -> int:
    """Do the slot's visits of one book while time lasts; return the minutes left.

    Someone from outside the book pays one more mean leg for every visit, but only once a day for customers who are part
    of the own rounds by now. A visit missed is listed to be made up; an older one of the same customer is lost with it.
    """
    done_here, been_over = 0, False
    for v in range(route["first"], route["last"]):
        visit = visits[v]
        c = visit["customer"]
        customer = customers[c]
        if customer["owner"] != slot:
            continue
        if attendance != TRAINING:
            tally["planned"] += 1
        extra = 1 if outside and not (been_over and customer["settled"] == 1) else 0
        needed = visit["minutes"] + extra * book["leg_minutes"]
        done = 0.0
        if attendance == PRESENT and needed <= minutes and customer["tier"] < skip_tier:
            minutes -= needed
            done = 1.0
            done_here += 1
            been_over = True
            tally["km"] += visit["km"] + extra * book["leg_km"]
            customer["visited"] = day
            customer["owed"] = -1
        elif route["away"] == 0:
            customer["owed"] = v
            if customer["listed"] == 0:
                customer["listed"] = 1
                waiting = owed_lists[book_number * TIERS_KEPT + customer["tier"]]
                owed[waiting["start"] + waiting["count"]] = c
                waiting["count"] += 1
        customer["served"] += customer["memory"] * (done - customer["served"])
        customer["selling"] += customer["memory"] * (done * productivity - customer["selling"])
    tally["done"] += done_here
    if done_here > 0:
        tally["km"] += route["back_km"]
        if not outside:
            tally["nights"] += route["nights"]
    return minutes


@njit(cache=True)
def make_up(
    day: int,
    slot: int,
    productivity: float,
    minutes: int,
    carried: Ints,
    skip_tier: int,
    books: Records,
    visits: Records,
    customers: Records,
    owed_lists: Records,
    owed: Ints,
    tally: Any,
) -> int:
    """Spend what is left of the day on visits missed before, by tier and wait; return the minutes left.

    Each costs one more mean leg, since it lies beside the way of the day, and counts as if it had been done in time.
    """
    for tier in range(min(TIERS_KEPT, skip_tier)):
        for b in carried:
            waiting, leg = owed_lists[b * TIERS_KEPT + tier], books[b]["leg_minutes"]
            kept = waiting["start"]
            for k in range(waiting["start"], waiting["start"] + waiting["count"]):
                c = owed[k]
                customer = customers[c]
                if customer["owed"] < 0:
                    customer["listed"] = 0
                    continue
                visit = visits[customer["owed"]]
                needed = visit["minutes"] + leg
                if customer["owner"] != slot or needed + PHONE_MINUTES > minutes:
                    owed[kept] = c
                    kept += 1
                    continue
                minutes -= needed
                tally["done"] += 1
                tally["made_up"] += 1
                tally["km"] += visit["km"] + books[b]["leg_km"]
                customer["visited"] = day
                customer["owed"] = -1
                customer["listed"] = 0
                customer["served"] += customer["memory"]
                customer["selling"] += customer["memory"] * productivity
            waiting["count"] = kept - waiting["start"]
    return minutes


@njit(cache=True)
def sell_book(
    day: int,
    slot: int,
    productivity: float,
    pace: float,
    calls: int,
    book: Any,
    customers: Records,
    deals: Records,
    listing: Ints,
    decisions: Floats,
    stages: Records,
    tally: Any,
    won: Ints,
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
        due = (day - deal["since"]) * pace >= stage["dwell"]
        if c < 0 or customers[c]["visited"] != day:
            if calls <= 0 or not (due or day - deal["touched"] >= KEEP_WARM_DAYS):
                continue
            calls -= 1
        deal["touched"] = day
        if due:
            decide(
                day, slot, productivity, deal, decisions[d, deal["stage"]], stage["advance"], len(stages), tally, won
            )
    book["count"] = kept - book["start"]
    return calls


@njit(cache=True)
def decide(
    day: int, slot: int, productivity: float, deal: Any, draw: float, advance: float, stages: int, tally: Any, won: Ints
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
        won[day] += deal["value"]
    else:
        deal["state"] = LOST
        tally["lost"] += 1


def uncompiled(kernel: Any) -> Callable[..., Any]:
    """Return a compiled kernel as pure Python, the kernels it calls included."""
    plain = dict(kernel.py_func.__globals__)
    for name, value in list(plain.items()):
        if hasattr(value, "py_func"):
            plain[name] = FunctionType(value.py_func.__code__, plain, name)
    function: Callable[..., Any] = plain[kernel.py_func.__name__]
    return function
