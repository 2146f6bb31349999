"""The assignment problem in arrays: units to place, reps to place them with, measures to balance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.border import border_of, hangs_together, no_border
from territory.planning.assignment.rules import (
    Apart,
    Contiguous,
    Mask,
    MovedCap,
    MovedSalesCap,
    Placement,
    Rule,
    Together,
    business_rules,
    works_this_year,
)
from territory.planning.assignment.shares import rep_shares
from territory.planning.travel import UNREACHABLE, base_travel

UNREACHABLE_KM = 1000.0
MOVING_KM = 1e5
CLASH_KM = 1e7
SLACK = 1e-7
"""Loads this close to a limit, as a share of the whole, keep it."""


@dataclass(frozen=True)
class Measure:
    """One measure to balance, in shares of its total.

    Attributes
    ----------
    name : str
    weight : array of float, shape (units,)
        Adds up to 1.
    fair : array of float, shape (reps,)
        Fair share of each rep.
    exempt : array of bool, shape (reps,)
        Reps without a limit: they hold an oversized customer, or have no share at all.
    tolerance : float
    by_customer : array of float, shape (customers,)
        The weights before customers were joined to units.
    """

    name: str
    weight: Floats
    fair: Floats
    exempt: Mask
    tolerance: float
    by_customer: Floats

    @property
    def lower(self) -> Floats:
        """Least load of each rep."""
        return np.where(self.exempt, 0.0, self.fair * (1 - self.tolerance))

    @property
    def upper(self) -> Floats:
        """Largest load of each rep."""
        return np.where(self.exempt, np.inf, self.fair * (1 + self.tolerance))

    def deviation(self, owner: Ints) -> float:
        """Return the largest deviation from the fair share."""
        load = np.bincount(owner, self.weight, len(self.fair))
        bounded = ~self.exempt & (self.fair > SLACK)
        return float((np.abs(load - self.fair)[bounded] / self.fair[bounded]).max(initial=0.0))


@dataclass(frozen=True)
class Problem:
    """Which units may go to which reps, and what a fair division is.

    A unit is a customer, or a group of customers that must stay together.

    Attributes
    ----------
    unit_of : array of int, shape (customers,)
    reps : array of int
        Indices of the reps who work this year; columns of everything below.
    allowed : array of bool, shape (units, reps)
        After locks, product lines and home city.
    measures : tuple of Measure
    moved : array of int, shape (units, reps)
        Customers who would change hands.
    moved_cap : int
    moved_sales : array of float, shape (units, reps)
        Annual sales that would change hands, as a share of those of all owned customers.
    moved_sales_cap : float
    apart : array of int, shape (pairs, 2)
        Units with different reps.
    rules : tuple of Rule
        What the arrays were made from, for explanations.
    border : (begin, neighbours), arrays of int
        Neighbours of each unit as adjacency lists, sorted; no neighbours where territories need not hang together.
    contiguous : bool
        Whether territories must hang together: at most one part of a territory holds no forced unit, a unit that only
        one rep is allowed.
    oversized : tuple of (customer, measure, rep)
        Customers larger than a territory, and the rep they were given to.
    """

    unit_of: Ints
    reps: Ints
    allowed: Mask
    measures: tuple[Measure, ...]
    moved: Ints
    moved_cap: int
    moved_sales: NDArray[np.float64]
    moved_sales_cap: float
    apart: Ints
    rules: tuple[Rule, ...]
    border: tuple[Ints, Ints]
    contiguous: bool
    oversized: tuple[tuple[int, str, int], ...] = ()

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.allowed)

    @property
    def forced(self) -> Mask:
        """Units that only one rep may have."""
        return np.asarray(self.allowed.sum(axis=1) == 1)

    def holds(self, owner: Ints) -> bool:
        """Return whether a division keeps every rule and tolerance."""
        rows = np.arange(self.units)
        if not self.allowed[rows, owner].all():
            return False
        if int(self.moved[rows, owner].sum()) > self.moved_cap:
            return False
        if float(self.moved_sales[rows, owner].sum()) > self.moved_sales_cap + SLACK:
            return False
        if len(self.apart) and (owner[self.apart[:, 0]] == owner[self.apart[:, 1]]).any():
            return False
        if not all(self._balanced(measure, owner) for measure in self.measures):
            return False
        return not self.contiguous or hangs_together(self.border, owner, self.forced)

    @staticmethod
    def _balanced(measure: Measure, owner: Ints) -> bool:
        load = np.bincount(owner, measure.weight, len(measure.fair))
        return bool(np.all((load >= measure.lower - SLACK) & (load <= measure.upper + SLACK)))

    def with_tolerances(self, tolerance: dict[str, float]) -> Problem:
        """Return the problem with other tolerances of some measures."""
        measures = tuple(dataclasses.replace(m, tolerance=tolerance.get(m.name, m.tolerance)) for m in self.measures)
        return dataclasses.replace(self, measures=measures)


def build_problem(scenario: Scenario, calls: CallPlan, weights: Floats, travel_per_week: Floats) -> Problem:
    """Turn a scenario into arrays.

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    weights : array of float, shape (customers,)
        Share of the target (R-T3).
    travel_per_week : array of float, shape (customers,)
        Estimated minutes of travel a week.
    """
    reps = np.flatnonzero(works_this_year(scenario))
    problem = _under_rules(scenario, reps, business_rules(scenario))
    values = measure_values(scenario, calls, weights, travel_per_week)
    return _with_measures(scenario, problem, values)


def loosened(scenario: Scenario, problem: Problem, rules: list[Rule], measures: tuple[Measure, ...]) -> Problem:
    """Return the problem with only some of its rules and measures, fair shares as they were."""
    looser = _under_rules(scenario, problem.reps, rules)
    allowed = looser.allowed
    for customer, _, rep in problem.oversized:
        allowed[looser.unit_of[customer]] &= problem.reps == rep
    joined = tuple(
        dataclasses.replace(m, weight=sum_by_code(looser.unit_of, m.by_customer, looser.units)) for m in measures
    )
    return dataclasses.replace(looser, allowed=allowed, measures=joined, oversized=problem.oversized)


def _under_rules(scenario: Scenario, reps: Ints, rules: list[Rule]) -> Problem:
    """Return a problem under some rules, without measures yet."""
    unit_of = _units(len(scenario.customers), rules)
    allowed = _allowed(rules, unit_of, len(scenario.reps))[:, reps]
    forced = allowed & (allowed.sum(axis=1) == 1)[:, None]
    # A rep without a share gets only what nobody else may have.
    allowed = allowed & ((scenario.reps.share[reps] > 0) | forced)
    moved = np.zeros_like(allowed, dtype=np.int64)
    current = scenario.customers.current_rep
    np.add.at(moved, unit_of, (current != NONE)[:, None] & (current[:, None] != reps[None, :]))
    cap = min((rule.most for rule in rules if isinstance(rule, MovedCap)), default=len(current))
    sales_cap = min((rule.most for rule in rules if isinstance(rule, MovedSalesCap)), default=1.0)
    contiguous = any(isinstance(rule, Contiguous) for rule in rules)
    pairs = [(unit_of[rule.first], unit_of[rule.second]) for rule in rules if isinstance(rule, Apart)]
    return Problem(
        unit_of=unit_of,
        reps=reps,
        allowed=allowed,
        measures=(),
        moved=moved,
        moved_cap=cap,
        moved_sales=_moved_sales(scenario, unit_of, reps),
        moved_sales_cap=sales_cap,
        apart=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        rules=tuple(rules),
        border=border_of(scenario, unit_of, len(allowed)) if contiguous else no_border(len(allowed)),
        contiguous=contiguous,
    )


def _moved_sales(scenario: Scenario, unit_of: Ints, reps: Ints) -> NDArray[np.float64]:
    who = scenario.customers
    owned = who.current_rep != NONE
    sales = np.where(owned, who.annual_sales_cents, 0) / max(int(who.annual_sales_cents[owned].sum()), 1)
    out = np.zeros((int(unit_of.max(initial=-1)) + 1, len(reps)))
    np.add.at(out, unit_of, sales[:, None] * (who.current_rep[:, None] != reps[None, :]))
    return out


def measure_values(
    scenario: Scenario, calls: CallPlan, weights: Floats, travel_per_week: Floats
) -> dict[str, NDArray[np.float64]]:
    """Return what each customer counts for in every measure that can be balanced."""
    customers = scenario.customers
    return {
        "workload": calls.visits_per_week * calls.minutes + travel_per_week,
        "potential": customers.potential_cents.astype(np.float64),
        "annual_sales": customers.annual_sales_cents.astype(np.float64),
        "target": weights,
        "customers": np.ones(len(customers)),
        **customers.measures,
    }


def start_km(scenario: Scenario) -> NDArray[np.float64]:
    """Return road km from each rep's start place to each customer, shape (customers, reps).

    Where there is no way, the customer counts as `UNREACHABLE_KM` away: avoided, not forbidden.
    """
    base = base_travel(scenario)
    return np.asarray(np.where(base.minutes == UNREACHABLE, UNREACHABLE_KM, base.km).T, dtype=np.float64)


def sum_by_code(code: Ints, values: Floats, count: int) -> Floats:
    """Return the sums of values by code 0..count-1."""
    return np.bincount(code, values, count).astype(np.float64)


def sum_by_unit(problem: Problem, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up rows of customers to rows of units."""
    if problem.units == len(rows):
        return rows
    total = np.zeros((problem.units, rows.shape[1]))
    np.add.at(total, problem.unit_of, rows)
    return total


