"""What a division costs, in km a week: compact territories near their reps, and few customers who change hands.

A visit is reached from the stop before it, which lies somewhere in the territory: it is priced at one way from the
territory's centre. The two stems of a day are shared by its visits: each bears its part of the way from the rep's
start place. Where all reps start from one office the stems are equal for everybody and the centres alone shape the
territories. The setting `territories.centres` can leave out either part; with homes alone a visit is priced at one way
from the start place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.problem import UNREACHABLE_KM, Problem, start_km, sum_by_unit
from territory.planning.travel import UNREACHABLE, great_circle_km
from territory.planning.travel_estimate import field_days_per_week

Matrix = NDArray[np.float64]

PHONE_FREQUENCY = 0.05
"""Weight of customers without visits, so that they too lie in the territory that surrounds them."""
WEEKS_A_YEAR = 52
WEISZFELD_STEPS = 5


@dataclass(frozen=True)
class Centres:
    """Where territories have their middle: coordinates, or customers where travel is given as a matrix."""

    lat: Floats
    lon: Floats
    customer: Ints


@dataclass(frozen=True)
class Pricing:
    """Everything in the cost that does not depend on the centres.

    Attributes
    ----------
    frequency : array of float, shape (customers,)
        Visits a week.
    stems : array of float, shape (units, reps)
        Ways from and to the start place, less the bonus of preference, km a week.
    disruption : array of float, shape (units, reps)
        Price of changing hands, km a week.
    """

    scenario: Scenario
    problem: Problem
    frequency: Floats
    stems: Matrix
    disruption: Matrix

    @property
    def fixed(self) -> Matrix:
        """Everything but the way from the centre, shape (units, reps)."""
        return self.stems + self.disruption

    def cost(self, centres: Centres) -> Matrix:
        """Return km a week of every unit with every rep, disruption included, shape (units, reps)."""
        return self.travel(centres) + self.disruption

    def travel(self, centres: Centres) -> Matrix:
        """Return km a week of every unit with every rep, shape (units, reps)."""
        if self.scenario.settings.territories.centres == "homes":
            return self.stems
        return self.stems + self.way_to_centres(centres)

    def way_to_centres(self, centres: Centres) -> Matrix:
        """Return km a week between every unit and every centre, shape (units, centres)."""
        return sum_by_unit(self.problem, self._centre_km(centres) * self.frequency[:, None])

    def _centre_km(self, centres: Centres) -> Matrix:
        customers, travel = self.scenario.customers, self.scenario.travel
        if travel is not None:
            km = travel.km[: len(customers), centres.customer].astype(np.float64)
            blocked = travel.minutes[: len(customers), centres.customer] == UNREACHABLE
            km[centres.customer, np.arange(len(centres.customer))] = 0.0
            blocked[centres.customer, np.arange(len(centres.customer))] = False
            return np.where(blocked, UNREACHABLE_KM, km)
        crow = great_circle_km(
            customers.lat[:, None], customers.lon[:, None], centres.lat[None, :], centres.lon[None, :]
        )
        return crow * self.scenario.settings.travel.detour

    def centres(self, owner: Ints, before: Centres) -> Centres:
        """Return the middles of a division: geometric medians weighted by visits; empty territories keep theirs."""
        if self.scenario.settings.territories.centres == "homes":
            return before
        rep = owner[self.problem.unit_of]
        if self.scenario.travel is not None:
            return self._medoids(rep, before)
        return _geometric_medians(self.scenario, self.frequency, rep, before)

    def _medoids(self, rep: Ints, before: Centres) -> Centres:
        travel = self.scenario.travel
        assert travel is not None
        best = before.customer.copy()
        for column in range(len(best)):
            members = np.flatnonzero(rep == column)
            if len(members):
                block = np.ix_(members, members)
                km = np.where(travel.minutes[block] == UNREACHABLE, UNREACHABLE_KM, travel.km[block])
                np.fill_diagonal(km, 0.0)
                best[column] = members[np.argmin(self.frequency[members] @ km)]
        return _centres_at(self.scenario, best)


def price(scenario: Scenario, calls: CallPlan, problem: Problem, winners: dict[str, int], team: float) -> Pricing:
    """Return the part of the cost that does not depend on centres.

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    problem : Problem
    winners : mapping of region to rep
        Whose preference counts.
    team : float
        Full reps, whose days share the stems.
    """
    frequency = np.maximum(calls.visits_per_week, PHONE_FREQUENCY)
    days = max(team * field_days_per_week(scenario), 1e-9)
    visits_a_day = max(1.0, float(calls.visits_per_week.sum()) / days)
    ways = {"both": 2 / visits_a_day, "homes": 1.0, "free": 0.0}[scenario.settings.territories.centres]
    stems = start_km(scenario)[:, problem.reps] * (frequency * ways)[:, None]
    bonus = np.zeros_like(stems)
    for region, rep in winners.items():
        here = scenario.customers.region == region
        bonus[here, problem.reps == rep] = scenario.settings.territories.preference_bonus_km
    moved = _would_move(scenario, problem) * disruption_km(scenario)[:, None]
    stems = sum_by_unit(problem, stems - bonus * frequency[:, None])
    return Pricing(scenario, problem, frequency, stems, sum_by_unit(problem, moved))


def disruption_km(scenario: Scenario) -> Floats:
    """Return the price of moving each customer, as km a week (R-A4).

    A year's expected loss of sales, and the cost of the change itself, buy hours on the road at `travel_hour_cost`;
    those are driven at road speed.
    """
    rules = scenario.settings.territories
    loss = scenario.customers.annual_sales_cents * rules.disruption_loss + rules.move_cost
    hours = loss / max(rules.travel_hour_cost, 1) / WEEKS_A_YEAR
    return np.asarray(hours * scenario.settings.travel.road_speed_kmh, dtype=np.float64)


def _would_move(scenario: Scenario, problem: Problem) -> NDArray[np.bool_]:
    current = scenario.customers.current_rep
    return np.asarray((current != NONE)[:, None] & (current[:, None] != problem.reps[None, :]))


def _geometric_medians(scenario: Scenario, frequency: Floats, rep: Ints, before: Centres) -> Centres:
    """Weiszfeld's steps for all territories at once, on a plane around the customers."""
    customers, count = scenario.customers, len(before.lat)
    stretch = max(np.cos(np.radians(customers.lat.mean())), 1e-6)
    x, y = customers.lon * stretch, customers.lat
    total = np.bincount(rep, frequency, count)
    filled = total > 0
    safe = np.where(filled, total, 1.0)
    cx = np.where(filled, np.bincount(rep, frequency * x, count) / safe, before.lon * stretch)
    cy = np.where(filled, np.bincount(rep, frequency * y, count) / safe, before.lat)
    for _ in range(WEISZFELD_STEPS):
        pull = frequency / np.maximum(np.hypot(x - cx[rep], y - cy[rep]), 1e-6)
        total = np.where(filled, np.bincount(rep, pull, count), 1.0)
        cx = np.where(filled, np.bincount(rep, pull * x, count) / total, cx)
        cy = np.where(filled, np.bincount(rep, pull * y, count) / total, cy)
    return Centres(cy, cx / stretch, before.customer)


def _centres_at(scenario: Scenario, customer: Ints) -> Centres:
    return Centres(scenario.customers.lat[customer], scenario.customers.lon[customer], customer)


def start_centres(scenario: Scenario, problem: Problem) -> Centres:
    """Return centres at the start places of the reps."""
    nearest = np.argmin(start_km(scenario)[:, problem.reps], axis=0)
    return Centres(scenario.start_lat[problem.reps], scenario.start_lon[problem.reps], nearest)
