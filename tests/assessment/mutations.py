"""Ways to spoil good tables, each with the rule and the code that the checker must name.

Every function takes a `World` and changes it in place; it picks its own place, so that any plan with such a place will
do. `Nowhere` says that a plan has none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from territory.domain.customers import NONE
from territory.domain.scenario import Scenario

MUTATIONS: list[tuple[str, str, str, Callable[[World], None]]] = []
"""Name, rule, code and the function that does it."""


class Nowhere(Exception):  # noqa: N818 - not an error: the plan offers no place for this fault
    """The tables hold no place where this can be planted."""


class World:
    """Tables to spoil: a table touched becomes a copy whose cells take anything."""

    def __init__(self, scenario: Scenario, tables: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self.tables = dict(tables)
        self.touched: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name not in self.touched:
            table = self.tables[name]
            self.tables[name] = table.astype(object).copy() if isinstance(table, pd.DataFrame) else _copied(table)
            self.touched.add(name)
        return self.tables[name]

    def change(self, table: str, row: int, **cells: Any) -> None:
        for column, value in cells.items():
            self[table].loc[row, column] = value

    def drop(self, table: str, row: int) -> None:
        self.tables[table] = self[table].drop(index=row).reset_index(drop=True)

    def add(self, table: str, row: pd.Series, **cells: Any) -> None:
        extra = pd.DataFrame([{**row.to_dict(), **cells}], dtype=object)
        self.tables[table] = pd.concat([self[table], extra], ignore_index=True)

    def day(self, when: str) -> int:
        return self.scenario.calendar.day_of(date.fromisoformat(when))


def plants(rule: str, code: str) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def register(function: Callable[[World], None]) -> Callable[[World], None]:
        MUTATIONS.append((function.__name__, rule, code, function))
        return function

    return register


def first(table: pd.DataFrame, where: Any) -> int:
    rows = np.flatnonzero(np.asarray(where, dtype=bool))
    if not len(rows):
        raise Nowhere
    return int(table.index[rows[0]])


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def cents_more(text: str, cents: int = 1) -> str:
    value = round(float(text) * 100) + cents
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"


def _copied(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in mapping.items()}


def _any_visit(world: World) -> int:
    """The first visit of an ordinary day that is its rep's only one on that day."""
    v = world["visits"]
    alone = ~v.duplicated(["date", "rep_id"], keep=False) & (v["trip"] == "")
    return first(v, alone)


def _move_to_day(world: World, day: int) -> None:
    """Move a lone visit to another day together with its row in the days table."""
    row = _any_visit(world)
    v, d = world["visits"], world["days"]
    when = str(world.scenario.calendar.date_of(day))
    weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][int(world.scenario.calendar.weekday[day])]
    place = first(d, (d["date"] == v.loc[row, "date"]) & (d["rep_id"] == v.loc[row, "rep_id"]))
    world.change("visits", row, date=when, weekday=weekday)
    world.change("days", place, date=when)


def _shift(world: World, row: int, start: int) -> None:
    v = world["visits"]
    length = minutes(v.loc[row, "end"]) - minutes(v.loc[row, "start"])
    world.change("visits", row, start=clock(start), end=clock(start + length))


def _route(world: World, row: int) -> int:
    v, d = world["visits"], world["days"]
    return first(d, (d["date"] == v.loc[row, "date"]) & (d["rep_id"] == v.loc[row, "rep_id"]))


# ---------------------------------------------------------------- visits


@plants("R-V1", "visit.twice_a_day")
def doubled_visit(world: World) -> None:
    row = _any_visit(world)
    world.add("visits", world["visits"].loc[row])


@plants("R-V2", "visit.outside_window")
def visit_at_lunch(world: World) -> None:
    _shift(world, _any_visit(world), 12 * 60 + 40)


@plants("R-V2", "visit.outside_window")
def visit_runs_into_lunch(world: World) -> None:
    _shift(world, _any_visit(world), 12 * 60 + 30 - 19)


@plants("R-H2", "visit.on_holiday")
def visit_on_holiday(world: World) -> None:
    named = np.array(world.scenario.calendar.holiday, dtype=object) != ""
    _move_to_day(world, int(np.flatnonzero(named & ~world.scenario.calendar.working)[-1]))


