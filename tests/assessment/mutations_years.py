"""Faults of simulated years, of the ledger, of the verdict, and cells that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.assessment.planting import (
    Nowhere,
    World,
    cents_more,
    first,
    plants,
)


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
