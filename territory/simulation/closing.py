"""The books of a year: orders become cash, everything is counted, and nothing may be lost (R-B7, R-P7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.domain.night_account import NightAccount
from territory.domain.outcome import BREACHES, MONTH_MEASURES, Year
from territory.simulation import budget, reviews
from territory.simulation.nights import account_nights
from territory.simulation.receivables import sign_won
from territory.simulation.records import LOST, OPEN, WON
from territory.simulation.review_books import close_reviews
from territory.simulation.staffing import EXITS
from territory.simulation.world import World


def close_books(world: World, replication: int) -> Year:
    """Collect what the year brought, check that nothing was lost, and return it."""
    tables, journal = world.tables, world.journal
    count_people(world)
    counts = count_deals(world)
    money = world.receivables.widened(len(world.team.people))
    sign_won(world.deals.rows, world.deals.delays, world.terms, money)
    received = money.receipts.sum(axis=1)
    overdue = np.cumsum(money.late[: tables.days])
    share = tables.settings.budget.sales_cost_share
    if share:
        journal.pay_goods(np.rint(received * share).astype(np.int64))
    cash = close_cash(world, received)
    week_ends = tables.week_last
    breaches = world.breaches
    breaches.unbooked = reviews.unbooked_weeks(tables.settings.reviews, money.ordered, overdue, week_ends)
    overruns = budget.find_overruns(journal, tables)
    breaches.budget_overrun = len({int(tables.month[overrun.day]) for overrun in overruns})
    details = close_reviews(world, overdue, week_ends, overruns, cash)
    slots = len(world.team.people)
    return Year(
        replication=replication,
        months=np.array([world.months[measure] for measure in MONTH_MEASURES], dtype=np.int64),
        breaches=np.array([int(getattr(breaches, name)) for name in BREACHES], dtype=np.int64),
        lowest_cash_cents=int(cash.min()),
        spent_cents=journal.spent,
        rep_bookings_cents=np.array([world.slot_bookings.get(slot, 0) for slot in range(slots)], dtype=np.int64),
        staff_events=tuple(sorted(world.team.events, key=lambda event: event.day)),
        **counts,
        opening_cash_cents=tables.settings.budget.opening_cash,
        closing_cash_cents=int(cash[-1]),
        ledger=budget.make_ledger(journal, money.receipts) if journal.ledger else None,
        details=details,
        nights=_nights(world) if journal.ledger else None,
    )


def _nights(world: World) -> NightAccount:
    return account_nights(world.tables, world.team, sum(world.month_log["nights"]), world.lodging)


def count_people(world: World) -> None:
    """Fill the monthly headcount: start + hired - left = end of every month."""
    tables, people = world.tables, world.team.people
    for event in world.team.events:
        measure = "hired" if event.kind == "hired" else "left" if event.kind in EXITS else ""
        if measure:
            world.add(measure, int(tables.month[event.day]), 1)
    for month, last in enumerate(tables.month_last.tolist()):
        active = sum(1 for p in people if p.first_day <= last and not 0 <= p.left_day <= last + 1)
        world.add("reps_active", month, active)


def count_deals(world: World) -> dict[str, int]:
    """Fill the monthly wins and losses; return the year's counts, which add up."""
    rows, month = world.deals.rows, world.tables.month
    won, lost = rows["state"] == WON, rows["state"] == LOST
    world.months["won"] = np.bincount(month[rows["closed"][won]], minlength=12).tolist()
    world.months["lost"] = np.bincount(month[rows["closed"][lost]], minlength=12).tolist()
    counts = {
        "opened": sum(world.months["opened"]),
        "won": int(won.sum()),
        "lost": int(lost.sum()),
        "still_open": int((rows["state"] == OPEN).sum()),
    }
    assert counts["opened"] == counts["won"] + counts["lost"] + counts["still_open"]
    return counts


def close_cash(world: World, received: Ints) -> NDArray[np.int64]:
    """Fill the monthly money; return the cash at the end of every day."""
    tables = world.tables
    spent = world.journal.paid.sum(axis=1)
    cash = tables.settings.budget.opening_cash + np.cumsum(received - spent)
    world.months["collections_cents"] = np.bincount(tables.month, received, 12).astype(np.int64).tolist()
    world.months["payments_cents"] = np.bincount(tables.month, spent, 12).astype(np.int64).tolist()
    world.months["cash_cents"] = cash[tables.month_last].tolist()
    return cash