@plants("R-H2", "visit.on_day_off")
def visit_on_sunday(world: World) -> None:
    calendar = world.scenario.calendar
    plain = ~calendar.working & (np.array(calendar.holiday, dtype=object) == "")
    _move_to_day(world, int(np.flatnonzero(plain)[0]))


@plants("R-H2", "visit.in_meeting")
def visit_in_saturday_review(world: World) -> None:
    calendar = world.scenario.calendar
    saturday = (calendar.weekday == 5) & calendar.working & ~calendar.month_end
    _move_to_day(world, int(np.flatnonzero(saturday)[3]))
    v = world["visits"]
    _shift(world, first(v, v["weekday"] == "sat"), 15 * 60 + 10)


@plants("R-H2", "visit.in_meeting")
def visit_on_month_end(world: World) -> None:
    _move_to_day(world, int(np.flatnonzero(world.scenario.calendar.month_end)[4]))


@plants("R-H2", "visit.in_meeting")
def visit_in_morning_meeting(world: World) -> None:
    _shift(world, _any_visit(world), 9 * 60 + 20)


@plants("R-V2", "visit.length")
def visit_too_short(world: World) -> None:
    row = _any_visit(world)
    world.change("visits", row, end=clock(minutes(world["visits"].loc[row, "end"]) - 1))


@plants("R-V2", "visit.customer_closed")
def visit_outside_opening(world: World) -> None:
    who, v = world.scenario.customers, world["visits"]
    limited = who.customer_id[(who.window_close != NONE) & (who.window_close < 14 * 60)]
    _shift(world, first(v, v["customer_id"].isin(limited)), 15 * 60)


@plants("R-A5", "visit.wrong_rep")
def visit_by_wrong_rep(world: World) -> None:
    row = _any_visit(world)
    others = [rep for rep in world.scenario.reps.rep_id if rep != world["visits"].loc[row, "rep_id"]]
    world.change("visits", row, rep_id=others[0])


@plants("R-N4", "visit.before_hired")
def visit_before_hired(world: World) -> None:
    reps, calendar, v = world.scenario.reps, world.scenario.calendar, world["visits"]
    late = reps.rep_id[reps.hired_day > 20]
    row = first(v, v["rep_id"].isin(late))
    day = int(np.flatnonzero(calendar.working)[5])
    world.change("visits", row, date=str(calendar.date_of(day)))


@plants("R-A5", "customer.stranger")
def visit_to_stranger(world: World) -> None:
    world.change("visits", _any_visit(world), customer_id="nobody")


@plants("R-V1", "visit.outside_year")
def visit_next_year(world: World) -> None:
    calendar = world.scenario.calendar
    world.change("visits", _any_visit(world), date=str(calendar.date_of(calendar.days + 3)))


@plants("R-V1", "visit.weekday")
def wrong_weekday(world: World) -> None:
    row = _any_visit(world)
    world.change("visits", row, weekday="tue" if world["visits"].loc[row, "weekday"] == "mon" else "mon")


@plants("R-S1", "visit.tier")
def visit_with_wrong_tier(world: World) -> None:
    row = _any_visit(world)
    world.change("visits", row, tier="D" if world["visits"].loc[row, "tier"] == "A" else "A")


@plants("R-V2", "visit.moved_too_far")
def moved_too_far(world: World) -> None:
    v = world["visits"]
    row = first(v, pd.to_datetime(v["date"]).dt.month == 6)
    when = date.fromisoformat(v.loc[row, "date"]) - timedelta(days=world.scenario.settings.visits.shift_days + 1)
    world.change("visits", row, moved_from=str(when))


@plants("R-V2", "visit.overlap")
def rep_in_two_places(world: World) -> None:
    v = world["visits"]
    second = first(v, v.duplicated(["date", "rep_id"]) & (v["date"] == v["date"].shift()))
    _shift(world, second, minutes(v.loc[second - 1, "start"]) + 5)


# ---------------------------------------------------------------- frequency


@plants("R-V1", "visits.too_few")
def visit_lost(world: World) -> None:
    v = world["visits"]
    world.drop("visits", first(v, pd.to_datetime(v["date"]).dt.month == 5))


