"""What the calls ask of a team in an average week, and whether so many reps can do it (R-H1, R-H2)."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from territory.domain.calendar import field_windows, minute_of
from territory.domain.customers import Floats
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.placement import joined_units
from territory.planning.assignment.rules import Apart, business_rules
from territory.planning.packing import least_reps_for, packs
from territory.planning.travel_estimate import TravelEstimate, nearest_leg_minutes

MOST_REPS = 100_000
HALVINGS = 15


@dataclass(frozen=True)
class Year:
    """The average week of a full rep who is never absent."""

    minutes: float
    days: float
    road_minutes: float
    windows: dict[tuple[tuple[int, int], ...], float]


def year_of(scenario: Scenario) -> Year:
    """Return the working time of a full rep, who is never absent, from the real calendar."""
    workday, calendar = scenario.settings.workday, scenario.calendar
    weeks = calendar.days / 7
    windows: dict[tuple[tuple[int, int], ...], float] = {}
    for day in np.flatnonzero(calendar.working).tolist():
        key = tuple(field_windows(workday, calendar, day))
        if key:
            windows[key] = windows.get(key, 0.0) + 1 / weeks
    out = minute_of(workday.earliest_departure)
    back = workday.trip_latest_return if scenario.settings.visits.trip_beyond_km > 0 else workday.latest_return
    minutes = sum(share * sum(end - begin for begin, end in key) for key, share in windows.items())
    days = sum(windows.values())
    return Year(minutes, days, days * max(minute_of(back) - out, 0), windows)


class Workload:
    """Demand of the calls against what reps can do, in an average week."""

    def __init__(self, scenario: Scenario, calls: CallPlan, estimate: TravelEstimate) -> None:
        present = 1 - scenario.settings.workday.absence_share
        self.scenario, self.year, self.present = scenario, year_of(scenario), present
        self.capacity = self.year.minutes * present
        self.time_out = max(self.year.road_minutes * present, self.capacity)
        rules = business_rules(scenario)
        self.unit_of = joined_units(len(scenario.customers), rules)
        pairs = [(int(self.unit_of[r.first]), int(self.unit_of[r.second])) for r in rules if isinstance(r, Apart)]
        # A pair that must also stay together is a contradiction that the territories name, not a question of people.
        self.apart = frozenset(pair for pair in pairs if pair[0] != pair[1])
        per_visit = calls.minutes, nearest_leg_minutes(scenario), estimate.leg_minutes, estimate.stem_minutes
        self.scaled = estimate.coefficient
        self.demand = tuple(calls.visits_per_week * minutes for minutes in (1.0, *per_visit))
        self._count(np.ones(len(scenario.customers)))

    def thinned(self, kept: Floats) -> Workload:
        """Return the same with only a part of the visits to each customer."""
        other = copy(self)
        other._count(kept)
        return other

    def _count(self, kept: Floats) -> None:
        """Add up visits, face time, least travel, legs and stems, in all and by unit."""
        visits, face, least, legs, stems = (kept * part for part in self.demand)
        self.unit_visits, self.unit_face, self.unit_least, self.unit_legs = (
            np.bincount(self.unit_of, part).astype(np.float64) for part in (visits, face, least, legs)
        )
        self.visits, self.face, self.least_travel = (float(part.sum()) for part in (visits, face, least))
        mean = max(self.visits, 1e-9)
        self.leg, self.stem = (self.scaled * float(part.sum()) / mean for part in (legs, stems))
        self.call = self.face / mean if self.visits else 0.0

    def lower_bound(self) -> int:
        """Return the least number that face time, and face time with the least travel, allow for whole customers.

        Visits lie inside field windows; driving may also lie between them and after them, until the latest return.
        """
        if self.face <= 0:
            return 0
        if self.capacity <= 0:
            return MOST_REPS
        return max(
            least_reps_for(self.unit_face, self.capacity, self.apart),
            least_reps_for(self.unit_face + self.unit_least, self.time_out, self.apart),
        )

    def least_reps(self) -> int:
        """Return the least number of full reps whose estimated days hold everything, each customer with one of them."""
        if self.visits <= 0:
            return 0
        if not self.fits(MOST_REPS):
            return MOST_REPS
        reps = self.lower_bound()
        while not self.fits(reps):
            reps += 1
        return reps

    def fits(self, reps: float) -> bool:
        """Return whether so many reps can make all visits: by minutes, whole visits a window and whole customers."""
        if self.visits <= 0:
            return True
        if reps <= 0 or self.visits > self.slots(reps):
            return False
        minutes = self.minutes_in_windows(reps)
        return minutes <= reps * self.capacity and packs(self.work_of_units(minutes), self.capacity, reps, self.apart)

    def work_of_units(self, minutes: float) -> Floats:
        """Return minutes a week of every unit of customers, the driving in windows by the lengths of their legs."""
        legs = self.unit_legs if self.unit_legs.sum() > 0 else self.unit_visits
        return np.asarray(self.unit_face + (minutes - self.face) * legs / legs.sum(), dtype=np.float64)

    def carried_share(self, reps: float) -> float:
        """Return the share of the visits that so many reps can make."""
        if self.visits <= 0:
            return 1.0
        if reps <= 0:
            return 0.0
        by_minutes = reps * self.capacity / max(self.minutes_in_windows(reps), 1e-9)
        return float(min(1.0, by_minutes, self.slots(reps) / self.visits, self._packed_share(reps)))

    def _packed_share(self, reps: float) -> float:
        """Return the largest part of the work that so many reps can share out as whole customers (bisection)."""
        work = self.work_of_units(self.minutes_in_windows(reps))
        # What hours alone forbid is not counted twice.
        work = work * min(1.0, reps * self.capacity / max(float(work.sum()), 1e-9))
        low, high = 0.0, 1.0
        for step in range(HALVINGS):
            share = high if step == 0 else (low + high) / 2
            if packs(work * share, self.capacity, reps, self.apart):
                low = share
                if low >= 1.0:
                    break
            else:
                high = share
        return low

    def minutes_in_windows(self, reps: float) -> float:
        """Return face time and the driving that field windows must hold, a week."""
        route_days = min(reps * self.year.days * self.present, self.visits)
        out, lunch, home = self._free_minutes()
        legs = (self.visits - route_days) * self.leg
        crossing = min(route_days, self.visits - route_days) * min(lunch, self.leg)
        stems = route_days * (max(self.stem - out, 0.0) + max(self.stem - home, 0.0))
        return self.face + max(legs - crossing, 0.0) + stems

    def slots(self, reps: float) -> float:
        """Return the whole visits that fit the windows of so many reps, a week."""
        out, lunch, _ = self._free_minutes()
        total = 0.0
        for windows, days in self.year.windows.items():
            visits = 0
            for number, (begin, end) in enumerate(windows):
                first = max(self.stem - out, 0.0) if number == 0 else max(self.leg - lunch, 0.0)
                room = end - begin - first + self.leg
                visits += max(0, int((room + 1e-9) // (self.call + self.leg))) if self.call + self.leg > 0 else 0
            total += visits * days
        return total * self.present * reps

    def _free_minutes(self) -> tuple[float, float, float]:
        """Return minutes a day for driving outside windows: before the first, between two, after the last."""
        workday = self.scenario.settings.workday
        usual = sorted((minute_of(begin), minute_of(end)) for begin, end in workday.windows)
        out = max(0, usual[0][0] - minute_of(workday.earliest_departure))
        home = max(0, minute_of(workday.latest_return) - usual[-1][1])
        lunch = usual[1][0] - usual[0][1] if len(usual) > 1 and workday.drive_in_lunch else 0
        return float(out), float(lunch), float(home)

    def travel(self, reps: float) -> float:
        """Return all estimated driving, a week."""
        route_days = min(reps * self.year.days * self.present, self.visits)
        return (self.visits - route_days) * self.leg + 2 * route_days * self.stem
