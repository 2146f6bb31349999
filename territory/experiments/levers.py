"""What would help most: one change at a time, judged on the same random years as the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np

from territory.assessment.kpis import year_flags
from territory.domain.customers import NONE, Ints
from territory.domain.effort import Effort
from territory.domain.outcome import Lever, Outcome, Year
from territory.domain.plan import Plan
from territory.domain.scenario import MAX_CYCLE_WEEKS, Scenario, TravelMatrix
from territory.domain.settings import Frequency
from territory.domain.spending import planned_budget_cents
from territory.errors import PlanError
from territory.experiments.journal import Journal
from territory.experiments.pairs import paired_difference
from territory.experiments.runner import Progress, live_variants
from territory.simulation.tables import make_tables

BEST_LEVERS = 3
FIRST_LOOK = 4
"""All changes live the first 1/4 of the paired years; only the best ones live on."""
TARGET_CUT, BUDGET_RISE = 0.10, 0.10

Replan = Callable[..., Plan]
"""Makes a plan of a changed scenario; takes `assign` as `make_plan` does, to keep territories as they are."""


@dataclass(frozen=True)
class Change:
    """A changed plan and what was changed by how much."""

    name: str
    values: Mapping[str, str | int | float]
    plan: Plan


def find_levers(
    outcome: Outcome,
    *,
    effort: Effort,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    replan: Replan,
    journal: Journal | None = None,
) -> tuple[Lever, ...]:
    """Try single changes on the outcome's own years and rank them by what they bring.

    All changes live a quarter of the paired years. The three that look best then live the rest, and their effects are
    those of the rest alone: years that helped to choose a change would flatter it. The intervals of the three hold
    together, and so do those of all the others.

    Parameters
    ----------
    outcome : Outcome
        Years of the plan as it is; the first `effort.lever_years` of them are the pairs.
    effort : Effort
    workers, backend, progress, journal
        As for `run_years`; the stage is "levers".
    replan : callable
        Makes a plan of a changed scenario; used where territories or visits change.

    Returns
    -------
    tuple of Lever
        The chosen ones first, each kind ranked by the paired effect on the share of years in which everything holds,
        then on the share that reaches the task, then on bookings.
    """
    pairs = min(effort.lever_years, len(outcome.years))
    first_look = max(1, pairs // FIRST_LOOK)
    changes = candidate_changes(outcome.plan, replan)
    tables = [make_tables(change.plan) for change in changes]

    def live(chosen: list[int], replications: range) -> list[list[Year]]:
        variants = [tables[k] for k in chosen]
        return live_variants(variants, outcome.seed, replications, workers=workers, backend=backend, journal=journal)

    def note(stage: int) -> None:
        if progress:
            progress("levers", stage, 2)

    note(0)
    every = list(range(len(changes)))
    looked = live(every, range(first_look))
    levers = [
        paired_lever(outcome, change, years, first=0, together=len(changes), chosen=False)
        for change, years in zip(changes, looked, strict=True)
    ]
    ranked = sorted(every, key=lambda k: _rank(levers[k]))
    best = ranked[:BEST_LEVERS] if pairs > first_look else []
    note(1)
    rest = live(best, range(first_look, pairs))
    note(2)
    judged = [
        paired_lever(outcome, changes[k], years, first=first_look, together=len(best), chosen=True)
        for k, years in zip(best, rest, strict=True)
    ]
    others = [levers[k] for k in ranked if k not in best]
    return (*sorted(judged, key=_rank), *others)


def paired_lever(
    outcome: Outcome, change: Change, lived: list[Year], *, first: int, together: int, chosen: bool
) -> Lever:
    """Return the paired effects of a change on the outcome's years from `first` on.

    The intervals are widened so that those of `together` changes hold at once (Bonferroni).
    """
    years = outcome.years[first : first + len(lived)]
    confidence = 1 - (1 - outcome.plan.scenario.settings.verdict.confidence) / max(together, 1)
    before, after = year_flags(outcome.plan, years), year_flags(change.plan, lived)
    gain = paired_difference(_bookings(lived), _bookings(years), confidence)
    joint = paired_difference(after["joint"], before["joint"], confidence)
    target = paired_difference(after["target"], before["target"], confidence)
    return Lever(
        name=change.name,
        values=change.values,
        effect_cents=round(gain.mean),
        effect_low_cents=_whole(gain.low),
        effect_high_cents=_whole(gain.high),
        joint_effect=joint.mean,
        joint_low=joint.low,
        joint_high=joint.high,
        target_effect=target.mean,
        target_low=target.low,
        target_high=target.high,
        years=len(years),
        chosen=chosen,
    )


def _rank(lever: Lever) -> tuple[float, float, int, str]:
    return (-lever.joint_effect, -lever.target_effect, -lever.effect_cents, lever.name)


def _bookings(years: Sequence[Year]) -> Ints:
    return np.array([year.month("bookings_cents").sum() for year in years])


def _whole(cents: float) -> int:
    """Return whole cents; a single year has no interval, its bounds are as wide as money can be written."""
    limit = 2.0**62
    return round(min(max(cents, -limit), limit))


def candidate_changes(plan: Plan, replan: Replan) -> list[Change]:
    """Return every change that makes sense for a plan; one that no plan can satisfy is left out."""
    makers: tuple[Callable[[Plan, Replan], Change | None], ...] = (
        add_rep,
        fewer_d_visits,
        faster_ramp,
        lower_target,
        more_budget,
        keep_more,
        lower_attrition,
    )
    changes = []
    for make in makers:
        try:
            change = make(plan, replan)
        except PlanError:
            continue  # the changed scenario contradicts its own hard rules, so it is no way out
        if change is not None:
            changes.append(change)
    return changes


def add_rep(plan: Plan, replan: Replan) -> Change | None:
    """One more rep, who lives where the busiest one does, for the same task."""
    scenario = plan.scenario
    load = np.where(scenario.reps.is_manager, -1.0, plan.territories.workload_minutes)
    if not len(load):
        return None
    busiest = int(np.argmax(load))
    changed = with_double(scenario, busiest)
    made = for_the_same_task(replan(changed), plan)
    return Change("add_rep", {"reps": 1, "near": str(scenario.reps.rep_id[busiest])}, made)


def for_the_same_task(changed: Plan, plan: Plan) -> Plan:
    """Return the changed plan with the targets of the other: set by rep, they would rise with the reps (R-T5)."""
    return dataclasses.replace(changed, targets=plan.targets)


def with_double(scenario: Scenario, rep: int) -> Scenario:
    """Return the scenario with a second rep like the given one; its id sorts last, so that no index moves."""
    reps = scenario.reps
    doubled = reps.take(np.append(np.arange(len(reps)), rep))
    doubled.rep_id[-1] = f"{reps.rep_id[-1]}+1"
    doubled.is_manager[-1] = False
    travel = scenario.travel
    if travel is not None:
        places = np.append(np.arange(len(travel.minutes)), len(scenario.customers) + rep)
        travel = TravelMatrix(travel.minutes[np.ix_(places, places)], travel.km[np.ix_(places, places)])
    return dataclasses.replace(scenario, reps=doubled, travel=travel)


def fewer_d_visits(plan: Plan, replan: Replan) -> Change | None:
    """Visit D customers half as often, in the same territories."""
    rules = plan.scenario.settings.tiers
    own = plan.scenario.customers.visits != NONE
    if rules.d.visits == 0 or not ((plan.segments.tier == 3) & ~own).any():
        return None
    weeks = rules.d.per_weeks * 2
    others = plan.calls.per_weeks[(plan.segments.tier != 3) & (plan.calls.visits > 0)]
    if rules.d.visits % 2 == 0:
        halved = dataclasses.replace(rules.d, visits=rules.d.visits // 2)
    elif lcm(weeks, *(int(w) for w in np.unique(others))) <= MAX_CYCLE_WEEKS:
        halved = Frequency(rules.d.visits, weeks, rules.d.minutes)
    else:
        return None
    changed = plan.scenario.replace(tiers={"d": halved})
    fewer = replan(changed, assign=lambda *_, **__: plan.territories)
    return Change("fewer_d_visits", {"visits": halved.visits, "per_weeks": halved.per_weeks}, fewer)


def faster_ramp(plan: Plan, _replan: Replan) -> Change | None:
    """Give new reps the productivity they would have a quarter later."""
    ramp = plan.scenario.settings.staffing.ramp
    faster = (*ramp[1:], 1.0)
    return Change("faster_ramp", {"quarters": 1}, with_settings(plan, staffing={"ramp": faster}))


def lower_target(plan: Plan, _replan: Replan) -> Change | None:
    """Set the task 10 % lower, the stretch target with it."""
    rules = plan.scenario.settings.targets
    keep = 1 - TARGET_CUT

    def less(cents: int | None) -> int | None:
        return None if cents is None else round(cents * keep)

    phases = tuple(dataclasses.replace(p, per_rep_month=round(p.per_rep_month * keep)) for p in rules.phases)
    changed = with_settings(
        plan, targets={"annual": less(rules.annual), "stretch": less(rules.stretch), "phases": phases}
    )
    targets = dataclasses.replace(
        plan.targets,
        cents=np.rint(plan.targets.cents * keep).astype(np.int64),
        stretch_cents=round(plan.targets.stretch_cents * keep),
    )
    return Change("lower_target", {"share": -TARGET_CUT}, dataclasses.replace(changed, targets=targets))


def more_budget(plan: Plan, _replan: Replan) -> Change | None:
    """Raise the year's budget and the cash to start with by 10 % of the budget."""
    rules = plan.scenario.settings.budget
    annual = planned_budget_cents(plan)
    added = round(annual * BUDGET_RISE)
    changed = with_settings(plan, budget={"annual": annual + added, "opening_cash": rules.opening_cash + added})
    return Change("more_budget", {"share": BUDGET_RISE, "added_cents": added}, changed)


def keep_more(plan: Plan, _replan: Replan) -> Change | None:
    """One more rep stays at the cut."""
    rules = plan.scenario.settings.staffing
    if rules.cut_mode == "none" or rules.keep >= int((~plan.scenario.reps.is_manager).sum()):
        return None
    return Change("keep_more", {"keep": rules.keep + 1}, with_settings(plan, staffing={"keep": rules.keep + 1}))


def lower_attrition(plan: Plan, _replan: Replan) -> Change | None:
    """Half as many reps resign."""
    halved = plan.scenario.settings.staffing.annual_attrition / 2
    if halved == 0:
        return None
    return Change(
        "lower_attrition", {"annual_attrition": halved}, with_settings(plan, staffing={"annual_attrition": halved})
    )


def with_settings(plan: Plan, **changes: object) -> Plan:
    """Return the same plan under changed settings that need no new territories or visits."""
    return dataclasses.replace(plan, scenario=plan.scenario.replace(**changes))