@plants("R-V1", "visits.too_many")
def visit_too_many(world: World) -> None:
    v = world["visits"]
    row = first(v, (v["tier"] == "A") & (pd.to_datetime(v["date"]).dt.month == 5))
    extra = date.fromisoformat(v.loc[row, "date"]) + timedelta(days=1)
    world.add("visits", v.loc[row], date=str(extra))


@plants("R-V1", "visit.too_close")
def spacing_too_short(world: World) -> None:
    _next_visit_at(world, days=1)


@plants("R-V1", "visit.too_far_apart")
def spacing_too_long(world: World) -> None:
    _next_visit_at(world, days=25)


def _next_visit_at(world: World, days: int) -> None:
    """Put a customer's only visits of a quiet time the given days apart: drop what lies between, move the next one."""
    v, u = world["visits"], world["unserved"]
    calm = v[~v["customer_id"].isin(u["customer_id"]) & (v["tier"] != "A")]
    calm = calm if len(calm) else v[v["tier"] == "B"]
    customer = calm["customer_id"].iloc[0]
    mine = v[(v["customer_id"] == customer) & (pd.to_datetime(v["date"]).dt.month >= 5)]
    if len(mine) < 3:
        raise Nowhere
    start = date.fromisoformat(mine["date"].iloc[0])
    target = start + timedelta(days=days)
    later = [row for row in mine.index[1:] if date.fromisoformat(mine.loc[row, "date"]) <= target]
    row = later[-1] if later else mine.index[1]
    world.change("visits", row, date=str(target))
    world.tables["visits"] = (
        world["visits"].drop(index=[other for other in later if other != row]).reset_index(drop=True)
    )


# ---------------------------------------------------------------- unserved


@plants("R-V1", "visits.too_few")
def unserved_not_listed(world: World) -> None:
    u = world["unserved"]
    complete = (pd.to_datetime(u["planned_date"]).dt.month >= 3) & (pd.to_datetime(u["planned_date"]).dt.month <= 10)
    world.drop("unserved", first(u, complete))


def _false_cause(world: World, cause: str, detail: str, where: Callable[[pd.DataFrame], Any]) -> None:
    u = world["unserved"]
    world.change("unserved", first(u, where(u)), cause=cause, detail=detail)


@plants("R-V1", "cause.holiday")
def holiday_that_is_none(world: World) -> None:
    _false_cause(world, "holiday", "National Day", lambda u: u["cause"] == "capacity")


@plants("R-V1", "cause.holiday")
def holiday_with_wrong_name(world: World) -> None:
    _false_cause(world, "holiday", "Christmas", lambda u: u["cause"] == "holiday")


@plants("R-V1", "cause.meeting")
def meeting_that_is_none(world: World) -> None:
    _false_cause(world, "meeting", "monthly report", lambda u: u["cause"] == "capacity")


@plants("R-V1", "cause.capacity")
def capacity_on_a_holiday(world: World) -> None:
    _false_cause(world, "capacity", "20", lambda u: u["cause"] == "holiday")


@plants("R-V1", "cause.not_hired")
def not_hired_but_there(world: World) -> None:
    _false_cause(world, "not_hired", "", lambda u: u["cause"] == "holiday")


@plants("R-V1", "cause.unreachable")
def unreachable_but_near(world: World) -> None:
    _false_cause(world, "unreachable", "", lambda u: u["cause"] == "capacity")


@plants("R-V1", "cause.closed")
def closed_but_open(world: World) -> None:
    _false_cause(world, "closed", "", lambda u: u["cause"] == "capacity")


@plants("R-V1", "cause.end_of_year")
def end_of_year_in_spring(world: World) -> None:
    _false_cause(world, "end_of_year", "", lambda u: u["cause"] == "capacity")


@plants("R-V1", "unserved.cause_unknown")
def cause_unknown(world: World) -> None:
    _false_cause(world, "weather", "", lambda u: u["cause"] == "holiday")


@plants("R-V1", "unserved.outside_year")
def unserved_outside_year(world: World) -> None:
    world.change("unserved", 0, planned_date="2031-01-01")


