"""A scenario: everything the user brought, checked and frozen."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.absences import Absences
from territory.domain.appointments import Appointments
from territory.domain.calendar import WorkingCalendar
from territory.domain.customers import NONE, Customers, Ints, Opportunities
from territory.domain.reps import Reps
from territory.domain.settings import Settings

MAX_CYCLE_WEEKS = 12


@dataclass(frozen=True)
class TravelMatrix:
    """Measured travel between customers and start places, given by the user.

    Attributes
    ----------
    minutes : array of int32, shape (places, places)
        Whole minutes from row to column; -1 where there is no way. Places are all customers in order, then all
        start places of the reps in order.
    km : array of float32, same shape
    """

    minutes: NDArray[np.int32]
    km: NDArray[np.float32]


@dataclass(frozen=True)
class Scenario:
    """What a team brings: settings, customers, reps, open deals, calendar.

    Attributes
    ----------
    settings : Settings
    customers : Customers
    reps : Reps
    opportunities : Opportunities
    calendar : WorkingCalendar
    travel : TravelMatrix or None
        None: travel is computed from coordinates.
    adjacency : array of int, shape (pairs, 2), or None
        Customers who are neighbours; None where none are given.
    absences : Absences
        Days on which single reps are not in the field.
    appointments : Appointments
        Visits agreed for a day and time.
    sources : tuple of Path
        The files it was read from, for the result folder.
    """

    settings: Settings
    customers: Customers
    reps: Reps
    opportunities: Opportunities
    calendar: WorkingCalendar
    travel: TravelMatrix | None = None
    adjacency: Ints | None = None
    absences: Absences = field(default_factory=Absences)
    appointments: Appointments = field(default_factory=Appointments)
    sources: tuple[Path, ...] = field(default=(), compare=False)

    def replace(self, **changes: Any) -> Scenario:
        """Return a copy with fields, whole settings tables, or keys of a table (``targets={"annual": 1}``) changed."""
        fields = {field.name for field in dataclasses.fields(self)}
        settings = changes.pop("settings", self.settings)
        for table in [name for name, value in changes.items() if name not in fields or isinstance(value, dict)]:
            value = changes.pop(table)
            if isinstance(value, dict):
                value = dataclasses.replace(getattr(settings, table), **value)
            settings = dataclasses.replace(settings, **{table: value})
        return dataclasses.replace(self, settings=settings, **changes)

    @cached_property
    def start_lat(self) -> NDArray[np.float64]:
        """Latitude where each rep's day starts: home or office."""
        return self._start_place(self.reps.home_lat, self.settings.workday.office_lat)

    @cached_property
    def start_lon(self) -> NDArray[np.float64]:
        """Longitude where each rep's day starts: home or office."""
        return self._start_place(self.reps.home_lon, self.settings.workday.office_lon)

    def _start_place(self, home: NDArray[np.float64], office: float | None) -> NDArray[np.float64]:
        if self.settings.workday.start_from == "office" and office is not None:
            return np.full(len(self.reps), office)
        return home


@dataclass(frozen=True)
class CallPlan:
    """How often and how long each customer is visited, after tiers and own frequencies (R-H1, R-V1).

    Attributes
    ----------
    visits, per_weeks, minutes : array of int, shape (customers,)
    cycle_weeks : int
        Least common multiple of the periods in use; at most 12.
    """

    visits: Ints
    per_weeks: Ints
    minutes: Ints
    cycle_weeks: int

    @property
    def visits_per_week(self) -> NDArray[np.float64]:
        """Visits a week."""
        return self.visits / self.per_weeks

    @property
    def visits_per_cycle(self) -> Ints:
        """Visits in one cycle, a whole number for periods that divide it."""
        return self.visits * self.cycle_weeks // self.per_weeks


def call_plan(scenario: Scenario, tier: Ints) -> CallPlan:
    """Return each customer's call frequency: its own where given, else its tier's.

    Parameters
    ----------
    scenario : Scenario
    tier : array of int, shape (customers,)
        0..3 for A..D.
    """
    rules = scenario.settings.tiers.frequencies()
    customers = scenario.customers
    visits = np.array([rule.visits for rule in rules])[tier]
    per_weeks = np.array([rule.per_weeks for rule in rules])[tier]
    minutes = np.array([rule.minutes for rule in rules])[tier]
    own = customers.visits != NONE
    visits = np.where(own, customers.visits, visits)
    per_weeks = np.where(own, customers.per_weeks, per_weeks)
    minutes = np.where(customers.visit_minutes != NONE, customers.visit_minutes, minutes)
    used = per_weeks[visits > 0]
    cycle = lcm(*(int(weeks) for weeks in np.unique(used))) if len(used) else 1
    return CallPlan(visits, per_weeks, minutes, min(cycle, MAX_CYCLE_WEEKS))
