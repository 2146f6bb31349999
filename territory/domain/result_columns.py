"""What the columns of result tables mean, for the data dictionary: trips, and the people and reviews of a year."""

from __future__ import annotations

from typing import NamedTuple


class ResultColumn(NamedTuple):
    """A column of a result table: name, type, unit, meaning, rule of the rulebook."""

    name: str
    kind: str
    unit: str
    meaning: str
    rule: str = ""


_DATE, _TEXT, _COUNT, _AMOUNT, _NUMBER, _FLAG = "date", "text", "whole number", "amount", "number", "yes or no"

RESULT_COLUMNS: dict[str, tuple[ResultColumn, ...]] = {
    "trips": (
        ResultColumn("trip", _COUNT, "", "number of the trip, in the order of their starts"),
        ResultColumn("rep_id", "id", "", "who travels"),
        ResultColumn("first_date", _DATE, "", "day of departure", "R-V3"),
        ResultColumn("last_date", _DATE, "", "day of return", "R-V3"),
        ResultColumn("nights", _COUNT, "nights", "nights at a lodging", "R-V3"),
        ResultColumn("cities", _TEXT, "", "cities in the order of the way; regions or customers where none is known"),
        ResultColumn("customers", "list", "", "customers in the order of the visits"),
        ResultColumn("travel_minutes", _COUNT, "minutes", "driving of all days"),
        ResultColumn("travel_km", _NUMBER, "km", "way of all days"),
        ResultColumn("cost", _AMOUNT, "yuan", "kilometres and nights, as the budget pays them", "R-B3"),
        ResultColumn("approve_by", _DATE, "", "last working day to hand the plan of the trip in", "R-V3"),
    ),
    "people": (
        ResultColumn("rep_id", "id", "", "rep; successors have names of their own"),
        ResultColumn("first_day", _DATE, "", "first day on the team, at the earliest the first of the year"),
        ResultColumn("last_day", _DATE, "", "last day on the team; empty: still there"),
        ResultColumn("manager", _FLAG, "", "whether the person is a manager"),
        ResultColumn("bookings", _AMOUNT, "yuan", "sales booked", "R-E3"),
        ResultColumn("target", _AMOUNT, "yuan", "targets of the whole months worked", "R-T3"),
        ResultColumn("appraisal", _NUMBER, "points", "mean of the monthly scores, 0 to 100", "R-E1"),
        ResultColumn("cost", _AMOUNT, "yuan", "pay, bonus, travel, recruiting and training", "R-B6"),
        ResultColumn("gross_profit", _AMOUNT, "yuan", "gross margin of the sales booked", "R-B6"),
        ResultColumn("trip_efficiency", _NUMBER, "factor", "gross profit over cost", "R-B6"),
        ResultColumn("quadrant", "choice", "", "people matrix: A keep, B attend to, C improve, D leave", "R-N5"),
    ),
    "reviews": (
        ResultColumn("month", _TEXT, "", "month of the review, year and month"),
        ResultColumn("three_months", _AMOUNT, "yuan", "forecast of the next three months", "R-E7"),
        ResultColumn("rolling", _AMOUNT, "yuan", "forecast of the next twelve months", "R-E5"),
        ResultColumn("landing", _AMOUNT, "yuan", "booked so far and forecast for the rest of the year", "R-E7"),
        ResultColumn("upside", _AMOUNT, "yuan", "hoped for on top in the next month", "R-P1"),
        ResultColumn("coverage", _NUMBER, "factor", "pipeline over the target of the next three months", "R-E5"),
        ResultColumn("growth", "share", "share", "pipeline against last month", "R-E5"),
        ResultColumn("linearity", "share", "share", "evenness of the month's sales over its weeks", "R-E6"),
        ResultColumn("overdue", _AMOUNT, "yuan", "due but unpaid at month end", "R-E4"),
        ResultColumn("new_customers", _COUNT, "customers", "first order ever", "R-P6"),
        ResultColumn("lost_customers", _COUNT, "customers", "customers who stop buying", "R-P6"),
        ResultColumn("made_up", _COUNT, "visits", "visits done later than planned", "R-V5"),
        ResultColumn("nights", _COUNT, "nights", "nights away on trips", "R-E3"),
        ResultColumn("reports_missing", _COUNT, "reports", "reports not handed in: no refund", "R-B3"),
        ResultColumn("projects", _AMOUNT, "yuan", "project money granted", "R-B2"),
        ResultColumn("requests_waiting", _COUNT, "requests", "before the approvers at month end", "R-B2"),
    ),
}
"""By file stem, in the order of the columns; ``people`` and ``reviews`` tell the typical year."""