@plants("R-A5", "unserved.wrong_rep")
def unserved_of_wrong_rep(world: World) -> None:
    u = world["unserved"]
    others = [rep for rep in world.scenario.reps.rep_id if rep != u.loc[0, "rep_id"]]
    world.change("unserved", 0, rep_id=others[0])


# ---------------------------------------------------------------- travel and days


@plants("R-V2", "leg.minutes")
def travel_shortened(world: World) -> None:
    row = _any_visit(world)
    world.change("visits", row, travel_minutes=int(world["visits"].loc[row, "travel_minutes"]) - 1)


@plants("R-V2", "leg.km")
def km_shortened(world: World) -> None:
    row = _any_visit(world)
    world.change("visits", row, travel_km=float(world["visits"].loc[row, "travel_km"]) - 0.05)


@plants("R-V2", "leg.minutes")
def swapped_visits(world: World) -> None:
    v = world["visits"]
    with_next = (v["date"] == v["date"].shift(-1)) & (v["rep_id"] == v["rep_id"].shift(-1))
    unlike = (v["customer_id"] != v["customer_id"].shift(-1)) & (v["travel_minutes"] != v["travel_minutes"].shift(-1))
    row = first(v, with_next & unlike)
    a, b = v.loc[row, "customer_id"], v.loc[row + 1, "customer_id"]
    world.change("visits", row, customer_id=b)
    world.change("visits", row + 1, customer_id=a)


@plants("R-V2", "leg.too_short")
def no_time_to_travel(world: World) -> None:
    v = world["visits"]
    same = (v["date"] == v["date"].shift()) & (v["rep_id"] == v["rep_id"].shift()) & (v["travel_minutes"] > 5)
    row = first(v, same)
    _shift(world, row, minutes(v.loc[row - 1, "end"]) + int(v.loc[row, "travel_minutes"]) - 1)


@plants("R-V2", "leg.too_short")
def leaves_home_too_late(world: World) -> None:
    row = _any_visit(world)
    world.change("days", _route(world, row), depart=world["visits"].loc[row, "start"])


@plants("R-H2", "day.departs_early")
def leaves_before_allowed(world: World) -> None:
    world.change("days", 0, depart="09:29")


@plants("R-H2", "day.returns_late")
def returns_too_late(world: World) -> None:
    d = world["days"]
    world.change("days", first(d, d["trip"] == ""), back="18:01")


@plants("R-H2", "day.returns_late")
def trip_returns_too_late(world: World) -> None:
    d = world["days"]
    world.change("days", first(d, d["trip"] != ""), back="22:01")


@plants("R-V2", "day.returns_too_soon")
def returns_too_soon(world: World) -> None:
    d, v = world["days"], world["visits"]
    row = first(d, d["trip"] == "")
    last = v[(v["date"] == d.loc[row, "date"]) & (v["rep_id"] == d.loc[row, "rep_id"])]["end"].max()
    world.change("days", row, back=last)


@plants("R-V2", "day.travel_minutes")
def day_total_wrong(world: World) -> None:
    world.change("days", 0, travel_minutes=int(world["days"].loc[0, "travel_minutes"]) + 1)


@plants("R-V2", "day.travel_km")
def day_km_wrong(world: World) -> None:
    world.change("days", 0, travel_km=float(world["days"].loc[0, "travel_km"]) + 0.5)


@plants("R-V2", "day.missing")
def day_missing(world: World) -> None:
    world.drop("days", 0)


@plants("R-V2", "day.twice")
def day_twice(world: World) -> None:
    world.add("days", world["days"].loc[0])


@plants("R-V2", "day.without_visits")
def day_without_visits(world: World) -> None:
    world.add("days", world["days"].loc[0], date="2026-12-31")
    d = world["visits"]
    world.tables["visits"] = d[d["date"] != "2026-12-31"].reset_index(drop=True)


# ---------------------------------------------------------------- trips


@plants("R-V3", "night.without_trip")
def night_without_trip(world: World) -> None:
    d = world["days"]
    world.change("days", first(d, d["trip"] == ""), end_place="lodging")


@plants("R-V3", "trip.start_place")
def wakes_up_at_home(world: World) -> None:
    d = world["days"]
    world.change("days", first(d, d["start_place"] == "lodging"), start_place="base")


