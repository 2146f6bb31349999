"""The trips on the page: who goes where and when, for how many nights, at what cost, to be approved by when."""

from __future__ import annotations

from typing import Any

from territory.domain.plan import Plan
from territory.domain.trip_book import trip_book

MOST_TRIPS = 120


def trip_view(plan: Plan) -> dict[str, Any]:
    """Return the trips in the order of their dates, and their sums; count 0 where nobody travels."""
    book, calendar = trip_book(plan), plan.scenario.calendar
    who, reps = plan.scenario.customers, plan.scenario.reps
    return {
        "count": len(book),
        "nights": int(book.nights.sum()),
        "cost": int(book.cost_cents.sum()),
        "km": float(book.km.sum()),
        "rows": [
            {
                "rep": f"{reps.rep_id[book.rep[k]]} {reps.name[book.rep[k]]}",
                "first": str(calendar.date_of(int(book.first_day[k]))),
                "last": str(calendar.date_of(int(book.last_day[k]))),
                "cities": " → ".join(book.cities(plan, k)),
                "customers": [f"{who.customer_id[i]} {who.name[i]}" for i in book.customers[k]],
                "nights": int(book.nights[k]),
                "cost": int(book.cost_cents[k]),
                "approve_by": str(calendar.date_of(int(book.approve_by[k]))),
            }
            for k in range(min(len(book), MOST_TRIPS))
        ],
    }
