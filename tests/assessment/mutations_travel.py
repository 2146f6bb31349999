"""Faults of ways, days and trips."""

from __future__ import annotations

from tests.assessment.planting import (
    Nowhere,
    World,
    any_visit,
    first,
    minutes,
    plants,
    route,
    shift,
)


@plants("R-V2", "leg.minutes")
def travel_shortened(world: World) -> None:
    row = any_visit(world)
    world.change("visits", row, travel_minutes=int(world["visits"].loc[row, "travel_minutes"]) - 1)


@plants("R-V2", "leg.km")
def km_shortened(world: World) -> None:
    row = any_visit(world)
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
    shift(world, row, minutes(v.loc[row - 1, "end"]) + int(v.loc[row, "travel_minutes"]) - 1)


@plants("R-V2", "leg.too_short")
def leaves_home_too_late(world: World) -> None:
    row = any_visit(world)
    world.change("days", route(world, row), depart=world["visits"].loc[row, "start"])


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


@plants("R-V3", "trip.too_early")
def trip_before_its_approval(world: World) -> None:
    if not (world["days"]["end_place"] == "lodging").any():
        raise Nowhere
    world.scenario = world.scenario.replace(budget={"approval_days": 200})


@plants("R-V3", "trip.needed")
def far_customer_without_trip(world: World) -> None:
    for table in ("visits", "days"):
        if not (world[table]["trip"] != "").any():
            raise Nowhere
        world[table]["trip"] = ""
