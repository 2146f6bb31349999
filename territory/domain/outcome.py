"""What simulated years bring: one `Year`, many as an `Outcome`, levers, and the `Verdict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from territory.domain.customers import Ints, Strings
from territory.domain.findings import Explanation, KeptGroup, Precision
from territory.domain.night_account import NightAccount
from territory.domain.plan import Plan, yuan
from territory.domain.year_details import YearDetails
from territory.errors import Reason

MONTH_MEASURES = (
    "bookings_cents",  # orders signed: won deals and run-rate
    "run_rate_cents",  # the part of bookings that is run-rate
    "collections_cents",  # cash received
    "payments_cents",  # cash paid
    "cash_cents",  # cash at month end
    "visits_planned",
    "visits_done",
    "calls_done",
    "reps_active",  # confirmed, on probation or in training, managers included, at month end
    "hired",
    "left",  # resigned, dismissed, cut, or gone on a stated day
    "opened",  # deals
    "won",
    "lost",
    "open_deals",  # at month end
    "pipeline_cents",  # unweighted value of open deals at month end
    "forecast_cents",  # probability-weighted value of open deals at month end
    "appraisal_points",  # mean monthly appraisal x 100 (R-E1)
    "target_cents",
)
"""Monthly measures of one year, in the order of `Year.months`' rows; integers, money in cents."""

BREACHES = (
    "commit_accuracy",  # R-E4 weeks with actual / commit outside the band
    "unbooked",  # R-E4 weeks
    "coverage",  # R-E5 months
    "growth",  # R-E5 months
    "budget_overrun",  # R-B7 months in which a category exceeds its budget
    "week_outlook",  # R-E4 weeks whose commit and upside do not reach the target
    "month_outlook",  # R-E4 months whose forecast and upside do not reach the raised target
    "quarter_outlook",  # R-E4 quarters, alike
    "rolling_forecast",  # R-E5 months in which the next twelve do not reach the raised target
    "linearity",  # R-E6 months whose sales bunch in a few days
)
"""Kinds of review breaches counted in one year."""


@dataclass(frozen=True)
class Ledger:
    """Dated money lines of one year (R-B1..B7), sorted by day; payments negative, collections positive.

    Attributes
    ----------
    day : array of int, shape (lines,)
    category : array of str
        ``collection``, ``setup``, ``rent``, ``office``, ``vehicles``, ``entertainment``, ``travel``, ``lodging``,
        ``phone``, ``advance``, ``pay``, ``bonus``, ``recruiting``, ``training``, ``advertising``, ``salary``,
        ``goods``, ``project``, ``other``.
    rep : array of int
        -1 for the team.
    cents : array of int
    approved_by : array of str
        Empty for what needs no approval.
    item : array of str
        Name of the line as the scenario gives it, or empty.
    """

    day: Ints
    category: Strings
    rep: Ints
    cents: Ints
    approved_by: Strings
    item: Strings


@dataclass(frozen=True)
class StaffEvent:
    """A change of the team.

    `kind` is ``start``, ``hired``, ``confirmed``, ``extended``, ``resigned``, ``dismissed``, ``cut``, or ``left`` for
    who goes on the day the scenario states.
    """

    day: int
    rep: int
    kind: str


@dataclass(frozen=True)
class Year:
    """One simulated year.

    Attributes
    ----------
    replication : int
    months : array of int, shape (len(MONTH_MEASURES), 12)
    breaches : array of int, shape (len(BREACHES),)
    lowest_cash_cents : int
        Lowest cash balance on any day.
    spent_cents : int
        All payments of the year.
    rep_bookings_cents : array of int, shape (rep slots,)
        Bookings by rep; slots beyond the scenario's reps are successors hired in the year.
    staff_events : tuple of StaffEvent
    opened, won, lost, still_open : int
        Deals, those open at the start included in `opened`: opened = won + lost + still_open.
    opening_cash_cents, closing_cash_cents : int
    ledger : Ledger or None
        Only where asked for.
    details : YearDetails or None
        Reviews, forecasts, people and overruns; None where a year was read back from files.
    nights : NightAccount or None
        With the ledger: the nights away against the plan's.
    """

    replication: int
    months: Ints
    breaches: Ints
    lowest_cash_cents: int
    spent_cents: int
    rep_bookings_cents: Ints
    staff_events: tuple[StaffEvent, ...]
    opened: int
    won: int
    lost: int
    still_open: int
    opening_cash_cents: int
    closing_cash_cents: int
    ledger: Ledger | None = None
    details: YearDetails | None = None
    nights: NightAccount | None = None

    def month(self, measure: str) -> Ints:
        """Return the twelve values of a monthly measure."""
        row: Ints = self.months[MONTH_MEASURES.index(measure)]
        return row


