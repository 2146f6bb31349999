"""A checker of visit calendars that shares no code with the planner: plain loops over the shared semantics."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from math import asin, ceil, cos, floor, radians, sin, sqrt

from territory.domain.calendar import field_windows, minute_of
from territory.domain.customers import Ints
from territory.domain.plan import UNSERVED_CAUSES, Routes, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario


class Checker:
    """Collects every broken rule of a calendar."""

    def __init__(
        self,
        scenario: Scenario,
        calls: CallPlan,
        rep: Ints,
        answer: tuple[Visits, Routes, Unserved],
    ) -> None:
        self.scenario, self.calls, self.rep = scenario, calls, rep.tolist()
        self.visits, self.routes, self.unserved = answer
        self.work = scenario.settings.workday
        self.calendar = scenario.calendar
        self.problems: list[str] = []

    def check(self) -> list[str]:
        self._ordering()
        self._frequency()
        self._spacing()
        self._days()
        self._apart()
        self._causes()
        return self.problems

    def complain(self, condition: bool, text: str) -> None:
        if condition:
            self.problems.append(text)

    def place(self, rep: int, customer: int) -> tuple[float, float]:
        if customer < 0:
            office = self.work.start_from == "office" and self.work.office_lat is not None
            if office:
                return self.work.office_lat, self.work.office_lon
            return float(self.scenario.reps.home_lat[rep]), float(self.scenario.reps.home_lon[rep])
        who = self.scenario.customers
        return float(who.lat[customer]), float(who.lon[customer])

    def leg(self, rep: int, a: int, b: int) -> tuple[int, float]:
        """Minutes and road km from customer a to customer b; -1 is the start place."""
        if self.scenario.travel is not None:
            base = len(self.scenario.customers) + rep
            i, j = (base if a < 0 else a), (base if b < 0 else b)
            return int(self.scenario.travel.minutes[i, j]), float(self.scenario.travel.km[i, j])
        rules = self.scenario.settings.travel
        (lat1, lon1), (lat2, lon2) = self.place(rep, a), self.place(rep, b)
        p1, p2, dl = radians(lat1), radians(lat2), radians(lon2 - lon1)
        h = sin((p2 - p1) / 2) ** 2 + cos(p1) * cos(p2) * sin(dl / 2) ** 2
        km = 2 * 6371.0088 * asin(sqrt(min(1.0, h))) * rules.detour
        if a == b:
            km = 0.0
        city = min(km, rules.city_km)
        hours = city / rules.city_speed_kmh + (km - city) / rules.road_speed_kmh
        return ceil(round(hours * 60, 6)) + (rules.stop_minutes if km > 0 else 0), km

    def _ordering(self) -> None:
        v, r = self.visits, self.routes
        keys = list(zip(v.day.tolist(), v.rep.tolist(), v.start.tolist(), strict=True))
        self.complain(keys != sorted(keys), "visits are not sorted")
        pairs = list(zip(r.day.tolist(), r.rep.tolist(), strict=True))
        self.complain(pairs != sorted(set(pairs)), "routes are not sorted or doubled")
        self.complain(set(pairs) != {(d, p) for d, p, _ in keys}, "days with visits and days with routes differ")
        for c, p in zip(v.customer.tolist(), v.rep.tolist(), strict=True):
            self.complain(self.rep[c] != p, f"visit of customer {c} by rep {p}")
        twice = list(zip(v.day.tolist(), v.customer.tolist(), strict=True))
        self.complain(len(twice) != len(set(twice)), "a customer is visited twice a day")

    def _frequency(self) -> None:
        m = 7 * self.calls.cycle_weeks
        lead = int(self.calendar.weekday[0])
        count: dict[tuple[int, int], int] = defaultdict(int)
        for c, planned, day in zip(
            self.visits.customer.tolist(), self.visits.planned_day.tolist(), self.visits.day.tolist(), strict=True
        ):
            count[c, (planned + lead) // m] += 1
            self.complain((planned + lead) // m != (day + lead) // m, f"visit of {c} left its cycle")
        for c, planned in zip(self.unserved.customer.tolist(), self.unserved.planned_day.tolist(), strict=True):
            count[c, (planned + lead) // m] += 1
            self.complain(not 0 <= planned < self.calendar.days, "unserved outside the year")
        for c, wanted in enumerate(self.calls.visits_per_cycle.tolist()):
            for cycle in range((self.calendar.days + lead) // m + 1):
                complete = cycle * m - lead >= 0 and (cycle + 1) * m - lead <= self.calendar.days
                if complete and count[c, cycle] != wanted:
                    self.problems.append(f"customer {c} has {count[c, cycle]} of {wanted} visits in cycle {cycle}")
                self.complain(count[c, cycle] > wanted, f"customer {c} has too many visits in cycle {cycle}")

    def _spacing(self) -> None:
        tolerance = self.scenario.settings.visits.spacing_tolerance
        made, missing = defaultdict(list), defaultdict(list)
        for c, day in zip(self.visits.customer.tolist(), self.visits.day.tolist(), strict=True):
            made[c].append(day)
        for c, day in zip(self.unserved.customer.tolist(), self.unserved.planned_day.tolist(), strict=True):
            missing[c].append(day)
        for c, days in made.items():
            gap = 7 * int(self.calls.per_weeks[c]) / int(self.calls.visits[c])
            least, most = max(1, ceil((1 - tolerance) * gap - 1e-9)), floor((1 + tolerance) * gap + 1e-9)
            days.sort()
            for before, after in pairwise(days):
                excused = any(before < day < after for day in missing[c])
                self.complain(after - before < least, f"customer {c}: {before} and {after} are too near")
                self.complain(after - before > most and not excused, f"customer {c}: {before} to {after} is too long")

    def _days(self) -> None:
        stops = defaultdict(list)
        v = self.visits
        for k in range(len(v)):
            stops[int(v.rep[k]), int(v.day[k])].append(k)
        night: dict[int, int] = {}
        r = self.routes
        for k in range(len(r)):
            key = int(r.rep[k]), int(r.day[k])
            self._day(k, key, stops[key], night)

    def _day(self, k: int, key: tuple[int, int], stops: list[int], night: dict[int, int]) -> None:
        (rep, day), v, r = key, self.visits, self.routes
        windows = field_windows(self.work, self.calendar, day)
        trip = int(r.trip[k])
        label = f"rep {rep} day {day}"
        self.complain(not self.calendar.working[day], f"{label}: not a working day")
        self.complain(day < int(self.scenario.reps.hired_day[rep]), f"{label}: before the first day")
        self.complain(int(r.depart[k]) < minute_of(self.work.earliest_departure), f"{label}: leaves too early")
        limit = self.work.latest_return if trip < 0 else self.work.trip_latest_return
        overtime = self.work.overtime_minutes if trip < 0 else 0
        self.complain(int(r.back[k]) > minute_of(limit) + overtime, f"{label}: back too late")
        self.complain(trip < 0 and (r.start_place[k] != 0 or r.end_place[k] != 0), f"{label}: sleeps out without trip")
        place = -1
        if r.start_place[k] == 1:
            self.complain(rep not in night, f"{label}: starts at a lodging nobody slept in")
            place = night.pop(rep, -1)
        else:
            self.complain(rep in night, f"{label}: left a lodging without trace")
        minute, travel, total_km = int(r.depart[k]), 0, 0.0
        for s in stops:
            c = int(v.customer[s])
            minutes, km = self.leg(rep, place, c)
            start, end = int(v.start[s]), int(v.end[s])
            self.complain(int(v.trip[s]) != trip, f"{label}: visit and route disagree on the trip")
            self.complain(minutes < 0 or minutes != int(v.travel_minutes[s]), f"{label}: wrong travel minutes to {c}")
            self.complain(abs(km - float(v.travel_km[s])) > 1e-3, f"{label}: wrong km to {c}")
            self.complain(not self._drive_fits(windows, minute, start, minutes), f"{label}: no time to drive to {c}")
            self.complain(not any(a <= start and end <= b for a, b in windows), f"{label}: {c} outside the windows")
            opens, closes = int(self.scenario.customers.window_open[c]), int(self.scenario.customers.window_close[c])
            self.complain(opens >= 0 and start < opens, f"{label}: {c} is not open yet")
            self.complain(closes >= 0 and end > closes, f"{label}: {c} is closed already")
            shut = int(self.scenario.customers.closed_weekday[c]) == int(self.calendar.weekday[day])
            self.complain(shut, f"{label}: {c} is closed on this weekday")
            self.complain(end - start != int(self.calls.minutes[c]), f"{label}: wrong length of the visit to {c}")
            minute, place, travel, total_km = end, c, travel + minutes, total_km + km
        if r.end_place[k] == 0:
            minutes, km = self.leg(rep, place, -1)
            self.complain(not self._drive_fits(windows, minute, int(r.back[k]), minutes), f"{label}: back too soon")
            travel, total_km = travel + minutes, total_km + km
        else:
            night[rep] = place
            self.complain(int(r.back[k]) != minute, f"{label}: the day ends with the last visit")
        self.complain(travel != int(r.travel_minutes[k]), f"{label}: wrong travel minutes of the day")
        self.complain(abs(total_km - float(r.travel_km[k])) > 1e-2, f"{label}: wrong km of the day")

    def _drive_fits(self, windows: list[tuple[int, int]], free: int, arrival: int, minutes: int) -> bool:
        if self.work.drive_in_lunch or minutes == 0:
            return arrival - free >= minutes
        gaps = [(a[1], b[0]) for a, b in pairwise(windows)]
        return any(
            all(leave >= end or leave + minutes <= begin for begin, end in gaps)
            for leave in range(free, arrival - minutes + 1)
        )

    def _apart(self) -> None:
        ids = self.scenario.customers.customer_id
        seen = defaultdict(set)
        for rep, day, c in zip(*(getattr(self.visits, n).tolist() for n in ("rep", "day", "customer")), strict=True):
            seen[rep, day].add(str(ids[c]))
        for key, names in seen.items():
            for pair in self.scenario.settings.visits.never_same_day:
                self.complain(names >= set(pair), f"rep and day {key}: {pair} on one day")

    def _causes(self) -> None:
        u = self.unserved
        for c, day, cause, detail in zip(
            u.customer.tolist(), u.planned_day.tolist(), u.cause.tolist(), u.detail.tolist(), strict=True
        ):
            name = UNSERVED_CAUSES[cause]
            before = day < int(self.scenario.reps.hired_day[self.rep[c]])
            label = f"unserved {c} on {day}: {name} {detail!r}"
            self.complain((name == "not_hired") != before, label)
            if name == "holiday":
                shift = range(max(0, day - 5), min(self.calendar.days, day + 6))
                self.complain(not detail or detail not in {self.calendar.holiday[d] for d in shift}, label)
            elif name == "meeting":
                self.complain(detail not in {m.name for m in self.work.meetings}, label)
                self.complain(
                    not self.calendar.month_end[day] and self.scenario.settings.visits.trip_beyond_km == 0, label
                )
            elif name == "capacity":
                self.complain(int(detail) <= 0, label)


def violations(scenario: Scenario, calls: CallPlan, rep: Ints, answer: tuple[Visits, Routes, Unserved]) -> list[str]:
    """Return every broken rule of a visit calendar."""
    return Checker(scenario, calls, rep, answer).check()