@plants("R-V3", "trip.end_place")
def night_at_home(world: World) -> None:
    d = world["days"]
    world.change("days", first(d, d["end_place"] == "lodging"), end_place="base")


@plants("R-V3", "trip.differs")
def visit_off_its_trip(world: World) -> None:
    v = world["visits"]
    world.change("visits", first(v, v["trip"] != ""), trip="99")


@plants("R-V3", "trip.broken")
def trip_with_a_hole(world: World) -> None:
    v, d = world["visits"], world["days"]
    long = d[d["trip"] != ""].groupby(["rep_id", "trip"])["date"].agg(["min", "max", "count"])
    long = long[long["count"] >= 3]
    if long.empty:
        raise Nowhere
    rep, trip = long.index[0]
    middle = d[(d["rep_id"] == rep) & (d["trip"] == trip)]["date"].sort_values().iloc[1]
    world.tables["days"] = d[(d["rep_id"] != rep) | (d["date"] != middle)].reset_index(drop=True)
    world.tables["visits"] = v[(v["rep_id"] != rep) | (v["date"] != middle)].reset_index(drop=True)


@plants("R-V3", "trip.too_long")
def trip_too_long(world: World) -> None:
    d = world["days"]
    if not (d["end_place"] == "lodging").any():
        raise Nowhere
    world.scenario = world.scenario.replace(visits={"trip_max_days": 1})


@plants("R-V3", "trip.needed")
def far_customer_without_trip(world: World) -> None:
    for table in ("visits", "days"):
        if not (world[table]["trip"] != "").any():
            raise Nowhere
        world[table]["trip"] = ""


# ---------------------------------------------------------------- territories


@plants("R-A5", "customer.twice")
def customer_with_two_reps(world: World) -> None:
    c = world["customers"]
    others = [rep for rep in world.scenario.reps.rep_id if rep != c.loc[0, "rep_id"]]
    world.add("customers", c.loc[0], rep_id=others[0])


@plants("R-A5", "customer.missing")
def customer_missing(world: World) -> None:
    world.drop("customers", 3)


@plants("R-A5", "customer.stranger")
def stranger(world: World) -> None:
    world.add("customers", world["customers"].loc[0], customer_id="nobody")


@plants("R-A5", "rep.stranger")
def unknown_rep(world: World) -> None:
    world.change("customers", 0, rep_id="nobody")


def _give(world: World, customer: str, rep: str) -> None:
    c = world["customers"]
    world.change("customers", first(c, c["customer_id"] == customer), rep_id=rep)


def _other_rep(world: World, customer: str) -> str:
    c = world["customers"]
    owner = c.loc[first(c, c["customer_id"] == customer), "rep_id"]
    return str(next(rep for rep in world.scenario.reps.rep_id if rep != owner))


@plants("R-A7", "lock.moved")
def lock_moved(world: World) -> None:
    c = world["customers"]
    name = c.loc[first(c, c["locked_rep"] != ""), "customer_id"]
    _give(world, name, _other_rep(world, name))


@plants("R-A6", "line.not_sold")
def line_not_sold(world: World) -> None:
    c, reps = world["customers"], world.scenario.reps
    for rep, lines in zip(reps.rep_id, reps.product_lines, strict=True):
        if lines:
            _give(world, c.loc[first(c, ~c["product_line"].isin(lines)), "customer_id"], rep)
            return
    raise Nowhere


@plants("R-A1", "home_city.not_manager")
def home_city_given_away(world: World) -> None:
    c, city = world["customers"], world.scenario.settings.territories.home_city
    if not city:
        raise Nowhere
    name = c.loc[first(c, c["city"] == city), "customer_id"]
    _give(world, name, _other_rep(world, name))


@plants("R-A7", "together.split")
def group_split(world: World) -> None:
    groups = world.scenario.settings.territories.together
    if not groups:
        raise Nowhere
    _give(world, groups[0][0], _other_rep(world, groups[0][0]))


@plants("R-A7", "apart.joined")
def pair_joined(world: World) -> None:
    pairs, c = world.scenario.settings.territories.apart, world["customers"]
    if not pairs:
        raise Nowhere
    _give(world, pairs[0][0], c.loc[first(c, c["customer_id"] == pairs[0][1]), "rep_id"])