@dataclass(frozen=True)
class Outcome:
    """Many simulated years of one plan.

    Attributes
    ----------
    plan : Plan
    seed : int
    years : tuple of Year
        In order of replication.
    sample : Year
        One typical year, the one of median bookings, with its ledger.
    failing : Year or None
        The typical year in which not everything holds, with its ledger.
    precision : Precision or None
        Where the years were lived until a probability was known.
    """

    plan: Plan
    seed: int
    years: tuple[Year, ...]
    sample: Year
    failing: Year | None = None
    precision: Precision | None = None

    def measure(self, name: str) -> Ints:
        """Return a monthly measure of all years, shape (years, 12)."""
        row = MONTH_MEASURES.index(name)
        return np.stack([year.months[row] for year in self.years])

    def table(self) -> pd.DataFrame:
        """One row a year: totals in yuan, counts, breaches."""
        totals = {name: self.measure(name).sum(axis=1) for name in MONTH_MEASURES}
        out = pd.DataFrame({"replication": [year.replication for year in self.years]})
        for name in ("bookings_cents", "run_rate_cents", "collections_cents", "payments_cents"):
            out[name.removesuffix("_cents")] = yuan(totals[name])
        out["lowest_cash"] = yuan(np.array([year.lowest_cash_cents for year in self.years]))
        out["closing_cash"] = yuan(np.array([year.closing_cash_cents for year in self.years]))
        for name in ("visits_planned", "visits_done", "calls_done", "hired", "left", "opened", "won", "lost"):
            out[name] = totals[name]
        out["reps_at_end"] = self.measure("reps_active")[:, -1]
        out["still_open"] = [year.still_open for year in self.years]
        for k, name in enumerate(BREACHES):
            out[f"breaches_{name}"] = [int(year.breaches[k]) for year in self.years]
        return out

    def months_table(self) -> pd.DataFrame:
        """P10, P50, P90 and mean of every monthly measure: measure, month, p10, p50, p90, mean (money in yuan)."""
        labels = [self.plan.scenario.calendar.month_label(m) for m in range(12)]
        parts = []
        for name in MONTH_MEASURES:
            values = self.measure(name) / (100 if name.endswith("_cents") else 1)
            low, mid, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
            mean = values.mean(axis=0)
            parts.append(
                pd.DataFrame(
                    {
                        "measure": name.removesuffix("_cents"),
                        "month": labels,
                        "p10": low.round(2),
                        "p50": mid.round(2),
                        "p90": high.round(2),
                        "mean": mean.round(2),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def ledger_table(self) -> pd.DataFrame:
        """Ledger of the sample year: date, category, rep_id, item, amount (yuan), approved_by, balance."""
        ledger = self.sample.ledger
        assert ledger is not None
        calendar, reps = self.plan.scenario.calendar, self.plan.scenario.reps
        balance = self.sample.opening_cash_cents + np.cumsum(ledger.cents)
        slots = [str(name) for name in reps.rep_id]
        return pd.DataFrame(
            {
                "date": [str(calendar.date_of(day)) for day in ledger.day.tolist()],
                "category": ledger.category,
                "rep_id": [rep_slot_name(slots, rep) for rep in ledger.rep.tolist()],
                "item": ledger.item,
                "amount": yuan(ledger.cents),
                "approved_by": ledger.approved_by,
                "balance": yuan(balance),
            }
        )


def rep_slot_name(rep_ids: list[str], slot: int) -> str:
    """Return the id of a rep slot: the scenario's, then successors ``NEW1``, ``NEW2``...; empty for the team."""
    if slot < 0:
        return ""
    return rep_ids[slot] if slot < len(rep_ids) else f"NEW{slot - len(rep_ids) + 1}"


@dataclass(frozen=True)
class Probability:
    """A share of years with its interval (Wilson)."""

    name: str
    hits: int
    years: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Point estimate."""
        return self.hits / self.years


@dataclass(frozen=True)
class Lever:
    """A change to the plan and its paired effect on the same random years.

    Attributes
    ----------
    name : str
        Code of the change, worded by the reports: ``add_rep``, ``fewer_d_visits``, ``faster_ramp``, ``lower_target``,
        ``more_budget``, ``keep_more``, ...
    values : mapping
        What was changed by how much.
    effect_cents, effect_low_cents, effect_high_cents : int
        Mean paired difference of the year's bookings, with its interval.
    joint_effect, joint_low, joint_high : float
        Paired difference of the share of years in which everything holds.
    target_effect, target_low, target_high : float
        Paired difference of the share of years that reach the task.
    years : int
        Pairs behind the effects.
    chosen : bool
        One of the best at the first look; its effects come from years lived after that look, so that being chosen does
        not flatter them. The others keep the effects of the first look.
    """

    name: str
    values: Mapping[str, str | int | float]
    effect_cents: int
    effect_low_cents: int
    effect_high_cents: int
    joint_effect: float
    joint_low: float
    joint_high: float
    target_effect: float
    target_low: float
    target_high: float
    years: int
    chosen: bool


@dataclass(frozen=True)
class Verdict:
    """Whether the plan holds, why not, and what helps most.

    Attributes
    ----------
    status : str
        ``feasible``, ``at_risk`` or ``not_feasible``.
    probabilities : mapping of str to Probability
        ``target``, ``stretch``, ``budget``, ``cash``, ``visits`` and ``joint`` (all but stretch together).
    reasons : tuple of Reason
        What binds, the heaviest first.
    levers : tuple of Lever
        Ranked by effect.
    provisional : bool
        The calendar rests on statutory days alone.
    kept : tuple of KeptGroup
        Answers by number of people kept at the review, the fewest first; empty for plans without a cut.
    explanation : Explanation or None
        Why years fail.
    precision : Precision or None
        Where the years were lived until a probability was known.
    """

    status: str
    probabilities: Mapping[str, Probability]
    reasons: tuple[Reason, ...]
    levers: tuple[Lever, ...] = field(default=())
    provisional: bool = False
    kept: tuple[KeptGroup, ...] = ()
    explanation: Explanation | None = None
    precision: Precision | None = None
