"""What the page shows of trips: the rounds, everybody's sums, who is away when, and the dates of approval (R-V3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from territory.domain.night_account import NOT_PAID, NOT_SPENT, NightAccount
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.domain.trip_book import TripBook, trip_book
from territory.reports.bilingual import pair
from territory.reports.map import colour
from territory.reports.messages import text

MOST_TRIPS = 120
MOST_ROUNDS = 60
MOST_REPS = 40
"""Rows of the picture of who is away when."""
WIDTH, ROW, LEFT, TOP = 960, 22, 130, 20


def trip_view(plan: Plan, outcome: Outcome | None = None) -> dict[str, Any]:
    """Return rounds, trips in the order of their dates, sums, and what a typical year makes of the nights."""
    book = trip_book(plan)
    rounds = _rounds(plan, book)
    nights = outcome.sample.nights if outcome else None
    return {
        "count": len(book),
        "nights": int(book.nights.sum()),
        "cost": int(book.cost_cents.sum()),
        "km": float(book.km.sum()),
        "rounds": [row for row in rounds if row["rank"] < MOST_ROUNDS],
        "round_count": len(rounds),
        "reps": _reps(plan, book),
        "picture": timeline(plan, book),
        "rows": _rows(plan, book, rounds),
        "account": pair(account_line(nights, "zh"), account_line(nights, "en")) if nights and nights.planned else None,
    }


def account_line(nights: NightAccount, lang: str) -> str:
    """Say which planned nights a typical year spends and pays, and why not the others."""
    comma, end, gap = ("；", "。", "") if lang == "zh" else ("; ", ".", " ")
    missed = [text(f"nights.{name}", lang, nights=getattr(nights, name)) for name in NOT_SPENT if getattr(nights, name)]
    unpaid = [
        text(f"nights.{name}", lang, amount_cents=getattr(nights, f"{name}_cents"))
        for name in NOT_PAID
        if getattr(nights, f"{name}_cents")
    ]
    spent = text("nights.spent", lang, planned=nights.planned, spent=nights.spent)
    paid = text("nights.paid", lang, due_cents=nights.due_cents, paid_cents=nights.paid_cents)
    return f"{comma.join([spent, *missed])}{end}{gap}{comma.join([paid, *unpaid])}{end}"


def _rounds(plan: Plan, book: TripBook) -> list[dict[str, Any]]:
    """Return one row for trips of the same rep to the same customers in the same order, most nights a year first."""
    who, reps = plan.scenario.customers, plan.scenario.reps
    members: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for k in range(len(book)):
        members.setdefault((int(book.rep[k]), book.customers[k]), []).append(k)
    rows: list[dict[str, Any]] = []
    for (rep, customers), trips in members.items():
        first = trips[0]
        rows.append(
            {
                "trips": trips,
                "rep": f"{reps.rep_id[rep]} {reps.name[rep]}",
                "cities": " → ".join(book.cities(plan, first)),
                "customers": [f"{who.customer_id[i]} {who.name[i]}" for i in customers],
                "times": len(trips),
                "days": int(book.last_day[first] - book.first_day[first] + 1),
                "nights": int(book.nights[first]),
                "km": float(book.km[first]),
                "cost": int(book.cost_cents[first]),
                "year": int(book.cost_cents[trips].sum()),
            }
        )
    rows.sort(key=lambda row: (-row["nights"] * row["times"], -row["times"], row["trips"][0]))
    return [{**row, "rank": rank} for rank, row in enumerate(rows)]


def _rows(plan: Plan, book: TripBook, rounds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    calendar, reps = plan.scenario.calendar, plan.scenario.reps
    round_of = {trip: row["rank"] + 1 for row in rounds for trip in row["trips"]}
    return [
        {
            "rep": f"{reps.rep_id[book.rep[k]]} {reps.name[book.rep[k]]}",
            "first": str(calendar.date_of(int(book.first_day[k]))),
            "last": str(calendar.date_of(int(book.last_day[k]))),
            "first_weekday": int(calendar.date_of(int(book.first_day[k])).weekday()),
            "last_weekday": int(calendar.date_of(int(book.last_day[k])).weekday()),
            "cities": " → ".join(book.cities(plan, k)),
            "round": round_of[k],
            "customers": len(book.customers[k]),
            "nights": int(book.nights[k]),
            "cost": int(book.cost_cents[k]),
            "approve_by": str(calendar.date_of(int(book.approve_by[k]))),
        }
        for k in range(min(len(book), MOST_TRIPS))
    ]


def _reps(plan: Plan, book: TripBook) -> list[dict[str, Any]]:
    """Return the sums of everybody who travels, and of all."""
    reps, count = plan.scenario.reps, len(plan.scenario.reps)
    trips = np.bincount(book.rep, minlength=count)
    days = np.bincount(book.rep, book.last_day - book.first_day + 1, count)
    sums = [np.bincount(book.rep, values, count) for values in (book.nights, book.km, book.cost_cents)]
    rows = [
        (f"{reps.rep_id[r]} {reps.name[r]}", r, trips[r], days[r], *(column[r] for column in sums))
        for r in np.flatnonzero(trips).tolist()
    ]
    every = [(None, -1, trips.sum(), days.sum(), *(column.sum() for column in sums))] if len(rows) > 1 else []
    names = ("name", "rep", "trips", "days", "nights", "km", "cost")
    return [
        dict(zip(names, (name, r, *(round(float(value)) for value in values)), strict=True))
        for name, r, *values in [*rows, *every]
    ]


def timeline(plan: Plan, book: TripBook) -> Markup:
    """Draw a row for everybody who travels, with a bar for each trip over the months of the year."""
    calendar, reps = plan.scenario.calendar, plan.scenario.reps
    away = np.unique(book.rep)[:MOST_REPS].tolist()
    step, height = (WIDTH - LEFT - 6) / calendar.days, TOP + ROW * len(away) + 4
    parts = [
        Markup('<svg class="chart away" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">').format(
            WIDTH, height
        )
    ]
    for month in range(12):
        first = int(np.flatnonzero(calendar.month == month)[0]) if (calendar.month == month).any() else 0
        x = LEFT + first * step
        parts.append(Markup('<path d="M{:.1f} {}V{}"></path>').format(x, TOP - 4, height))
        parts.append(Markup('<text x="{:.1f}" y="12">{}</text>').format(x + 3, calendar.month_label(month)[2:]))
    for row, rep in enumerate(away):
        y = TOP + ROW * row
        name = f"{reps.rep_id[rep]} {reps.name[rep]}"
        parts.append(Markup('<text x="0" y="{}" class="who">{}</text>').format(y + 14, name))
        for k in np.flatnonzero(book.rep == rep).tolist():
            dates = f"{calendar.date_of(int(book.first_day[k]))} – {calendar.date_of(int(book.last_day[k]))}"
            days = int(book.last_day[k] - book.first_day[k] + 1)
            parts.append(
                Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="14" fill="{}"><title>{}</title></rect>').format(
                    *(LEFT + int(book.first_day[k]) * step, y + 3, max(days * step, 2.0), colour(rep)),
                    f"{name} · {dates} · {' → '.join(book.cities(plan, k))}",
                )
            )
    return Markup("").join([*parts, Markup("</svg>")])
