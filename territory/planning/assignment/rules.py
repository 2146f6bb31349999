"""The hard rules of a division, each as one object that can be switched off and named (R-A1..A7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Ints
from territory.domain.scenario import Scenario
from territory.errors import Reason

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Placement:
    """Some customers may belong to some reps only.

    Attributes
    ----------
    reason : Reason
    members : array of int
        Indices of customers.
    reps : array of bool, shape (reps,)
        Who may own them.
    """

    reason: Reason
    members: Ints
    reps: Mask


@dataclass(frozen=True)
class Together:
    """Customers that share one rep."""

    reason: Reason
    members: Ints


@dataclass(frozen=True)
class Apart:
    """Two customers with different reps."""

    reason: Reason
    first: int
    second: int


@dataclass(frozen=True)
class MovedCap:
    """Most customers that may leave their current rep."""

    reason: Reason
    most: int


@dataclass(frozen=True)
class MovedSalesCap:
    """Largest share of the owned customers' sales that may leave their current rep."""

    reason: Reason
    most: float


@dataclass(frozen=True)
class Contiguous:
    """Territories hang together."""

    reason: Reason


Rule = Placement | Together | Apart | MovedCap | MovedSalesCap | Contiguous


def business_rules(scenario: Scenario) -> list[Rule]:
    """Return every rule of the scenario but balance, those without any effect left out."""
    return [
        *_not_hired(scenario),
        *_home_city(scenario),
        *_product_lines(scenario),
        *_locks(scenario),
        *_together(scenario),
        *_apart(scenario),
        *_moved_cap(scenario),
        *_moved_sales_cap(scenario),
        *_contiguous(scenario),
    ]


def works_this_year(scenario: Scenario) -> Mask:
    """Return which reps start before the year is over."""
    return np.asarray(scenario.reps.hired_day < scenario.calendar.days)


def _not_hired(scenario: Scenario) -> Iterator[Placement]:
    works = works_this_year(scenario)
    everybody = np.arange(len(scenario.customers))
    for rep in np.flatnonzero(~works).tolist():
        others = np.ones(len(works), dtype=bool)
        others[rep] = False
        values = {
            "rep": scenario.reps.rep_id[rep],
            "first_day": str(scenario.calendar.date_of(int(scenario.reps.hired_day[rep]))),
        }
        yield Placement(Reason("assignment.rule.not_hired", values, "R-N4"), everybody, others)


def _home_city(scenario: Scenario) -> Iterator[Placement]:
    city = scenario.settings.territories.home_city
    members = np.flatnonzero(scenario.customers.city == city) if city else np.zeros(0, dtype=np.int64)
    if not len(members):
        return
    manager = scenario.reps.manager
    values = {
        "city": city,
        "manager": scenario.reps.rep_id[manager] if manager != NONE else "",
        "customers": len(members),
    }
    yield Placement(Reason("assignment.rule.home_city", values, "R-A1"), members, scenario.reps.is_manager)


def _product_lines(scenario: Scenario) -> Iterator[Placement]:
    reps, lines = scenario.reps, scenario.customers.product_line
    for line in sorted(set(lines.tolist()) - {""}):
        sells = np.array([not own or line in own for own in reps.product_lines], dtype=bool)
        if sells.all():
            continue
        members = np.flatnonzero(lines == line)
        values = {"line": line, "customers": len(members), "reps": ";".join(reps.rep_id[sells])}
        yield Placement(Reason("assignment.rule.product_line", values, "R-A6"), members, sells)


def _locks(scenario: Scenario) -> Iterator[Placement]:
    customers, reps = scenario.customers, scenario.reps
    for customer in np.flatnonzero(customers.locked_rep != NONE).tolist():
        owner = np.zeros(len(reps), dtype=bool)
        owner[customers.locked_rep[customer]] = True
        values = {
            "customer": customers.customer_id[customer],
            "rep": reps.rep_id[customers.locked_rep[customer]],
        }
        yield Placement(Reason("assignment.rule.lock", values, "R-A7"), np.array([customer]), owner)


def _together(scenario: Scenario) -> Iterator[Together]:
    index = _index(scenario)
    for group in scenario.settings.territories.together:
        members = sorted({index[name] for name in group if name in index})
        if len(members) > 1:
            names = ";".join(scenario.customers.customer_id[members])
            yield Together(
                Reason("assignment.rule.together", {"customers": names}, "R-A7"), np.array(members, dtype=np.int64)
            )


def _apart(scenario: Scenario) -> Iterator[Apart]:
    index = _index(scenario)
    for first, second in scenario.settings.territories.apart:
        if first in index and second in index and first != second:
            values = {"first": first, "second": second}
            yield Apart(Reason("assignment.rule.apart", values, "R-A7"), index[first], index[second])


def _moved_cap(scenario: Scenario) -> Iterator[MovedCap]:
    owned = int((scenario.customers.current_rep != NONE).sum())
    share = scenario.settings.territories.max_moved_share
    most = int(np.floor(share * owned + 1e-9))
    if most < owned:
        values = {"share": share, "most": most, "customers": owned}
        yield MovedCap(Reason("assignment.rule.moved_share", values, "R-A4"), most)


def _moved_sales_cap(scenario: Scenario) -> Iterator[MovedSalesCap]:
    who = scenario.customers
    share = scenario.settings.territories.max_moved_sales_share
    if share < 1 and who.annual_sales_cents[who.current_rep != NONE].sum() > 0:
        yield MovedSalesCap(Reason("assignment.rule.moved_sales", {"share": share}, "R-A4"), share)


def _contiguous(scenario: Scenario) -> Iterator[Contiguous]:
    if scenario.settings.territories.contiguous:
        yield Contiguous(Reason("assignment.rule.contiguous", {}, "R-A2"))


def _index(scenario: Scenario) -> dict[str, int]:
    rules = scenario.settings.territories
    if not rules.together and not rules.apart:
        return {}
    return {name: number for number, name in enumerate(scenario.customers.customer_id.tolist())}
