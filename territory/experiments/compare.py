"""Plans against each other on the same random years, for no more years than it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.assessment.kpis import change_over_cents, moved_customers, year_flags
from territory.assessment.sequences import looks
from territory.domain.comparison import ChangeOver, Comparison, PairedDifference, Standing
from territory.domain.customers import Floats, Strings
from territory.domain.outcome import Outcome, Year
from territory.domain.plan import Plan
from territory.experiments.journal import Journal
from territory.experiments.pairs import chance_of_best, paired_difference, years_needed
from territory.experiments.runner import Progress, live_variants, make_outcome
from territory.simulation.tables import make_tables

FIRST_LOOK = 25
"""Years before the first look; their number doubles from look to look."""

CRITERIA = 2
"""A plan can win by the share of years in which everything holds, or by bookings."""


class Lived(NamedTuple):
    """What counts of the years of one plan, shape (years,): cents, and what held."""

    bookings: Floats
    target: NDArray[np.bool_]
    joint: NDArray[np.bool_]


def compare_plans(
    plans: Mapping[str, Plan],
    *,
    years: int,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Comparison:
    """Live the same random years under each plan and say which is better, by how much, how surely.

    The plans are looked at after 25, 50, 100, ... years. A plan that another one clearly beats is not lived on, and the
    comparison ends as soon as one is left. The chance to see a winner where there is no true difference is shared among
    looks, plans and both criteria, so that it stays below 1 - confidence in all.

    Parameters
    ----------
    plans : mapping of str to Plan
        Two or more, by name; the first is the baseline. They must cover the same twelve months.
    years : int
        Most paired years, at least 2.
    seed : int, optional
        The first plan's seed by default.
    workers, backend, progress, journal
        As for `run_years`.

    Raises
    ------
    ValueError
        When the plans cannot meet the same years: all the reasons at once.
    """
    _refuse_unlike(plans, years)
    names, made = list(plans), list(plans.values())
    seed = made[0].seed if seed is None else seed
    confidence = made[0].scenario.settings.verdict.confidence
    tables = [make_tables(plan) for plan in made]
    at = looks(FIRST_LOOK, years)
    lived: list[list[Year]] = [[] for _ in made]
    left = list(range(len(made)))
    for begin, end in zip((0, *at[:-1]), at, strict=True):
        shown = _shifted(progress, len(left), begin, years)
        variants = [tables[k] for k in left]
        new = live_variants(
            variants, seed, range(begin, end), workers=workers, backend=backend, progress=shown, journal=journal
        )
        for k, more in zip(left, new, strict=True):
            lived[k] += more
        counted = {k: count(made[k], lived[k]) for k in left}
        left = unbeaten(counted, doubt=(1 - confidence) / (len(at) * len(made)))
        if len(left) == 1:
            break
    outcomes = {
        name: make_outcome(plan, table, seed, years_of)
        for name, plan, table, years_of in zip(names, made, tables, lived, strict=True)
    }
    return weigh(outcomes, [names[k] for k in left], seed, confidence, len(at), years)


def count(plan: Plan, years: Sequence[Year]) -> Lived:
    """Return what counts of the years."""
    flags = year_flags(plan, years)
    bookings = np.array([year.month("bookings_cents").sum() for year in years], dtype=np.float64)
    return Lived(bookings, flags["target"], flags["joint"])


def unbeaten(plans: Mapping[int, Lived], *, doubt: float) -> list[int]:
    """Return the plans that no other clearly beats.

    Parameters
    ----------
    plans : mapping
        With the same years each.
    doubt : float
        Chance that one plan beats another one at this look without being better, by either criterion.
    """
    return [k for k in plans if not any(beats(plans[j], plans[k], doubt) for j in plans if j != k)]


def beats(one: Lived, other: Lived, doubt: float) -> bool:
    """Return whether a plan is clearly better: everything holds in more years, or it books more and holds as often."""
    confidence = 1 - 2 * doubt / CRITERIA
    joint = paired_difference(one.joint, other.joint, confidence)
    if joint.low > 0:
        return True
    return joint.mean >= 0 and paired_difference(one.bookings, other.bookings, confidence).low > 0


def weigh(
    outcomes: Mapping[str, Outcome], left: Sequence[str], seed: int, confidence: float, looked: int, most_years: int
) -> Comparison:
    """Sum up outcomes of the same years; those of plans beaten early may have fewer of them.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
        The first is the baseline.
    left : sequence of str
        Plans not clearly beaten.
    seed : int
    confidence : float
        Of all intervals together.
    looked, most_years : int
        Looks planned, and years allowed.
    """
    names = list(outcomes)
    counted = {name: count(outcome.plan, outcome.years) for name, outcome in outcomes.items()}
    together = 1 - (1 - confidence) / (looked * max(len(names) - 1, 1))
    common = min(len(one.bookings) for one in counted.values())
    chances = chance_of_best(np.stack([counted[name].bookings[:common] for name in names]), seed)
    standings = tuple(
        _standing(outcomes[name], name, counted[name], counted[names[0]], float(chance), together)
        for name, chance in zip(names, chances, strict=True)
    )
    order = sorted(
        standings, key=lambda one: (one.name not in left, -one.joint, -one.bookings_cents, names.index(one.name))
    )
    best, second = counted[order[0].name], counted[order[1].name]
    shared = min(len(best.bookings), len(second.bookings))
    return Comparison(
        standings=standings,
        best=order[0].name,
        clear=len(left) == 1,
        lead=_gain(best.bookings, second.bookings, together),
        joint_lead=_gain(best.joint, second.joint, together),
        years=max(one.years for one in standings),
        most_years=most_years,
        years_needed=years_needed(best.bookings[:shared], second.bookings[:shared], together),
        seed=seed,
        confidence=confidence,
        change_overs=tuple(change_over(a, outcomes[a].plan, b, outcomes[b].plan) for a, b in combinations(names, 2)),
        outcomes=dict(outcomes),
    )


def _standing(outcome: Outcome, name: str, own: Lived, base: Lived, chance: float, confidence: float) -> Standing:
    return Standing(
        name=name,
        years=len(own.bookings),
        bookings_cents=round(own.bookings.mean()),
        target=float(own.target.mean()),
        joint=float(own.joint.mean()),
        bookings_gain=_gain(own.bookings, base.bookings, confidence),
        target_gain=_gain(own.target, base.target, confidence),
        joint_gain=_gain(own.joint, base.joint, confidence),
        best_chance=chance,
        customers_moved=len(moved_customers(outcome.plan)),
        moved_loss_cents=change_over_cents(outcome.plan),
    )


def _gain(own: NDArray[np.generic], base: NDArray[np.generic], confidence: float) -> PairedDifference:
    """Return the paired difference over the years both have."""
    shared = min(len(own), len(base))
    return paired_difference(own[:shared], base[:shared], confidence)


def change_over(before: str, first: Plan, after: str, second: Plan) -> ChangeOver:
    """Return whom it takes to go from one plan to another, reps and customers told apart by their ids (R-A4)."""
    ours, theirs = _owners(first), _owners(second)
    who = first.scenario.customers
    moved = np.array([name in theirs and theirs[name] != owner for name, owner in ours.items()], dtype=bool)
    sales = np.maximum(who.annual_sales_cents[moved], 0)
    loss = np.rint(sales * second.scenario.settings.territories.disruption_loss).sum()
    return ChangeOver(before, after, int(moved.sum()), int(sales.sum()), int(loss))


def _owners(plan: Plan) -> dict[str, str]:
    names: Strings = plan.scenario.reps.rep_id[plan.territories.rep]
    return dict(zip(plan.scenario.customers.customer_id.tolist(), names.tolist(), strict=True))


def _refuse_unlike(plans: Mapping[str, Plan], years: int) -> None:
    reasons = []
    if len(plans) < 2:
        reasons.append(f"two or more plans are needed, not {len(plans)}")
    if years < 2:
        reasons.append(f"two or more paired years are needed, not {years}")
    base_name, base = next(iter(plans.items()), ("", None))
    for name, plan in plans.items():
        assert base is not None
        ours, theirs = plan.scenario.calendar, base.scenario.calendar
        if (ours.start, ours.days) != (theirs.start, theirs.days):
            years_of = f"{name} covers {ours.days} days from {ours.start}"
            reasons.append(f"{years_of}, {base_name} covers {theirs.days} from {theirs.start}")
        if not set(plan.scenario.customers.customer_id) & set(base.scenario.customers.customer_id):
            reasons.append(f"{name} and {base_name} have no customer in common")
    if reasons:
        raise ValueError("these plans cannot be compared: " + "; ".join(reasons))


def _shifted(progress: Progress | None, plans: int, begin: int, years: int) -> Progress | None:
    if progress is None:
        return None
    return lambda stage, part, _total: progress(stage, begin * plans + part, plans * years)
