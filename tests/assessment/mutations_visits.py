"""Faults of single visits, of their rhythm and of visits that are not made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from territory.domain.customers import NONE
from tests.assessment.planting import (
    Nowhere,
    World,
    any_visit,
    clock,
    first,
    minutes,
    move_to_day,
    plants,
    shift,
)


@plants("R-V1", "visit.twice_a_day")
def doubled_visit(world: World) -> None:
    row = any_visit(world)
    world.add("visits", world["visits"].loc[row])


@plants("R-V2", "visit.outside_window")
def visit_at_lunch(world: World) -> None:
    shift(world, any_visit(world), 12 * 60 + 40)


@plants("R-V2", "visit.outside_window")
def visit_runs_into_lunch(world: World) -> None:
    shift(world, any_visit(world), 12 * 60 + 30 - 19)


@plants("R-H2", "visit.on_holiday")
def visit_on_holiday(world: World) -> None:
    named = np.array(world.scenario.calendar.holiday, dtype=object) != ""
    move_to_day(world, int(np.flatnonzero(named & ~world.scenario.calendar.working)[-1]))


@plants("R-H2", "visit.on_day_off")
def visit_on_sunday(world: World) -> None:
    calendar = world.scenario.calendar
    plain = ~calendar.working & (np.array(calendar.holiday, dtype=object) == "")
    move_to_day(world, int(np.flatnonzero(plain)[0]))


@plants("R-H2", "visit.in_meeting")
def visit_in_saturday_review(world: World) -> None:
    calendar = world.scenario.calendar
    saturday = (calendar.weekday == 5) & calendar.working & ~calendar.month_end
    move_to_day(world, int(np.flatnonzero(saturday)[3]))
    v = world["visits"]
    shift(world, first(v, v["weekday"] == "sat"), 15 * 60 + 10)


@plants("R-H2", "visit.in_meeting")
def visit_on_month_end(world: World) -> None:
    move_to_day(world, int(np.flatnonzero(world.scenario.calendar.month_end)[4]))


@plants("R-H2", "visit.in_meeting")
def visit_in_morning_meeting(world: World) -> None:
    shift(world, any_visit(world), 9 * 60 + 20)


@plants("R-V2", "visit.length")
def visit_too_short(world: World) -> None:
    row = any_visit(world)
    world.change("visits", row, end=clock(minutes(world["visits"].loc[row, "end"]) - 1))


@plants("R-V2", "visit.customer_closed")
def visit_outside_opening(world: World) -> None:
    who, v = world.scenario.customers, world["visits"]
    limited = who.customer_id[(who.window_close != NONE) & (who.window_close < 14 * 60)]
    shift(world, first(v, v["customer_id"].isin(limited)), 15 * 60)


@plants("R-A5", "visit.wrong_rep")
def visit_by_wrong_rep(world: World) -> None:
    row = any_visit(world)
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
    world.change("visits", any_visit(world), customer_id="nobody")


@plants("R-V1", "visit.outside_year")
def visit_next_year(world: World) -> None:
    calendar = world.scenario.calendar
    world.change("visits", any_visit(world), date=str(calendar.date_of(calendar.days + 3)))


@plants("R-V1", "visit.weekday")
def wrong_weekday(world: World) -> None:
    row = any_visit(world)
    world.change("visits", row, weekday="tue" if world["visits"].loc[row, "weekday"] == "mon" else "mon")


@plants("R-S1", "visit.tier")
def visit_with_wrong_tier(world: World) -> None:
    row = any_visit(world)
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
    shift(world, second, minutes(v.loc[second - 1, "start"]) + 5)


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


@plants("R-V1", "cause.unapproved")
def unapproved_in_spring(world: World) -> None:
    _false_cause(world, "unapproved", "", lambda u: u["cause"] == "capacity")


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