def _units(customers: int, rules: list[Rule]) -> Ints:
    """Return the unit of each customer, units in the order of their first customers."""
    leader = np.arange(customers)
    groups = [rule for rule in rules if isinstance(rule, Together)]
    if not groups:
        return leader
    import networkx as nx  # noqa: PLC0415 - only groups need it

    graph = nx.Graph()
    for rule in groups:
        nx.add_path(graph, rule.members.tolist())
    for group in nx.connected_components(graph):
        leader[list(group)] = min(group)
    return np.unique(leader, return_inverse=True)[1].astype(np.int64)


def _allowed(rules: list[Rule], unit_of: Ints, reps: int) -> Mask:
    allowed = np.ones((int(unit_of.max(initial=-1)) + 1, reps), dtype=bool)
    for rule in rules:
        if isinstance(rule, Placement):
            allowed[unit_of[rule.members]] &= rule.reps
    return allowed


def _with_measures(scenario: Scenario, problem: Problem, values: dict[str, NDArray[np.float64]]) -> Problem:
    unit_km = sum_by_unit(problem, start_km(scenario)[:, problem.reps]) + MOVING_KM * problem.moved
    allowed, measures = problem.allowed.copy(), []
    oversized: list[tuple[int, str, int]] = []
    for name, tolerance in scenario.settings.territories.balance.items():
        total = float(values[name].sum())
        if total <= 0:
            continue
        by_customer = np.asarray(values[name] / total, dtype=np.float64)
        weight = sum_by_code(problem.unit_of, by_customer, problem.units)
        share = rep_shares(scenario, name)[problem.reps]
        fair, exempt, large = _fair_shares(
            weight, tolerance, share, allowed, unit_km + _clash_km(problem.apart, allowed)
        )
        measures.append(Measure(name, weight, fair, exempt, tolerance, by_customer))
        for unit, column in large:
            members = np.flatnonzero(problem.unit_of == unit).tolist()
            oversized += [(customer, name, int(problem.reps[column])) for customer in members]
    return dataclasses.replace(problem, allowed=allowed, measures=tuple(measures), oversized=tuple(oversized))


