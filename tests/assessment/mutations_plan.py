"""Faults of territories, targets, moves and headcount."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from tests.assessment.planting import (
    Nowhere,
    World,
    cents_more,
    first,
    plants,
)


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
