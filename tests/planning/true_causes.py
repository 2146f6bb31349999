"""Whether visits left out have the cause they name: every day they might have had is tried, in every order.

Plain loops over the shared semantics; shares no code with the planner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor

from territory.domain.calendar import field_windows, minute_of
from territory.domain.plan import UNSERVED_CAUSES
from tests.planning.visits_checker import Checker

LATE = 10**6


class Causes(Checker):
    """Asks of each unserved visit whether another day, or another order of a day, would have held it."""

    def __init__(self, *case) -> None:
        super().__init__(*case)
        self.on_day, self.made, self.away = defaultdict(set), defaultdict(list), set()
        v = self.visits
        columns = (getattr(v, name).tolist() for name in ("rep", "day", "customer", "trip"))
        for rep, day, c, trip in zip(*columns, strict=True):
            self.on_day[rep, day].add(c)
            self.made[c].append(day)
            if trip >= 0:
                self.away.add((rep, day))
        self.tolerance, self.slots = self.scenario.settings.visits.spacing_tolerance, defaultdict(list)
        for c, planned, day in zip(v.customer.tolist(), v.planned_day.tolist(), v.day.tolist(), strict=True):
            self.slots[c].append((planned, day, True))
        for c, planned in zip(self.unserved.customer.tolist(), self.unserved.planned_day.tolist(), strict=True):
            self.slots[c].append((planned, planned, False))
        ids, absences = self.scenario.reps.rep_id, self.scenario.absences
        self.gone = [absences.of_rep(str(name), self.calendar.days) for name in ids]
        self.fits = lru_cache(maxsize=None)(self._fits)
        self.minutes_of = lru_cache(maxsize=None)(lambda rep, a, b: self.leg(rep, a, b)[0])

    def untrue(self) -> list[str]:
        """Return the unserved visits of day routes whose planned day does not have what their cause says."""
        return [f"{c} on {day}: {name}" for c, day, name in self.near() if not self.holds(name, c, day)]

    def with_room(self) -> list[str]:
        """Return those that some order of some day they might have had would have held.

        Nobody is owed the visits of days before the rep comes or after the rep goes.
        """
        owed = ((c, day, name) for c, day, name in self.near() if name not in ("not_hired", "left"))
        room = (
            (c, day, name, next((d for d in self.days_for(c, day) if self.room(c, d)), -1)) for c, day, name in owed
        )
        return [f"{c} on {day} ({name}): room on {other}" for c, day, name, other in room if other >= 0]

    def near(self) -> Iterator[tuple[int, int, str]]:
        """Yield customer, planned day and cause of the unserved visits of day routes."""
        u = self.unserved
        for c, day, cause in zip(u.customer.tolist(), u.planned_day.tolist(), u.cause.tolist(), strict=True):
            if not self.beyond(c):
                yield c, day, UNSERVED_CAUSES[cause]

    def beyond(self, c: int) -> bool:
        """Return whether a customer is visited on trips, which are not judged here."""
        limit = self.scenario.settings.visits.trip_beyond_km
        return limit > 0 and self.leg(self.rep[c], -1, c)[1] > limit

    def holds(self, name: str, c: int, day: int) -> bool:
        """Return whether what a cause says of a planned day is so."""
        rep, weekday = self.rep[c], int(self.calendar.weekday[day])
        reps = self.scenario.reps
        alone = self.fits(rep, day, frozenset({c}))
        return {
            "holiday": not self.calendar.working[day] and bool(self.calendar.holiday[day]),
            "meeting": not alone and self.calendar.working[day],
            "not_hired": day < int(reps.hired_day[rep]),
            "left": day > int(reps.left_day[rep]),
            "absent": bool(self.gone[rep][day]),
            "closed": not alone and self.hours_of(c, weekday) != (0, 1440),
            "unreachable": not alone,
            "capacity": True,
        }[name]

    def days_for(self, c: int, planned: int) -> Iterator[int]:
        """Yield the days within shift, cycle and spacing on which the rep works at home."""
        rep, m = self.rep[c], 7 * self.calls.cycle_weeks
        shift, lead = self.scenario.settings.visits.shift_days, int(self.calendar.weekday[0])
        low, high = self.free_span(c, planned)
        low, high = max(low, planned - shift, 0), min(high, planned + shift, self.calendar.days - 1)
        least, _ = self.gaps(c)
        for day in range(low, high + 1):
            same = (day + lead) // m == (planned + lead) // m and (rep, day) not in self.away
            if same and self.there(rep, day) and not any(abs(other - day) < least for other in self.made[c]):
                yield day

    def gaps(self, c: int) -> tuple[int, int]:
        """Return the least and the most days between visits."""
        gap, tolerance = 7 * int(self.calls.per_weeks[c]) / int(self.calls.visits[c]), self.tolerance
        return max(1, ceil((1 - tolerance) * gap - 1e-9)), floor((1 + tolerance) * gap + 1e-9)

    def free_span(self, c: int, planned: int) -> tuple[int, int]:
        """Return the days between the visits before and after, those made not further off than they may be."""
        _, most = self.gaps(c)
        before = max((slot for slot in self.slots[c] if slot[0] < planned), default=(-1, -LATE, False))
        after = min((slot for slot in self.slots[c] if slot[0] > planned), default=(LATE, LATE, False))
        low, high = before[1] + 1, after[1] - 1
        return (max(low, after[1] - most) if after[2] else low), (min(high, before[1] + most) if before[2] else high)

    def there(self, rep: int, day: int) -> bool:
        """Return whether a rep is with the firm and not absent."""
        reps = self.scenario.reps
        return int(reps.hired_day[rep]) <= day <= int(reps.left_day[rep]) and not self.gone[rep][day]

    def room(self, c: int, day: int) -> bool:
        """Return whether a day holds one more visit, in whatever order."""
        rep = self.rep[c]
        others = self.on_day[rep, day]
        ids = self.scenario.customers.customer_id
        names = {str(ids[k]) for k in (*others, c)}
        if c in others or any(names >= set(pair) for pair in self.scenario.settings.visits.never_same_day):
            return False
        return self.fits(rep, day, frozenset((*others, c)))

    def hours_of(self, c: int, weekday: int) -> tuple[int, int]:
        """Return opening hours as minutes, (0, 0) where closed."""
        who = self.scenario.customers
        if int(who.closed_weekday[c]) == weekday:
            return 0, 0
        given = [int(x) for x in who.weekday_hours[c, weekday]]
        usual = int(who.window_open[c]), int(who.window_close[c])
        low, high = (own if own >= 0 else common for own, common in zip(given, usual, strict=True))
        return (low if low >= 0 else 0), (high if high >= 0 else 1440)

    def _fits(self, rep: int, day: int, customers: frozenset[int]) -> bool:
        """Return whether some order of the customers keeps every window and the return: earliest ends by last one."""
        windows = field_windows(self.work, self.calendar, day)
        gaps = [] if self.work.drive_in_lunch else [(a[1], b[0]) for a, b in pairwise(windows)]
        weekday = int(self.calendar.weekday[day])
        back = minute_of(self.work.latest_return) + self.work.overtime_minutes

        def drive(minute: int, minutes: int) -> int:
            for begin, end in gaps if minutes > 0 else []:
                if minute < end and minute + minutes > begin:
                    minute = end
            return minute + minutes if minutes >= 0 else LATE

        def visit_end(c: int, ready: int) -> int:
            opens, closes = self.hours_of(c, weekday)
            length = int(self.calls.minutes[c])
            for begin, end in windows:
                start = max(ready, begin, opens)
                if start + length <= min(end, closes):
                    return start + length
            return LATE

        first = minute_of(self.work.earliest_departure)
        ends = {(frozenset({c}), c): visit_end(c, drive(first, self.minutes_of(rep, -1, c))) for c in customers}
        for _ in range(len(customers) - 1):
            longer: dict[tuple[frozenset[int], int], int] = {}
            for (done, last), end in ends.items():
                for c in customers - done if end < LATE else ():
                    key = done | {c}, c
                    ready = visit_end(c, drive(end, self.minutes_of(rep, last, c)))
                    longer[key] = min(longer.get(key, LATE), ready)
            ends = longer
        return any(drive(end, self.minutes_of(rep, last, -1)) <= back for (_, last), end in ends.items() if end < LATE)