@plants("R-A2", "balance.off")
def one_rep_for_all(world: World) -> None:
    if len(world.scenario.reps) < 2:
        raise Nowhere
    world.scenario = world.scenario.replace(territories={"balance": {"customers": 0.1}})
    world.tables["summary"] = {}
    world["customers"]["rep_id"] = world.scenario.reps.rep_id[0]


@plants("R-A2", "balance.off")
def tolerance_overstepped(world: World) -> None:
    world["summary"]["plan"]["tolerance"] = {"customers": 0.01}
    world.scenario = world.scenario.replace(territories={"balance": {"customers": 0.01}})


@plants("R-V1", "frequency.differs")
def wrong_tier(world: World) -> None:
    c = world["customers"]
    world.change("customers", first(c, c["tier"] == "A"), tier="D")


@plants("R-S1", "tier.not_given")
def tier_not_the_given(world: World) -> None:
    if world.scenario.settings.tiers.method != "given":
        raise Nowhere
    c = world["customers"]
    world.change("customers", first(c, c["tier"] == "B"), tier="C")


@plants("R-V1", "frequency.differs")
def wrong_minutes(world: World) -> None:
    world.change("customers", 0, visit_minutes=21)


@plants("R-D2", "customer.differs")
def sales_made_up(world: World) -> None:
    world.change("customers", 0, annual_sales=cents_more(world["customers"].loc[0, "annual_sales"]))


@plants("R-T1", "territory.sum")
def territory_target_wrong(world: World) -> None:
    world.change("territories", 0, target=cents_more(world["territories"].loc[0, "target"]))


@plants("R-A5", "territory.sum")
def territory_count_wrong(world: World) -> None:
    world.change("territories", 0, customers=int(world["territories"].loc[0, "customers"]) + 1)


@plants("R-V5", "territory.sum")
def territory_visits_wrong(world: World) -> None:
    world.change("territories", 0, planned_visits=int(world["territories"].loc[0, "planned_visits"]) - 1)


@plants("R-D2", "rep.missing")
def rep_not_listed(world: World) -> None:
    world.drop("territories", 0)


# ---------------------------------------------------------------- money


def _cent_off(world: World, level: str, kind: str) -> None:
    t = world["targets"]
    row = first(t, (t["level"] == level) & (t["period_kind"] == kind))
    world.change("targets", row, target=cents_more(t.loc[row, "target"]))


@plants("R-T1", "target.sum")
def cent_lost_at_total_year(world: World) -> None:
    _cent_off(world, "total", "year")


@plants("R-T1", "target.sum")
def cent_lost_at_quarter(world: World) -> None:
    _cent_off(world, "rep", "quarter")


@plants("R-T1", "target.sum")
def cent_lost_at_rep_month(world: World) -> None:
    _cent_off(world, "rep", "month")


@plants("R-T1", "target.sum")
def cent_lost_at_region_week(world: World) -> None:
    _cent_off(world, "region", "week")


@plants("R-T1", "target.sum")
def cent_lost_at_customer_month(world: World) -> None:
    _cent_off(world, "customer", "month")


@plants("R-T1", "target.customer_differs")
def cent_lost_in_customers(world: World) -> None:
    world.change("customers", 0, target=cents_more(world["customers"].loc[0, "target"]))


@plants("R-T1", "target.sum")
def cent_moved_between_reps(world: World) -> None:
    """Every level still has the same total, but two reps no longer carry their customers' sum."""
    t = world["targets"]
    rows = t.index[(t["level"] == "rep") & (t["period_kind"] == "year")]
    if len(rows) < 2:
        raise Nowhere
    for row, cents in zip(rows[:2], (1, -1), strict=True):
        world.change("targets", row, target=cents_more(t.loc[row, "target"], cents))


@plants("R-T1", "target.missing")
def period_missing(world: World) -> None:
    t = world["targets"]
    world.drop("targets", first(t, (t["level"] == "customer") & (t["period_kind"] == "month")))


@plants("R-T1", "target.twice")
def period_twice(world: World) -> None:
    world.add("targets", world["targets"].loc[0])


