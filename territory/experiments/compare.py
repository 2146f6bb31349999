"""Plans against each other on the same random years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory.assessment.kpis import change_over_cents, moved_customers, year_flags
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.experiments.pairs import PairedDifference, chance_of_best, paired_difference, years_needed
from territory.experiments.runner import Progress, live_years, median_year
from territory.simulation.year import prepare, run_year


@dataclass(frozen=True)
class Standing:
    """One plan of a comparison.

    Attributes
    ----------
    name : str
    bookings_cents : int
        Mean of the years.
    target, joint : float
        Shares of the years that reach the task, and in which everything holds.
    bookings_gain, target_gain, joint_gain : PairedDifference
        Against the baseline, the first plan given; cents and shares.
    best_chance : float
        Chance of the highest mean bookings, by resampling the years.
    customers_moved, moved_loss_cents : int
        Customers that change hands under the plan, and the expected loss of annual sales (R-A4).
    """

    name: str
    bookings_cents: int
    target: float
    joint: float
    bookings_gain: PairedDifference
    target_gain: PairedDifference
    joint_gain: PairedDifference
    best_chance: float
    customers_moved: int
    moved_loss_cents: int


@dataclass(frozen=True)
class Comparison:
    """Plans compared on the same years.

    Attributes
    ----------
    standings : tuple of Standing
        In the order given; the first is the baseline.
    best : str
        Plan with the highest share of years in which everything holds, then of mean bookings.
    clear : bool
        Whether its lead over the second-best leaves zero out of the interval, in joint share or in bookings.
    lead : PairedDifference
        Bookings of the best less those of the second, cents a year.
    joint_lead : PairedDifference
        The same for the share of years in which everything holds.
    years, years_needed : int
        Paired years lived, and those after which the observed lead in bookings would be clear (0: no lead).
    seed : int
    confidence : float
    outcomes : mapping of str to Outcome
    """

    standings: tuple[Standing, ...]
    best: str
    clear: bool
    lead: PairedDifference
    joint_lead: PairedDifference
    years: int
    years_needed: int
    seed: int
    confidence: float
    outcomes: Mapping[str, Outcome]

    def table(self) -> pd.DataFrame:
        """One row a plan: means, paired differences to the first plan with intervals (yuan, shares), chance of best."""
        rows = []
        for plan in self.standings:
            gain, joint = plan.bookings_gain, plan.joint_gain
            rows.append(
                {
                    "plan": plan.name,
                    "bookings": round(plan.bookings_cents / 100, 2),
                    "bookings_gain": round(gain.mean / 100, 2),
                    "bookings_gain_low": round(gain.low / 100, 2),
                    "bookings_gain_high": round(gain.high / 100, 2),
                    "target": round(plan.target, 4),
                    "target_gain": round(plan.target_gain.mean, 4),
                    "target_gain_low": round(plan.target_gain.low, 4),
                    "target_gain_high": round(plan.target_gain.high, 4),
                    "joint": round(plan.joint, 4),
                    "joint_gain": round(joint.mean, 4),
                    "joint_gain_low": round(joint.low, 4),
                    "joint_gain_high": round(joint.high, 4),
                    "best_chance": round(plan.best_chance, 4),
                    "customers_moved": plan.customers_moved,
                    "moved_loss": round(plan.moved_loss_cents / 100, 2),
                    "years": self.years,
                    "best": plan.name == self.best,
                }
            )
        return pd.DataFrame(rows)


def compare_plans(
    plans: Mapping[str, Plan],
    *,
    years: int,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
) -> Comparison:
    """Live the same random years under each plan and say which is better, by how much, how surely.

    Parameters
    ----------
    plans : mapping of str to Plan
        Two or more, by name; the first is the baseline. They must cover the same twelve months.
    years : int
        Paired years, at least 2.
    seed : int, optional
        The first plan's seed by default.
    workers, backend, progress
        As for `run_years`.

    Raises
    ------
    ValueError
        When the plans cannot meet the same years: all the reasons at once.
    """
    _refuse_unlike(plans, years)
    baseline = next(iter(plans.values()))
    seed = baseline.seed if seed is None else seed
    confidence = baseline.scenario.settings.verdict.confidence
    outcomes: dict[str, Outcome] = {}
    for done, (name, plan) in enumerate(plans.items()):
        shown = _shifted(progress, done, len(plans), years)
        tables = prepare(plan)
        lived = live_years(tables, seed, range(years), workers=workers, backend=backend, progress=shown)
        outcomes[name] = Outcome(plan, seed, tuple(lived), run_year(tables, seed, median_year(lived), ledger=True))
    return weigh(outcomes, seed, confidence)


def weigh(outcomes: Mapping[str, Outcome], seed: int, confidence: float) -> Comparison:
    """Compare outcomes of the same years."""
    names = list(outcomes)
    bookings = np.stack([outcome.measure("bookings_cents").sum(axis=1) for outcome in outcomes.values()]).astype(float)
    flags = [year_flags(outcome.plan, outcome.years) for outcome in outcomes.values()]
    chances = chance_of_best(bookings, seed)
    standings = []
    for k, name in enumerate(names):
        plan = outcomes[name].plan
        standings.append(
            Standing(
                name=name,
                bookings_cents=round(bookings[k].mean()),
                target=float(flags[k]["target"].mean()),
                joint=float(flags[k]["joint"].mean()),
                bookings_gain=paired_difference(bookings[k], bookings[0], confidence),
                target_gain=paired_difference(flags[k]["target"], flags[0]["target"], confidence),
                joint_gain=paired_difference(flags[k]["joint"], flags[0]["joint"], confidence),
                best_chance=float(chances[k]),
                customers_moved=len(moved_customers(plan)),
                moved_loss_cents=change_over_cents(plan),
            )
        )
    order = sorted(range(len(names)), key=lambda k: (-standings[k].joint, -standings[k].bookings_cents, k))
    first, second = order[0], order[1]
    lead = paired_difference(bookings[first], bookings[second], confidence)
    joint_lead = paired_difference(flags[first]["joint"], flags[second]["joint"], confidence)
    return Comparison(
        standings=tuple(standings),
        best=names[first],
        clear=joint_lead.low > 0 or (joint_lead.mean == 0 and lead.low > 0),
        lead=lead,
        joint_lead=joint_lead,
        years=bookings.shape[1],
        years_needed=years_needed(bookings[first], bookings[second], confidence),
        seed=seed,
        confidence=confidence,
        outcomes=dict(outcomes),
    )


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


def _shifted(progress: Progress | None, done: int, plans: int, years: int) -> Progress | None:
    if progress is None:
        return None
    return lambda stage, part, _total: progress(stage, done * years + part, plans * years)
