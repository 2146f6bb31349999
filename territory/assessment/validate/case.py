"""What every check reads: the scenario, the tables with their cells read, and facts worked out anew from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.assessment.validate.hours import DAY, FieldHours, field_hours
from territory.domain.customers import NONE, Ints
from territory.domain.scenario import MAX_CYCLE_WEEKS, Scenario


@dataclass(frozen=True)
class Case:
    """A scenario and the tables that claim to be its plan.

    Attributes
    ----------
    scenario : Scenario
    sheets : mapping of str to DataFrame
        See `cells.Reading`.
    summary, verdict : mapping
        Contents of ``summary.json`` and ``verdict.json``, empty where absent.
    """

    scenario: Scenario
    sheets: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    verdict: Mapping[str, Any]

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row a customer of the scenario, in its order: first row of the table, owner and tier; NONE if missing."""
        sheet = self.sheets["customers"]
        known = sheet[sheet["customer_id_index"] >= 0].drop_duplicates("customer_id_index")
        table = known.set_index("customer_id_index").reindex(range(len(self.scenario.customers)))
        whole = table[["row", "rep_id_index", "tier_index"]].fillna(NONE).astype(np.int64)
        return whole.assign(customer_id=self.scenario.customers.customer_id.astype(object))

    @cached_property
    def owner(self) -> Ints:
        """Owner of every customer by the customers table; negative where missing or unknown."""
        return self.customers["rep_id_index"].to_numpy()

    @cached_property
    def tier(self) -> Ints:
        """Tier of every customer by the customers table, NONE where missing."""
        return self.customers["tier_index"].to_numpy()

    @cached_property
    def frequency(self) -> tuple[Ints, Ints, Ints]:
        """Visits, weeks of the period and minutes of a visit that each customer must get: its own, else its tier's."""
        rules = self.scenario.settings.tiers
        by_tier = np.array([(f.visits, f.per_weeks, f.minutes) for f in (rules.a, rules.b, rules.c, rules.d)])
        who = self.scenario.customers
        visits, per_weeks, minutes = by_tier[np.maximum(self.tier, 0)].T
        own = who.visits != NONE
        return (
            np.where(own, who.visits, visits),
            np.where(own, who.per_weeks, per_weeks),
            np.where(who.visit_minutes != NONE, who.visit_minutes, minutes),
        )

    @cached_property
    def opening(self) -> Ints:
        """First and last minute of every customer on each weekday, Monday first; both 0 where it is closed."""
        who = self.scenario.customers
        hours = np.tile(np.array([0, DAY]), (len(who), 7, 1))
        for weekday in range(7):
            for end, usual in enumerate((who.window_open, who.window_close)):
                own = who.weekday_hours[:, weekday, end]
                given = np.where(own != NONE, own, usual)
                hours[given != NONE, weekday, end] = given[given != NONE]
            hours[who.closed_weekday == weekday, weekday] = 0
        return hours

    @cached_property
    def cycle_weeks(self) -> int:
        """Weeks after which the calendar repeats."""
        visits, per_weeks, _ = self.frequency
        periods = set(per_weeks[visits > 0].tolist())
        return min(lcm(*periods), MAX_CYCLE_WEEKS) if periods else 1

    @cached_property
    def cycle_of_day(self) -> Ints:
        """Cycle of each day of the year; cycle 0 begins on the Monday of the first week."""
        start = self.scenario.calendar.start
        return np.asarray((np.arange(self.days) + start.weekday()) // (7 * self.cycle_weeks), dtype=np.int64)

    @cached_property
    def complete_cycle(self) -> NDArray[np.bool_]:
        """Whether all days of each cycle lie in the year."""
        return np.asarray(np.bincount(self.cycle_of_day) == 7 * self.cycle_weeks)

    @cached_property
    def days(self) -> int:
        """Days of the planned year."""
        return len(self.scenario.calendar.working)

    @cached_property
    def absent(self) -> NDArray[np.object_]:
        """Reason of every rep's absence on every day, shape (reps, days); empty where the rep is there."""
        table = np.full((len(self.scenario.reps), self.days), "", dtype=object)
        index = {name: k for k, name in enumerate(self.scenario.reps.rep_id.tolist())}
        a = self.scenario.absences
        rows = zip(a.rep_id.tolist(), a.first_day.tolist(), a.last_day.tolist(), a.reason.tolist(), strict=True)
        for rep, first, last, reason in reversed(list(rows)):
            if rep in index:
                table[index[rep], max(first, 0) : max(last + 1, 0)] = reason
        return table

    @cached_property
    def hours(self) -> FieldHours:
        """Field time of every day."""
        return field_hours(self.scenario)

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Visits by known reps to known customers inside the year, by rep, day and time."""
        sheet = self.sheets["visits"]
        named = sheet.rename(columns={"rep_id_index": "rep", "customer_id_index": "customer", "date_day": "day"})
        good = (named["rep"] >= 0) & (named["customer"] >= 0) & named["day"].between(0, self.days - 1)
        order = ["rep", "day", "start_minute", "end_minute"]
        return named[good].sort_values(order, kind="stable").reset_index(drop=True)

    @cached_property
    def since(self) -> int:
        """Day from which the plan was made for this scenario; what lies before it was planned for an earlier one."""
        stated = (self.summary.get("plan") or {}).get("rescheduled_from", NONE)
        return max(int(stated), 0)

    @cached_property
    def begun(self) -> NDArray[np.bool_]:
        """Whether each row of `rep_days` belongs to a trip that was under way on the day of the change."""
        d = self.rep_days
        first = d.groupby(["rep", "trip"])["day"].transform("min")
        return np.asarray((d["trip"] != NONE) & (first < self.since))

    @cached_property
    def held_days(self) -> pd.DataFrame:
        """Rows of `rep_days` that must keep the rules of this scenario."""
        d = self.rep_days
        return d[(d["day"].to_numpy() >= self.since) & ~self.begun].reset_index(drop=True)

    @cached_property
    def held_visits(self) -> pd.DataFrame:
        """Rows of `visits` that must keep the rules of this scenario."""
        v, d = self.visits, self.rep_days[self.begun]
        under_way = np.isin(v["rep"] * self.days + v["day"], d["rep"] * self.days + d["day"])
        return v[(v["day"].to_numpy() >= self.since) & ~under_way].reset_index(drop=True)

    @cached_property
    def held_unserved(self) -> pd.DataFrame:
        """Rows of `unserved` that must keep the rules of this scenario."""
        return self.unserved[self.unserved["day"].to_numpy() >= self.since].reset_index(drop=True)

    @cached_property
    def rep_days(self) -> pd.DataFrame:
        """Rows of the days table of known reps inside the year, by rep and day."""
        named = self.sheets["days"].rename(columns={"rep_id_index": "rep", "date_day": "day"})
        good = (named["rep"] >= 0) & named["day"].between(0, self.days - 1)
        return named[good].sort_values(["rep", "day"], kind="stable").reset_index(drop=True)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """Unserved visits of known customers and reps inside the year."""
        names = {"rep_id_index": "rep", "customer_id_index": "customer", "planned_date_day": "day"}
        named = self.sheets["unserved"].rename(columns=names)
        good = (named["rep"] >= 0) & (named["customer"] >= 0) & named["day"].between(0, self.days - 1)
        return named[good].reset_index(drop=True)

    def appointment_of(self, v: pd.DataFrame) -> Ints:
        """Return the fixed appointment that each visit keeps, NONE for the others."""
        a = self.scenario.appointments
        number = {
            key: k for k, key in enumerate(zip(a.customer.tolist(), a.day.tolist(), a.start.tolist(), strict=True))
        }
        mine = zip(*(v[name].tolist() for name in ("customer", "day", "start_minute")), strict=True)
        return np.array([number.get(key, NONE) for key in mine], dtype=np.int64)

    def rep_ids(self, rep: Ints) -> NDArray[np.object_]:
        """Return rep ids for indices, empty where there is none."""
        ids = np.append(self.scenario.reps.rep_id.astype(object), "")
        return np.asarray(ids[np.where(rep < 0, len(ids) - 1, rep)], dtype=object)

    def dates(self, day: Ints) -> NDArray[np.object_]:
        """Return dates as text for day indices."""
        when = np.datetime64(self.scenario.calendar.start, "D") + np.asarray(day)
        return np.datetime_as_string(when).astype(object)