@plants("R-T1", "target.stranger")
def target_of_stranger(world: World) -> None:
    t = world["targets"]
    world.change("targets", first(t, t["level"] == "customer"), id="nobody")


@plants("R-T5", "target.not_the_task")
def another_task(world: World) -> None:
    annual = world.scenario.settings.targets.annual
    if annual is None:
        raise Nowhere
    world.scenario = world.scenario.replace(targets={"annual": annual + 1})


@plants("R-T6", "target.not_the_phase")
def another_phase(world: World) -> None:
    phases = world.scenario.settings.targets.phases
    if not phases:
        raise Nowhere
    changed = dataclasses.replace(phases[0], per_rep_month=phases[0].per_rep_month + 1)
    world.scenario = world.scenario.replace(targets={"phases": (changed, *phases[1:])})


@plants("R-A4", "move.missing")
def move_not_listed(world: World) -> None:
    world.drop("moves", first(world["moves"], world["moves"]["customer_id"] != ""))


@plants("R-A4", "move.not_moved")
def move_made_up(world: World) -> None:
    c, m = world["customers"], world["moves"]
    stays = c.loc[first(c, c["current_rep"] == c["rep_id"]), "customer_id"]
    world.add("moves", m.loc[first(m, m["customer_id"] != "")], customer_id=stays)


@plants("R-A4", "move.loss")
def move_priced_wrong(world: World) -> None:
    m = world["moves"]
    row = first(m, m["customer_id"] != "")
    world.change("moves", row, expected_loss=cents_more(m.loc[row, "expected_loss"], 2))


# ---------------------------------------------------------------- headcount


def _headcount(world: World, item: str, change: Callable[[float], float]) -> None:
    h = world["headcount"]
    row = first(h, h["item"] == item)
    world.change("headcount", row, value=change(float(h.loc[row, "value"])))


@plants("R-H1", "headcount.below_bound")
def headcount_below_bound(world: World) -> None:
    h = world["headcount"]
    needed = float(h.loc[first(h, h["item"] == "needed"), "value"])
    _headcount(world, "lower_bound", lambda _: needed + 1)


@plants("R-H1", "headcount.too_few")
def headcount_nobody(world: World) -> None:
    _headcount(world, "lower_bound", lambda _: 0.0)
    _headcount(world, "needed", lambda _: 0.0)


@plants("R-H1", "headcount.differs")
def face_minutes_wrong(world: World) -> None:
    _headcount(world, "face_minutes_per_week", lambda value: value + 20)


@plants("R-H2", "headcount.differs")
def capacity_without_holidays(world: World) -> None:
    _headcount(world, "capacity_minutes_per_week", lambda value: value * 1.05)


# ---------------------------------------------------------------- years, ledger, verdict


def _year(world: World, column: str, change: Callable[[Any], Any]) -> None:
    if "years" not in world.tables:
        raise Nowhere
    world.change("years", 0, **{column: change(world["years"].loc[0, column])})


@plants("R-P1", "deals.not_conserved")
def deal_lost_from_sight(world: World) -> None:
    _year(world, "won", lambda won: int(won) + 1)


@plants("R-N1", "people.not_conserved")
def person_from_nowhere(world: World) -> None:
    _year(world, "reps_at_end", lambda reps: int(reps) + 1)


@plants("R-B7", "cash.not_conserved")
def cash_from_nowhere(world: World) -> None:
    _year(world, "closing_cash", cents_more)


@plants("R-B7", "cash.lowest")
def lowest_cash_too_high(world: World) -> None:
    _year(world, "lowest_cash", lambda _: "99999999999.00")


@plants("R-V5", "visits.more_than_planned")
def more_done_than_planned(world: World) -> None:
    _year(world, "visits_done", lambda _: int(world["years"].loc[0, "visits_planned"]) + 1)


@plants("R-D1", "year.twice")
def year_twice(world: World) -> None:
    _year(world, "replication", lambda _: 1)


@plants("R-E8", "month.quantiles")
def quantiles_out_of_order(world: World) -> None:
    if "months" not in world.tables:
        raise Nowhere
    world.change("months", 0, p10=float(world["months"].loc[0, "p90"]) + 1)


