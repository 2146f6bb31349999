"""Every trip of the year as one row: who, when, where to, nights, cost, and the day by which it must be approved."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from territory.domain.customers import NONE, Ints
from territory.domain.plan import PLACES, Plan, yuan
from territory.domain.settings import WEEKDAYS

LODGING = PLACES.index("lodging")


@dataclass(frozen=True)
class TripBook:
    """The trips by number.

    Attributes
    ----------
    number, rep, first_day, last_day : array of int, shape (trips,)
    nights : array of int
    minutes : array of int
        Driving of all days.
    km : array of float
    cost_cents : array of int
        Kilometres and nights, as the budget pays them (R-B3).
    approve_by : array of int
        Last working day on which the approver can still be handed the plan of the trip (R-V3): earlier than the first
        day by the approver's days. Negative before the year.
    customers : tuple of tuple of int
        In the order of the visits.
    """

    number: Ints
    rep: Ints
    first_day: Ints
    last_day: Ints
    nights: Ints
    minutes: Ints
    km: np.ndarray
    cost_cents: Ints
    approve_by: Ints
    customers: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.number)

    def cities(self, plan: Plan, trip: int) -> list[str]:
        """Return the cities of a trip in the order of the way; regions or names where no city is known."""
        who = plan.scenario.customers
        names = [str(who.city[i] or who.region[i] or who.name[i]) for i in self.customers[trip]]
        return list(dict.fromkeys(names))

    def table(self, plan: Plan) -> pd.DataFrame:
        """One row a trip: rep, dates, cities, customers, nights, travel, cost, approve_by."""
        calendar, reps, ids = plan.scenario.calendar, plan.scenario.reps, plan.scenario.customers.customer_id
        count = range(len(self))
        return pd.DataFrame(
            {
                "trip": self.number,
                "rep_id": reps.rep_id[self.rep],
                "first_date": [str(calendar.date_of(day)) for day in self.first_day.tolist()],
                "last_date": [str(calendar.date_of(day)) for day in self.last_day.tolist()],
                "nights": self.nights,
                "cities": ["; ".join(self.cities(plan, k)) for k in count],
                "customers": ["; ".join(str(ids[i]) for i in self.customers[k]) for k in count],
                "travel_minutes": self.minutes,
                "travel_km": np.round(self.km, 2),
                "cost": yuan(self.cost_cents),
                "approve_by": [str(calendar.date_of(day)) for day in self.approve_by.tolist()],
            }
        )


def trip_book(plan: Plan) -> TripBook:
    """Collect the trips of a plan."""
    routes, visits, budget = plan.routes, plan.visits, plan.scenario.settings.budget
    rows = np.flatnonzero(routes.trip != NONE)
    number, first, group = np.unique(routes.trip[rows], return_index=True, return_inverse=True)
    count = len(number)
    first_day = np.full(count, plan.scenario.calendar.days, dtype=np.int64)
    last_day = np.full(count, -1, dtype=np.int64)
    np.minimum.at(first_day, group, routes.day[rows])
    np.maximum.at(last_day, group, routes.day[rows])
    nights = np.bincount(group, routes.end_place[rows] == LODGING, count).astype(np.int64)
    km = np.bincount(group, routes.travel_km[rows], count)
    who: dict[int, list[int]] = {int(one): [] for one in number}
    for trip, customer in zip(visits.trip.tolist(), visits.customer.tolist(), strict=True):
        if trip != NONE:
            who[trip].append(customer)
    return TripBook(
        number=number.astype(np.int64),
        rep=routes.rep[rows][first],
        first_day=first_day,
        last_day=last_day,
        nights=nights,
        minutes=np.bincount(group, routes.travel_minutes[rows], count).astype(np.int64),
        km=km,
        cost_cents=np.rint(km * budget.km_cost).astype(np.int64) + nights * budget.lodging_night,
        approve_by=np.array([_approve_by(plan, day) for day in first_day.tolist()], dtype=np.int64),
        customers=tuple(tuple(who[int(one)]) for one in number),
    )


def _approve_by(plan: Plan, first_day: int) -> int:
    """Return the working day that lies the approver's days, and at least one, before the first day of a trip."""
    calendar, workday = plan.scenario.calendar, plan.scenario.settings.workday
    regular = {WEEKDAYS.index(name) for name in workday.weekdays}
    left, day = max(1, ceil(plan.scenario.settings.budget.approval_days)), first_day
    while left:
        day -= 1
        left -= bool(calendar.working[day] if day >= 0 else calendar.date_of(day).weekday() in regular)
    return day
