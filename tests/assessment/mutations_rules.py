"""Faults against rules that a scenario may add: changes of hands, connected territories, absences, appointments, calls.

Where a plan keeps to a rule that its scenario does not have, the rule is added to the scenario after the plan was made.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.absences import Absences
from territory.domain.appointments import Appointments
from territory.domain.customers import NONE
from tests.assessment.planting import Nowhere, World, any_visit, clock, first, minutes, plants, route, shift


def _rules(world: World, **tables: dict[str, object]) -> None:
    world.scenario = world.scenario.replace(**tables)


def _changes_of_hands(world: World) -> None:
    if not len(world.tables["moves"]):
        raise Nowhere


@plants("R-A4", "moved.customers")
def more_customers_moved_than_allowed(world: World) -> None:
    _changes_of_hands(world)
    _rules(world, territories={"max_moved_share": 0.0})


@plants("R-A4", "moved.sales")
def more_sales_moved_than_allowed(world: World) -> None:
    _changes_of_hands(world)
    _rules(world, territories={"max_moved_sales_share": 0.0})


@plants("R-A2", "territory.apart")
def territory_in_pieces(world: World) -> None:
    """Two lines of customers, each with every second customer of either rep."""
    who, reps = world.scenario.customers, world.scenario.reps
    count = len(who)
    nobody = np.full(count, NONE, dtype=np.int64)
    line = np.arange(count) * 0.01
    everything: tuple[frozenset[str], ...] = (frozenset(),) * len(reps)
    world.scenario = world.scenario.replace(
        customers=dataclasses.replace(who, lat=34.0 + line, lon=108.0 + line, locked_rep=nobody),
        reps=dataclasses.replace(reps, product_lines=everything, hired_day=np.zeros(len(reps), dtype=np.int64)),
        territories={"contiguous": True, "home_city": "", "together": (), "apart": (), "balance": {"customers": 9.0}},
    )
    for row in range(count):
        world.change("customers", row, rep_id=reps.rep_id[row % 2])


def _moved_row(world: World) -> int:
    return first(world["moves"], world["moves"]["customer_id"] != "")


@plants("R-A4", "move.twice")
def move_listed_twice(world: World) -> None:
    world.add("moves", world["moves"].loc[_moved_row(world)])


@plants("R-A4", "move.reps")
def move_between_other_reps(world: World) -> None:
    row = _moved_row(world)
    world.change("moves", row, to_rep=world["moves"].loc[row, "from_rep"])


@plants("R-A4", "move.sales")
def move_with_other_sales(world: World) -> None:
    world.change("moves", _moved_row(world), annual_sales="0.01")


@plants("R-D2", "rep.twice")
def rep_listed_twice(world: World) -> None:
    world.add("territories", world["territories"].loc[0])


@plants("R-H1", "headcount.missing")
def headcount_figure_missing(world: World) -> None:
    world.drop("headcount", first(world["headcount"], world["headcount"]["item"] == "needed"))


@plants("R-H1", "headcount.share")
def more_carried_than_everything(world: World) -> None:
    h = world["headcount"]
    world.change("headcount", first(h, h["item"] == "carried_share"), value=1.2)


@plants("R-S1", "tier.no_cut")
def grades_without_a_cut(world: World) -> None:
    """The customer with the largest potential graded d, the one with the smallest graded a."""
    _rules(world, tiers={"method": "matrix"})
    order = np.argsort(world.scenario.customers.potential_cents)
    c, ids = world["customers"], world.scenario.customers.customer_id
    for customer, tier in ((order[0], "A"), (order[-1], "D")):
        world.change("customers", first(c, c["customer_id"] == ids[customer]), tier=tier)


@plants("R-S1", "unserved.tier")
def unserved_with_wrong_tier(world: World) -> None:
    u = world["unserved"]
    row = first(u, u["tier"] != "A")
    world.change("unserved", row, tier="A")


@plants("R-V2", "day.stranger")
def day_of_nobody(world: World) -> None:
    world.change("days", 0, rep_id="nobody")


@plants("R-H3", "day.free_minutes")
def free_minutes_made_up(world: World) -> None:
    world.change("days", 0, free_minutes=int(world["days"].loc[0, "free_minutes"]) + 1)


@plants("R-H3", "day.calls")
def more_calls_than_time(world: World) -> None:
    world.change("days", 0, calls=1000)


@plants("R-V1", "visit.same_day")
def exclusive_customers_on_one_day(world: World) -> None:
    v = world["visits"]
    row = first(v, v.duplicated(["date", "rep_id"], keep=False))
    same = v[(v["date"] == v.loc[row, "date"]) & (v["rep_id"] == v.loc[row, "rep_id"])]["customer_id"].tolist()
    _rules(world, visits={"never_same_day": ((str(same[0]), str(same[1])),)})


def _absent(world: World, row: int, table: str, column: str) -> None:
    """Let the rep of a row be absent on its day."""
    day = np.array([world.day(str(world[table].loc[row, column]))])
    rep = np.array([world[table].loc[row, "rep_id"]], dtype=object)
    world.scenario = world.scenario.replace(absences=Absences(rep, day, day, np.array(["training"], dtype=object)))


@plants("R-H2", "visit.while_absent")
def visit_while_absent(world: World) -> None:
    _absent(world, any_visit(world), "visits", "date")


@plants("R-V1", "cause.absent")
def absent_for_another_reason(world: World) -> None:
    row = first(world["unserved"], world["unserved"]["cause"] == "capacity")
    _absent(world, row, "unserved", "planned_date")
    world.change("unserved", row, cause="absent", detail="leave")


@plants("R-N4", "visit.after_left")
def visit_after_leaving(world: World) -> None:
    v, reps = world["visits"], world.scenario.reps
    last = reps.left_day.copy()
    last[list(reps.rep_id).index(v["rep_id"].iloc[-1])] = world.day(str(v["date"].iloc[-1])) - 1
    world.scenario = world.scenario.replace(reps=dataclasses.replace(reps, left_day=last))


@plants("R-V1", "cause.left")
def left_but_still_there(world: World) -> None:
    u = world["unserved"]
    world.change("unserved", first(u, u["cause"] == "capacity"), cause="left", detail="")


@plants("R-V1", "cause.start_of_year")
def start_of_year_in_summer(world: World) -> None:
    u = world["unserved"]
    row = first(u, (u["cause"] == "capacity") & (u["planned_date"].astype(str).str[5:7] > "03"))
    world.change("unserved", row, cause="start_of_year", detail="")


def _book(world: World, customer: str, day: int, start: int) -> None:
    number = list(world.scenario.customers.customer_id).index(customer)
    booked = Appointments(*(np.array([value]) for value in (number, day, start, NONE)))
    world.scenario = world.scenario.replace(appointments=booked)


@plants("R-H3", "appointment.missed")
def appointment_not_kept(world: World) -> None:
    v = world["visits"]
    _book(world, str(v.loc[0, "customer_id"]), world.day(str(v.loc[0, "date"])), minutes(v.loc[0, "start"]) + 5)


@plants("R-H3", "appointment.no_slack")
def appointment_without_slack(world: World) -> None:
    """The second visit of a day was agreed, and the rep is there with no minute to spare."""
    v = world["visits"]
    row = first(v, v.duplicated(["date", "rep_id"]))
    _rules(world, visits={"appointment_slack": 500})
    _book(world, str(v.loc[row, "customer_id"]), world.day(str(v.loc[row, "date"])), minutes(v.loc[row, "start"]))


@plants("R-V2", "day.returns_in_lunch")
def way_back_through_lunch(world: World) -> None:
    """The last visit ends before lunch and the rep drives home during it."""
    _rules(world, workday={"drive_in_lunch": False})
    row = any_visit(world)
    day, noon = route(world, row), minutes("12:30")
    home = int(world["days"].loc[day, "travel_minutes"]) - int(world["visits"].loc[row, "travel_minutes"])
    shift(world, row, noon - minutes(world["visits"].loc[row, "end"]) + minutes(world["visits"].loc[row, "start"]))
    world.change("days", day, back=clock(noon + home))


@plants("R-B7", "ledger.outside_year")
def ledger_line_of_next_year(world: World) -> None:
    if "ledger" not in world.tables:
        raise Nowhere
    world.change("ledger", len(world["ledger"]) - 1, date="2031-01-01")


@plants("R-D1", "verdict.joint")
def all_at_once_too_often(world: World) -> None:
    if "verdict" not in world.tables:
        raise Nowhere
    chances = world["verdict"]["probabilities"]
    chances["joint"]["hits"] = min(int(c["hits"]) for n, c in chances.items() if n != "joint") + 1
