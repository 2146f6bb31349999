"""A calendar already promised, planned again from a date on with the least change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from territory.domain.changes import KINDS, Changes
from territory.domain.customers import NONE, Ints, Strings
from territory.domain.effort import EFFORTS
from territory.domain.plan import Plan, Routes, Unserved, Visits
from territory.domain.scenario import Scenario, call_plan
from territory.errors import TerritoryError
from territory.parallel import map_tasks
from territory.planning.assignment.adoption import adopt_customers
from territory.planning.headcount import confirm_headcount, size_team
from territory.planning.segmentation import grade_customers
from territory.planning.targets import customer_weights, split_targets
from territory.planning.travel_fit import balance_note, routed_minutes, with_routed_workload
from territory.planning.visits.appointments import missed_appointments
from territory.planning.visits.mending import MendedYear, MendTask, mend_rep
from territory.planning.visits.past import begun_trips, past_of
from territory.planning.visits.patterns import spacing_bounds
from territory.planning.visits.planner import assembled, numbered
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.visits.promises import Promised

Progress = Callable[[str, int, int], None]
Mask = NDArray[np.bool_]
VisitKey = tuple[int, int, int, str]
"""Day, start, planned day, rep."""
ChangeRow = tuple[int, str, str, str, int, int, int, int, str]
"""Kind, customer, name, rep, old day and start, new day and start, reason."""
STILL_TRUE = ("handovers",)
"""Further tables that a change of the scenario does not outdate."""
Part = TypeVar("Part", Visits, Routes, Unserved)


@dataclass(frozen=True)
class _Links:
    """Where the customers and reps of the earlier plan are in the changed scenario, `NONE` for those who are gone."""

    customer: Ints
    rep: Ints


def reschedule(
    plan: Plan,
    on: date,
    scenario: Scenario | None = None,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Plan, Changes]:
    """Plan again from a date on, and keep every promise that can be kept.

    Visits before the date stay exactly. Later ones stay on their day, and at their time where the day allows it; only
    what the changed scenario rules out moves, within spacing and tolerance, and what is new is added. Customers keep
    their reps; new ones go to the nearest rep with room.

    Parameters
    ----------
    plan : Plan
        As promised.
    on : date
        First day that may change.
    scenario : Scenario, optional
        With new or lost customers, absences, holidays, frequencies, opening hours, ...; the plan's own when absent.
    workers : int
        Processes; never changes the result.
    progress : callable, optional
        Called with ("visits", reps done, reps).

    Returns
    -------
    (Plan, Changes)

    Raises
    ------
    TerritoryError
        The date lies outside the year, or the scenario is of another year.
    PlanError
        The hard rules of the changed scenario contradict each other.
    """
    changed = plan.scenario if scenario is None else scenario
    calendar = changed.calendar
    since = calendar.day_of(on)
    earlier = plan.scenario.calendar
    if (calendar.start, calendar.days) != (earlier.start, earlier.days):
        raise TerritoryError(f"the changed scenario starts on {calendar.start}, the plan on {earlier.start}")
    if not 0 <= since < calendar.days:
        raise TerritoryError(f"{on} lies outside the planned year from {calendar.start}")
    links = _Links(
        _positions(plan.scenario.customers.customer_id, changed.customers.customer_id),
        _positions(plan.scenario.reps.rep_id, changed.reps.rep_id),
    )
    base = plan if scenario is None else _replanned(plan, changed, links, since)
    years = _mended(plan, base, links, since, workers, progress)
    visits, routes, unserved = _assembled(plan, base, links, since, years)
    new = _with_calendar(base, visits, routes, unserved, same=scenario is None)
    new = dataclasses.replace(new, rescheduled_from=since)
    return new, _changes(plan, new, links, since, years)


def _positions(old: Strings, new: Strings) -> Ints:
    place = {str(name): k for k, name in enumerate(new.tolist())}
    return np.array([place.get(str(name), NONE) for name in old.tolist()], dtype=np.int64)


def _replanned(plan: Plan, scenario: Scenario, links: _Links, since: int) -> Plan:
    """Return the plan with everything but the calendar made for the changed scenario."""
    segments = grade_customers(scenario)
    calls = call_plan(scenario, segments.tier)
    weights = customer_weights(scenario)
    headcount = size_team(scenario, calls)
    current = np.full(len(scenario.customers), NONE, dtype=np.int64)
    known = links.customer != NONE
    current[links.customer[known]] = np.append(links.rep, NONE)[plan.territories.rep[known]]
    territories = adopt_customers(
        scenario, calls, weights, current, since=since, capacity=headcount.capacity_minutes_per_week,
        seed=plan.seed, effort=EFFORTS[plan.effort],
    )  # fmt: skip
    return dataclasses.replace(
        plan,
        scenario=scenario,
        segments=segments,
        calls=calls,
        targets=split_targets(scenario, segments.tier, territories.rep),
        headcount=headcount,
        territories=territories,
        further_tables={stem: table for stem, table in plan.further_tables.items() if stem in STILL_TRUE},
    )


def _with_calendar(base: Plan, visits: Visits, routes: Routes, unserved: Unserved, *, same: bool) -> Plan:
    """Return the plan with another calendar; for another scenario also with the workloads and headcount it shows."""
    made = dataclasses.replace(base, visits=visits, routes=routes, unserved=unserved)
    if same:
        return made
    routed = routed_minutes(base.scenario, base.calls, base.territories, visits, routes)
    stated = with_routed_workload(base.scenario, base.calls, base.territories, routed)
    headcount = confirm_headcount(base.scenario, base.calls, base.headcount, routes, unserved)
    missed = missed_appointments(base.scenario, base.calls, base.territories.rep, visits)
    notes = (*balance_note(base.scenario, stated), *missed)
    return dataclasses.replace(made, territories=stated, headcount=headcount, notes=notes)


def _mended(
    plan: Plan, base: Plan, links: _Links, since: int, workers: int, progress: Progress | None
) -> dict[int, tuple[Ints, MendedYear]]:
    """Return (customers, mended year) of every rep with visits, by rep."""
    scenario, year = base.scenario, year_windows(base.scenario.settings.workday, base.scenario.calendar)
    wanted = base.calls.visits_per_cycle > 0
    fresh = _fresh(plan, base, links, since)
    old_rep = links.rep[plan.visits.rep]
    moved_legs = _other_travel(plan.scenario, scenario, links)
    tasks, reps, members = [], [], []
    for rep in range(len(scenario.reps)):
        customers = np.flatnonzero((base.territories.rep == rep) & wanted)
        if len(customers) or (old_rep == rep).any():
            problem = rep_problem(scenario, base.segments.tier, base.calls, rep, customers, year)
            promised = _promised(plan, links, rep, customers, len(wanted))
            places = 1 + np.flatnonzero(fresh[customers])
            solutions = EFFORTS[plan.effort].route_solutions
            tasks.append(MendTask(problem, since, promised, places, solutions, bool(moved_legs[rep])))
            reps.append(rep)
            members.append(customers)
    report = (lambda done, total: progress("visits", done, total)) if progress else None
    years = map_tasks(mend_rep, tasks, workers=workers, progress=report)
    return dict(zip(reps, zip(members, years, strict=True), strict=True))


def _fresh(plan: Plan, base: Plan, links: _Links, since: int) -> Mask:
    """Return the customers whose visits are planned anew: new ones, those with another rep or another frequency."""
    calls, owner = base.calls, base.territories.rep
    fresh = np.ones(len(owner), dtype=np.bool_)
    old = np.flatnonzero(links.customer != NONE)
    new = links.customer[old]
    fresh[new] = links.rep[plan.territories.rep[old]] != owner[new]
    fresh[new] |= plan.calls.visits[old] * calls.per_weeks[new] != calls.visits[new] * plan.calls.per_weeks[old]
    if calls.cycle_weeks != plan.calls.cycle_weeks:
        fresh[new] |= _uneven(plan, base, links, since)[new]
    if base.scenario.settings.visits.spacing_tolerance != plan.scenario.settings.visits.spacing_tolerance:
        fresh |= _too_uneven(plan, base, links, since)
    return fresh


def _uneven(plan: Plan, base: Plan, links: _Links, since: int) -> Mask:
    """Return the customers whose promises do not add up to their frequency in the cycles of the changed scenario."""
    calendar, calls = base.scenario.calendar, base.calls
    cycle = (np.arange(calendar.days) + calendar.start.weekday()) // (7 * calls.cycle_weeks)
    first = np.searchsorted(cycle, np.arange(int(cycle[-1]) + 1))
    whole = (np.bincount(cycle) == 7 * calls.cycle_weeks) & (first >= since)
    count = np.zeros((len(base.territories.rep) + 1, len(whole)), dtype=np.int64)
    np.add.at(count, (links.customer[plan.visits.customer], cycle[plan.visits.day]), 1)
    np.add.at(count, (links.customer[plan.unserved.customer], cycle[plan.unserved.planned_day]), 1)
    asked = calls.visits_per_cycle[:, None]
    return np.asarray(((count[:-1] != asked) & whole).any(axis=1))


def _too_uneven(plan: Plan, base: Plan, links: _Links, since: int) -> Mask:
    """Return the customers with promises that kept the spacing of the plan and not that of the changed scenario."""
    customer, visits = links.customer[plan.visits.customer], base.calls.visits
    rows = np.lexsort((plan.visits.day, customer))
    who, day = customer[rows], plan.visits.day[rows]
    pairs = np.flatnonzero((who[1:] == who[:-1]) & (who[1:] != NONE) & (day[1:] >= since) & (visits[who[1:]] > 0))
    mine, gap = who[pairs], day[pairs + 1] - day[pairs]

    def holds(tolerance: float) -> Mask:
        asked = zip(visits[mine].tolist(), base.calls.per_weeks[mine].tolist(), strict=True)
        bounds = np.array([spacing_bounds(*one, tolerance) for one in asked]).reshape(-1, 2)
        return (bounds[:, 0] <= gap) & (gap <= bounds[:, 1])

    old, new = (scenario.settings.visits.spacing_tolerance for scenario in (plan.scenario, base.scenario))
    found = np.zeros(len(visits), dtype=np.bool_)
    found[mine[holds(old) & ~holds(new)]] = True
    return found


def _other_travel(old: Scenario, new: Scenario, links: _Links) -> Mask:
    """Return the reps whose ways may differ from those promised, because places or rules of travel or work changed."""
    if old is new:
        return np.zeros(len(new.reps), dtype=np.bool_)
    rules = (old.settings.travel, old.settings.workday), (new.settings.travel, new.settings.workday)
    if old.travel is not None or new.travel is not None or rules[0] != rules[1]:
        return np.ones(len(new.reps), dtype=np.bool_)
    moved = np.ones(len(new.reps), dtype=np.bool_)
    known = np.flatnonzero(links.rep != NONE)
    at = links.rep[known]
    moved[at] = (old.start_lat[known] != new.start_lat[at]) | (old.start_lon[known] != new.start_lon[at])
    who = np.flatnonzero(links.customer != NONE)
    there = links.customer[who]
    a, b = old.customers, new.customers
    elsewhere = (a.lat[who] != b.lat[there]) | (a.lon[who] != b.lon[there])
    return moved | bool(elsewhere.any())


def _promised(plan: Plan, links: _Links, rep: int, customers: Ints, count: int) -> Promised:
    """Return what a rep has promised, in places of the changed problem."""
    visits, unserved = plan.visits, plan.unserved
    place = np.full(count + 1, NONE, dtype=np.int64)
    place[customers] = 1 + np.arange(len(customers))
    mine = np.flatnonzero(links.rep[visits.rep] == rep)
    open_mine = np.flatnonzero(links.rep[unserved.rep] == rep)
    return Promised(
        place=place[links.customer[visits.customer[mine]]],
        planned=visits.planned_day[mine],
        day=visits.day[mine],
        start=visits.start[mine],
        minutes=visits.end[mine] - visits.start[mine],
        trip=visits.trip[mine],
        open_place=place[links.customer[unserved.customer[open_mine]]],
        open_planned=unserved.planned_day[open_mine],
        open_cause=unserved.cause[open_mine],
        open_detail=unserved.detail[open_mine],
    )


def _assembled(
    plan: Plan, base: Plan, links: _Links, since: int, years: dict[int, tuple[Ints, MendedYear]]
) -> tuple[Visits, Routes, Unserved]:
    """Put the past, the untouched days and the mended ones together."""
    touched = np.zeros((len(base.scenario.reps) + 1, base.scenario.calendar.days), dtype=np.bool_)
    for rep, (_, year) in years.items():
        touched[rep, year.touched] = True
    past_visits, past_routes = past_of(plan, base.scenario, links.customer, links.rep, since)
    v, r, u = plan.visits, plan.routes, plan.unserved
    begun = begun_trips(plan, since)
    rep_of_visit, customer = links.rep[v.rep], links.customer[v.customer]
    stays = (v.day >= since) & ~begun[v.trip] & (rep_of_visit != NONE) & (customer != NONE)
    stays &= ~touched[rep_of_visit, v.day]
    drives = (r.day >= since) & ~begun[r.trip] & (links.rep[r.rep] != NONE) & ~touched[links.rep[r.rep], r.day]
    visits = _columns_of(v, stays) | {"rep": rep_of_visit[stays], "customer": customer[stays]}
    routes = _columns_of(r, drives) | {"rep": links.rep[r.rep][drives]}
    new_visits, new_routes, new_unserved = assembled(
        [year for _, year in years.values()], list(years), [customers for customers, _ in years.values()]
    )
    told = (u.planned_day < since) & (links.rep[u.rep] != NONE) & (links.customer[u.customer] != NONE)
    past_unserved = _columns_of(u, told) | {
        "rep": links.rep[u.rep][told],
        "customer": links.customer[u.customer][told],
    }
    return (
        *numbered(
            _sorted(Visits, [past_visits, visits, vars(new_visits)], ("day", "rep", "start")),
            _sorted(Routes, [past_routes, routes, vars(new_routes)], ("day", "rep")),
        ),
        _sorted(Unserved, [past_unserved, vars(new_unserved)], ("planned_day", "rep", "customer")),
    )


def _sorted(kind: type[Part], parts: Sequence[Mapping[str, NDArray[Any]]], keys: tuple[str, ...]) -> Part:
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort([columns[key] for key in reversed(keys)])
    return kind(**{name: column[order] for name, column in columns.items()})


def _columns_of(part: Visits | Routes | Unserved, rows: Mask) -> dict[str, NDArray[Any]]:
    return {name: column[rows] for name, column in vars(part).items()}


def _changes(plan: Plan, new: Plan, links: _Links, since: int, years: dict[int, tuple[Ints, MendedYear]]) -> Changes:
    """Compare the visits from a day on, customer by customer: same day, then same planned day, then in order."""
    before, after = _visit_keys(plan, since), _visit_keys(new, since)
    ids = {str(name): k for k, name in enumerate(new.scenario.customers.customer_id.tolist())}
    reasons = {
        (int(customers[place - 1]), day): reason
        for customers, year in years.values()
        for (place, day), reason in year.reasons.items()
    }
    told = _Told(plan, new, links, ids, reasons)
    rows: list[ChangeRow] = []
    kept = 0
    for name in sorted({*before, *after}):
        old, now = before.get(name, []), after.get(name, [])
        if old == now:
            kept += len(old)
            continue
        pairs = _paired(old, now, new.scenario.settings.visits.shift_days)
        for one, other in pairs:
            if one and other and one[:2] == other[:2]:
                kept += 1
            else:
                rows.append(told.row(name, one, other))
    promised = sum(len(visits) for visits in before.values())
    return _as_changes(since, promised, kept, rows)


def _as_changes(since: int, promised: int, kept: int, rows: list[ChangeRow]) -> Changes:
    rows = sorted(rows, key=lambda row: (row[6] if row[6] != NONE else row[4], row[4], row[1]))
    columns = list(zip(*rows, strict=True)) or [()] * 9
    kind, name, title, rep, old_day, old_start, new_day, new_start, reason = columns
    return Changes(
        since=since,
        promised=promised,
        kept=kept,
        kind=np.array(kind, dtype=np.int64),
        customer_id=np.array(name, dtype=object),
        name=np.array(title, dtype=object),
        rep_id=np.array(rep, dtype=object),
        old_day=np.array(old_day, dtype=np.int64),
        old_start=np.array(old_start, dtype=np.int64),
        new_day=np.array(new_day, dtype=np.int64),
        new_start=np.array(new_start, dtype=np.int64),
        reason=np.array(reason, dtype=object),
    )


def _visit_keys(plan: Plan, since: int) -> dict[str, list[VisitKey]]:
    """Return (day, start, planned day, rep) of the visits from a day on, by customer id."""
    visits, found = plan.visits, dict[str, list[VisitKey]]()
    later = np.flatnonzero(visits.day >= since)
    names = plan.scenario.customers.customer_id[visits.customer[later]].tolist()
    reps = plan.scenario.reps.rep_id[visits.rep[later]].tolist()
    columns = (visits.day[later].tolist(), visits.start[later].tolist(), visits.planned_day[later].tolist(), reps)
    for name, *key in zip(names, *columns, strict=True):
        day, start, planned, rep = key
        found.setdefault(str(name), []).append((day, start, planned, str(rep)))
    return found


def _paired(old: list[VisitKey], new: list[VisitKey], shift: int) -> list[tuple[VisitKey | None, VisitKey | None]]:
    """Pair visits of one customer on the same day, then with the same planned day, then the nearest within a shift."""
    pairs: list[tuple[VisitKey | None, VisitKey | None]] = []
    left, right = list(old), list(new)
    for alike in (_same_day, _same_plan, _near(shift)):
        for one in list(left):
            other = next((visit for visit in right if alike(one, visit)), None)
            if other:
                pairs.append((one, other))
                left.remove(one)
                right.remove(other)
    return [*pairs, *((one, None) for one in left), *((None, one) for one in right)]


def _same_day(one: VisitKey, other: VisitKey) -> bool:
    return one[0] == other[0]


def _same_plan(one: VisitKey, other: VisitKey) -> bool:
    return one[2] == other[2]


def _near(shift: int) -> Callable[[VisitKey, VisitKey], bool]:
    return lambda one, other: abs(one[0] - other[0]) <= shift


@dataclass(frozen=True)
class _Told:
    """Why a visit changed, as the mended years and the scenarios tell."""

    plan: Plan
    new: Plan
    links: _Links
    ids: dict[str, int]
    reasons: dict[tuple[int, int], str]

    def row(self, name: str, old: VisitKey | None, new: VisitKey | None) -> ChangeRow:
        """Return the row of one change."""
        kind = "added" if old is None else "cancelled" if new is None else "retimed" if old[0] == new[0] else "moved"
        who = self.new.scenario.customers if name in self.ids else self.plan.scenario.customers
        title = str(who.name[int(np.searchsorted(who.customer_id.astype(str), name))])
        last = new or old
        assert last is not None
        days = (*(old[:2] if old else (NONE, NONE)), *(new[:2] if new else (NONE, NONE)))
        return (KINDS.index(kind), name, title, last[3], *days, self._reason(name, old))

    def _reason(self, name: str, old: VisitKey | None) -> str:
        here = self.ids.get(name)
        if here is None:
            return "customer_lost"
        there = np.flatnonzero(self.links.customer == here)
        if not len(there):
            return "customer_new"
        before, after = self.plan.calls, self.new.calls
        was = int(there[0])
        owner = int(self.links.rep[self.plan.territories.rep[was]])
        if owner != self.new.territories.rep[here]:
            return "other_rep"
        if old and (here, old[0]) in self.reasons:
            return self.reasons[here, old[0]]
        if before.visits[was] * after.per_weeks[here] != after.visits[here] * before.per_weeks[was]:
            return "frequency"
        return "makes_room" if old else "room_again"
