"""Units of scenarios too large for a table of customers and reps, and what they pay for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.anneal import NO_LISTS
from territory.planning.assignment.border import border_of
from territory.planning.assignment.candidates import Int32s, Lists, centre_costs, map_order, medians, nearest, on_globe
from territory.planning.assignment.cost import PHONE_FREQUENCY, disruption_km
from territory.planning.assignment.listing import NOTHING_FIXED
from territory.planning.assignment.placement import Classes, classes_of, joined_units
from territory.planning.assignment.points import Task
from territory.planning.assignment.prices import Reals
from territory.planning.assignment.problem import CLASH_KM, MOVING_KM, sum_by_code
from territory.planning.assignment.rounds import first_centres
from territory.planning.assignment.rules import Apart, MovedCap, MovedSalesCap, Rule, business_rules, works_this_year
from territory.planning.travel_estimate import field_days_per_week

CENTRE_WIDTH, HOME_WIDTH = 10, 4
MOST_MATCHED = 3_000
"""Up to this many reps are matched to pieces of the map exactly."""


@dataclass(frozen=True)
class LargeModel:
    """Units in map order, and what decides their prices."""

    scenario: Scenario
    rules: list[Rule]
    unit_of: Ints
    points: Floats
    homes: Floats
    pull: Floats
    home_pull: Floats
    size: Ints
    current: Ints
    winner: Ints
    bonus: Floats
    disruption: Floats
    sales: Floats
    classes: Classes
    border: tuple[Ints, Int32s]

    @staticmethod
    def build(scenario: Scenario, calls: CallPlan, winners: dict[str, int], team: float) -> LargeModel:
        """Collect everything; units are renumbered along the map."""
        who, rules, settings = scenario.customers, business_rules(scenario), scenario.settings
        works = np.flatnonzero(works_this_year(scenario))
        unit_of = joined_units(len(who), rules)
        rank = np.empty(int(unit_of.max(initial=-1)) + 1, dtype=np.int64)
        first = np.unique(unit_of, return_index=True)[1]
        rank[map_order(who.lat[first], who.lon[first])] = np.arange(len(rank))
        unit_of, units = rank[unit_of], len(rank)
        frequency = np.maximum(calls.visits_per_week, PHONE_FREQUENCY)
        total = np.bincount(unit_of, frequency, units)
        globe = on_globe(who.lat, who.lon)
        points = np.column_stack([np.bincount(unit_of, frequency * g, units) / total for g in globe.T])
        visits_a_day = max(1.0, float(calls.visits_per_week.sum()) / max(team * field_days_per_week(scenario), 1e-9))
        ways = {"both": 2 / visits_a_day, "homes": 1.0, "free": 0.0}[settings.territories.centres]
        from_centre = settings.travel.detour * (settings.territories.centres != "homes")
        column = np.full(len(scenario.reps) + 1, NONE)
        column[works] = np.arange(len(works))
        # A group moves as one: it counts as owned by the rep who has most of its sales.
        heavy = np.lexsort((-who.annual_sales_cents, who.current_rep == NONE, unit_of))
        lead = heavy[np.unique(unit_of[heavy], return_index=True)[1]]
        winner_of = {region: int(column[rep]) for region, rep in winners.items()}
        winner = np.array([winner_of.get(region, NONE) for region in who.region[lead].tolist()], dtype=np.int64)
        owned = who.current_rep != NONE
        contiguous = settings.territories.contiguous
        begin, border = border_of(scenario, unit_of, units) if contiguous else (NO_LISTS, np.zeros(0, dtype=np.int64))
        return LargeModel(
            scenario=scenario,
            rules=rules,
            unit_of=unit_of,
            points=np.ascontiguousarray(points),
            homes=on_globe(scenario.start_lat[works], scenario.start_lon[works]),
            pull=np.asarray(total * from_centre, dtype=np.float64),
            home_pull=np.asarray(total * ways * settings.travel.detour, dtype=np.float64),
            size=np.bincount(unit_of, owned, units).astype(np.int64),
            current=np.where(who.current_rep[lead] != NONE, column[who.current_rep[lead]], NONE),
            winner=winner,
            bonus=np.asarray(total * settings.territories.preference_bonus_km, dtype=np.float64),
            disruption=sum_by_code(unit_of, disruption_km(scenario) * owned, units),
            sales=sum_by_code(unit_of, np.asarray(who.annual_sales_cents * owned, dtype=np.float64), units),
            classes=classes_of(scenario, rules, unit_of),
            border=(begin, border.astype(np.int32)),
        )

    @property
    def free(self) -> Int32s:
        """Units that more than one rep may have."""
        several = np.array([len(columns) > 1 for columns in self.classes.usable])
        return np.flatnonzero(several[self.classes.of]).astype(np.int32)

    def fixed(self, units: Ints, reps: Ints) -> Floats:
        """Return stems, disruption and preference of units with reps (arrays of one shape)."""
        km = np.sqrt(np.square(self.points[units] - self.homes[reps]).sum(axis=-1))
        moved = self.moves(units, reps) * self.disruption[units]
        return np.asarray(
            self.home_pull[units] * km + moved - (self.winner[units] == reps) * self.bonus[units], dtype=np.float64
        )

    def away(self, unit: int, classes: Classes) -> Floats:
        """Return how far a unit is from every rep, its own first, whoever must have one it clashes with last."""
        columns = np.arange(len(self.homes))
        units = np.full(len(columns), unit)
        km = np.linalg.norm(self.points[units] - self.homes, axis=1) + MOVING_KM * self.moves(units, columns)
        begin, others = self.apart()
        for other in others[begin[unit] : begin[unit + 1]].tolist() if len(others) else []:
            usable = classes.usable[classes.of[other]]
            km[usable] += CLASH_KM * (len(usable) == 1)
        return np.asarray(km, dtype=np.float64)

    def moves(self, units: Ints, reps: Ints) -> Ints:
        """Return 1 where a unit would leave its rep."""
        return np.asarray((self.size[units] > 0) & (self.current[units] != reps), dtype=np.int64)

    def price(self, centres: Floats) -> Callable[[Ints, Ints], Floats]:
        """Return the price of units with reps at given centres, infinite where forbidden."""

        def price(units: Ints, reps: Ints) -> Floats:
            km = np.linalg.norm(self.points[units] - centres[reps], axis=1)
            price = km * self.pull[units] + self.fixed(units, reps)
            return np.where(self.classes.allowed[self.classes.of[units], reps], price, np.inf)

        return price

    def lists(self, centres: Floats) -> Lists:
        """Return the candidates of every unit: near centres, near homes, the current rep, who prefers the region."""
        width = min(CENTRE_WIDTH + HOME_WIDTH + 2, len(centres))
        near = np.zeros((len(self.points), width), dtype=np.int32)
        omitted = np.full(len(near), np.inf, dtype=np.float64)
        for number, usable in enumerate(self.classes.usable):
            units = np.flatnonzero(self.classes.of == number)
            if not len(units):
                continue
            if len(usable) <= width:
                near[units, : len(usable)] = usable
                near[units, len(usable) :] = usable[0]
                continue
            by_centre, centre_reach = nearest(self.points[units], centres[usable], CENTRE_WIDTH)
            by_home, home_reach = nearest(self.points[units], self.homes[usable], HOME_WIDTH)
            own = [
                np.where(np.isin(c[units], usable), c[units], usable[by_centre[:, 0]])
                for c in (self.current, self.winner)
            ]
            near[units] = np.column_stack([usable[by_centre], usable[by_home], *own])
            reach = centre_reach * self.pull[units] + home_reach * self.home_pull[units]
            omitted[units] = reach + self.moves(units, np.full(len(units), NONE)) * self.disruption[units]
        near, repeated = _once(near, dense=width == len(centres))
        cost = np.empty(near.shape, dtype=np.float32)
        centre_costs(self.points, self.pull, centres, near, NOTHING_FIXED, cost)
        rows = np.arange(len(near))
        for c in range(width):
            cost[:, c] += self.fixed(rows, near[:, c].astype(np.int64))
        cost[repeated] = np.inf
        return Lists(near, cost, omitted.astype(np.float32))

    def caps(self, near: Int32s) -> tuple[Reals, Reals]:
        """Return what each candidate uses up of the caps on changes of hands, and the caps."""
        units = np.arange(len(near))[:, None]
        moves = self.moves(units, near.astype(np.int64))
        use, cap = [np.zeros((0, *near.shape))], list[float]()
        for rule in self.rules:
            if isinstance(rule, MovedCap):
                use.append((moves * self.size[:, None])[None].astype(np.float64))
                cap.append(float(rule.most))
            elif isinstance(rule, MovedSalesCap):
                part = self.sales / max(float(self.sales.sum()), 1.0) * len(near)
                use.append((moves * part[:, None])[None])
                cap.append(rule.most * len(near))
        return np.concatenate(use), np.array(cap)

    def apart(self) -> tuple[Ints, Ints]:
        """Return the units that must not share a rep, as adjacency lists."""
        pairs = np.array([(r.first, r.second) for r in self.rules if isinstance(r, Apart)], dtype=np.int64)
        if not len(pairs):
            return NO_LISTS, np.zeros(0, dtype=np.int64)
        pairs = self.unit_of[pairs]
        both = np.vstack([pairs, pairs[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        begin = np.searchsorted(both[:, 0], np.arange(len(self.points) + 1)).astype(np.int64)
        return begin, np.ascontiguousarray(both[:, 1])

    def start(self, task: Task) -> Floats:
        """Return where centres begin: the middles of today's territories, or of equal pieces given to near reps."""
        settings = self.scenario.settings.territories
        owned = self.current != NONE
        if settings.centres == "homes":
            return self.homes.copy()
        if 2 * int(owned.sum()) >= len(owned):
            centres = self.homes.copy()
            medians(self.points[owned], self.pull[owned], self.current[owned].astype(np.int32), centres, 3)
            return centres
        pieces = first_centres(task)
        centres = np.empty_like(pieces)
        centres[_paired(pieces, self.homes)] = pieces
        return centres

    def matched(self, centres: Floats, lower: Reals, upper: Reals) -> Ints:
        """Return a rep for each territory of a division, near it, among those with the same limits."""
        limits = np.column_stack([lower, upper])
        kind = np.unique(limits, axis=0, return_inverse=True)[1].reshape(-1)
        rep = np.arange(len(centres))
        for number in range(int(kind.max(initial=-1)) + 1):
            alike = np.flatnonzero(kind == number)
            rep[alike] = alike[_paired(centres[alike], self.homes[alike])]
        return rep

    def objective(self, owner: Ints, centres: Floats) -> float:
        """Return the price of a division in km a week, every customer for itself."""
        return float(self.price(centres)(np.arange(len(owner)), owner).sum())


def _paired(pieces: Floats, homes: Floats) -> Ints:
    """Return a home for each piece of the map, one each: nearest in all, or along the map where they are very many."""
    if len(pieces) > MOST_MATCHED:
        home = np.empty(len(pieces), dtype=np.int64)
        home[map_order(pieces[:, 2], pieces[:, 1])] = map_order(homes[:, 2], homes[:, 1])
        return home
    km = np.linalg.norm(pieces[:, None, :] - homes[None, :, :], axis=2)
    return np.asarray(linear_sum_assignment(km)[1], dtype=np.int64)


def _once(near: Int32s, *, dense: bool) -> tuple[Int32s, np.ndarray]:
    """Return the lists with a flag on every repetition; sorted by rep where all reps fit in."""
    repeated = np.zeros(near.shape, dtype=bool)
    for c in range(1, near.shape[1]):
        repeated[:, c] = (near[:, :c] == near[:, c : c + 1]).any(axis=1)
    if not dense:
        return near, repeated
    forbidden = np.ones(near.shape, dtype=bool)
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    forbidden[rows, near.ravel()] = False
    return np.tile(np.arange(near.shape[1], dtype=np.int32), (len(near), 1)), forbidden
