"""What the reviews of a year add up to: customers won and lost, evenness, forecast scores, campaigns (R-E3..E8)."""

from __future__ import annotations

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.year_details import (
    REVIEW_MEASURES,
    CampaignTest,
    ForecastScore,
    Overrun,
    YearDetails,
    score,
)
from territory.simulation import people, reviews
from territory.simulation.budget import COLUMNS
from territory.simulation.records import WON
from territory.simulation.world import World


def close_reviews(
    world: World, overdue: Ints, week_ends: Ints, overruns: tuple[Overrun, ...], cash: Ints
) -> YearDetails:
    """Return the reviews of a year whose months are filled.

    Parameters
    ----------
    world : World
    overdue, cash : array of int, shape (days,)
        Cents due but unpaid, and cash, at the end of each day.
    week_ends : array of int
        Last day of each week.
    overruns : tuple of Overrun
    """
    tables, log = world.tables, world.month_log
    settings = tables.settings
    log["overdue_cents"] = overdue[tables.month_last].tolist()
    log["new_customers"] = count_new_customers(world).tolist()
    even = month_linearity(world)
    log["linearity_permille"] = np.rint(1000 * even).astype(np.int64).tolist()
    world.breaches.linearity = int((even < settings.reviews.linearity_least).sum())
    projects = world.journal.paid[:, COLUMNS["project"]]
    log["projects_cents"] = np.bincount(tables.month, projects, 12).astype(np.int64).tolist()
    three, landing = forecast_scores(world)
    lowest = int(cash.argmin())
    return YearDetails(
        weeks=np.column_stack([np.array(world.week_rows, dtype=np.int64), overdue[week_ends]]).T,
        months=np.array([log[measure] for measure in REVIEW_MEASURES], dtype=np.int64),
        people=people.employments(
            world.team.people, world.slot_bookings, world.journal, settings.reviews, settings.tiers.gross_margin
        ),
        overruns=overruns,
        campaigns=judge_campaigns(world),
        lowest_cash_day=lowest if cash[lowest] < settings.budget.opening_cash else -1,
        three_months=three,
        landing=landing,
        linearity=float(even.mean()),
        approval_wait_days=world.office.mean_wait,
    )


def count_new_customers(world: World) -> Ints:
    """Return the customers who signed their first deal ever in each month; every prospect won is one (R-P6)."""
    tables, rows = world.tables, world.deals.rows
    won = rows[rows["state"] == WON]
    fresh = won[(won["customer"] < 0) | ~tables.existing[won["customer"]]]
    fresh = fresh[np.argsort(fresh["closed"], kind="stable")]
    known = fresh["customer"] >= 0
    first = np.unique(fresh["customer"][known], return_index=True)[1]
    closed = np.concatenate([fresh["closed"][~known], fresh["closed"][known][first]])
    return np.asarray(np.bincount(tables.month[closed], minlength=12), dtype=np.int64)


def month_linearity(world: World) -> Floats:
    """Return the evenness of each month's sales over its weeks; re-orders come in all month (R-E6)."""
    tables, signed = world.tables, world.won
    worked = np.maximum(np.bincount(tables.month, tables.working, 12), 1)
    reordered = np.array(world.months["run_rate_cents"])
    sold = signed + (reordered / worked)[tables.month] * tables.working
    place, working = tables.month_parts
    cents = np.bincount(place, sold, working.size).astype(np.float64)
    return reviews.linearity(cents.reshape(working.shape), working)


def forecast_scores(world: World) -> tuple[ForecastScore, ForecastScore]:
    """Score the three-month forecasts of the first nine months, and the landings of the first eleven (R-E7)."""
    booked = np.array(world.months["bookings_cents"], dtype=np.float64)
    known = np.cumsum(booked)
    forecast = np.array(world.month_log["three_months_cents"][:9], dtype=np.float64)
    landing = np.array(world.month_log["landing_cents"][:11], dtype=np.float64)
    return score(forecast, known[3:] - known[:9]), score(landing, np.full(11, known[-1]))


def judge_campaigns(world: World) -> tuple[CampaignTest, ...]:
    """Judge every campaign a month later: the region's re-orders against those of the other customers (R-B4)."""
    tables, cents = world.tables, world.customer_reorders
    tests = []
    for campaign in tables.settings.budget.advertising:
        if campaign.month >= len(cents):
            continue
        inside = tables.region == campaign.region
        before, after = cents[campaign.month - 1], cents[campaign.month]
        rest_before, rest_after = int(before[~inside].sum()), int(after[~inside].sum())
        season = tables.month_share[campaign.month] / max(float(tables.month_share[campaign.month - 1]), 1e-9)
        trend = rest_after / rest_before if rest_before else season
        added = round(int(after[inside].sum()) - int(before[inside].sum()) * trend)
        worth = tables.settings.tiers.gross_margin * added >= campaign.amount
        tests.append(CampaignTest(campaign.month, campaign.region, campaign.amount, added, worth))
    return tuple(tests)