def _clash_km(apart: Ints, allowed: Mask) -> NDArray[np.float64]:
    """Return a prohibitive distance to reps who must own a unit that is to be kept apart."""
    out = np.zeros(allowed.shape)
    for first, second in [*apart.tolist(), *apart[:, ::-1].tolist()]:
        if allowed[second].sum() == 1:
            out[first] += CLASH_KM * allowed[second]
    return out


def _fair_shares(
    weight: Floats, tolerance: float, share: Floats, allowed: Mask, unit_km: Floats
) -> tuple[Floats, Mask, list[tuple[int, int]]]:
    """Return fair shares, the reps without limit, and (unit, column) of what is too large.

    A unit larger than a whole territory fills one alone, and the others share the rest.

    It stays with its rep or goes to the nearest who may have it and holds none yet, and is fixed there (`allowed`
    changes).
    """
    exempt = share <= 0
    held = np.zeros(len(weight), dtype=bool)
    forced_away = allowed[:, exempt].any(axis=1)
    large: list[tuple[int, int]] = []
    while True:
        rest = float(weight[~held & ~forced_away].sum())
        bounded = np.where(exempt, 0.0, share)
        fair = bounded * (rest / bounded.sum()) if bounded.sum() > 0 else np.zeros(len(share))
        most = float(fair.max(initial=0.0)) * (1 + tolerance)
        free = allowed & ~exempt
        too_large = np.flatnonzero(~held & ~forced_away & free.any(axis=1) & (weight > most + SLACK))
        if not len(too_large):
            return fair, exempt, large
        unit = int(too_large[np.argmax(weight[too_large])])
        column = int(np.argmin(np.where(free[unit], unit_km[unit], np.inf)))
        held[unit] = True
        exempt = exempt | (np.arange(len(share)) == column)
        allowed[unit] = np.arange(len(share)) == column
        large.append((unit, column))