def _ledger(world: World) -> pd.DataFrame:
    if "ledger" not in world.tables:
        raise Nowhere
    return world["ledger"]


def _rebalance(world: World) -> None:
    ledger = world["ledger"]
    cents = [round(float(amount) * 100) for amount in ledger["amount"]]
    balance = world.scenario.settings.budget.opening_cash + np.cumsum(cents)
    ledger["balance"] = [f"{value / 100:.2f}" for value in balance]


@plants("R-B7", "ledger.balance")
def balance_off(world: World) -> None:
    ledger = _ledger(world)
    world.change("ledger", 4, balance=cents_more(ledger.loc[4, "balance"]))


@plants("R-B7", "ledger.order")
def ledger_out_of_order(world: World) -> None:
    ledger = _ledger(world)
    last = len(ledger) - 1
    world.change("ledger", last, date=ledger.loc[0, "date"])


@plants("R-B1", "setup.missing")
def setup_line_missing(world: World) -> None:
    ledger = _ledger(world)
    world.drop("ledger", first(ledger, ledger["item"] == world.scenario.settings.budget.setup[1].name))
    _rebalance(world)


@plants("R-B1", "setup.missing")
def setup_line_too_dear(world: World) -> None:
    ledger = _ledger(world)
    row = first(ledger, ledger["item"] == world.scenario.settings.budget.setup[1].name)
    world.change("ledger", row, amount=cents_more(ledger.loc[row, "amount"], -100))
    _rebalance(world)


@plants("R-B2", "monthly.differs")
def monthly_line_missing(world: World) -> None:
    ledger = _ledger(world)
    world.drop("ledger", first(ledger, ledger["category"] == "office"))
    _rebalance(world)


@plants("R-B2", "monthly.differs")
def gifts_over_budget(world: World) -> None:
    ledger = _ledger(world)
    row = first(ledger, ledger["category"] == "entertainment")
    world.change("ledger", row, amount=cents_more(ledger.loc[row, "amount"], -1))
    _rebalance(world)


@plants("R-B2", "item.unapproved")
def item_unapproved(world: World) -> None:
    ledger = _ledger(world)
    row = first(ledger, (ledger["category"] == "entertainment") & (ledger["approved_by"] != ""))
    world.change("ledger", row, approved_by="")


@plants("R-B7", "ledger.no_such_year")
def ledger_of_another_year(world: World) -> None:
    ledger = _ledger(world)
    row = first(ledger, ledger["category"] == "collection")
    world.change("ledger", row, amount=cents_more(ledger.loc[row, "amount"]))
    _rebalance(world)


@plants("R-T4", "verdict.hits")
def target_hits_made_up(world: World) -> None:
    chances = _chances(world)
    chances["target"] = {**chances["target"], "hits": (int(chances["target"]["hits"]) + 1) % 7}


@plants("R-B7", "verdict.hits")
def cash_hits_made_up(world: World) -> None:
    chances = _chances(world)
    chances["cash"] = {**chances["cash"], "hits": abs(int(chances["cash"]["hits"]) - 1)}


@plants("R-D1", "verdict.status")
def status_made_up(world: World) -> None:
    _chances(world)
    world["verdict"]["status"] = "feasible" if world["verdict"]["status"] != "feasible" else "at_risk"


@plants("R-D1", "verdict.interval")
def interval_made_up(world: World) -> None:
    _chances(world)["joint"]["low"] = 0.99
    _chances(world)["joint"]["high"] = 0.999


def _chances(world: World) -> dict[str, Any]:
    if "verdict" not in world.tables:
        raise Nowhere
    chances: dict[str, Any] = world["verdict"]["probabilities"]
    return chances


# ---------------------------------------------------------------- cells


@plants("format", "cell.unreadable")
def unreadable_time(world: World) -> None:
    world.change("visits", 0, start="half past nine")


@plants("format", "cell.unreadable")
def unreadable_money(world: World) -> None:
    world.change("targets", 0, target="1,234")


@plants("format", "column.missing")
def column_missing(world: World) -> None:
    world.tables["visits"] = world["visits"].drop(columns="travel_km")


@plants("format", "table.missing")
def table_missing(world: World) -> None:
    del world.tables["days"]
