"""The same calendar, to the byte, for one worker or two and for any order of the rows."""

from __future__ import annotations

import random

import numpy as np
import pytest

from territory.inputs.load import load_scenario
from territory.planning.workflow import make_plan
from territory.reports.tables import csv_bytes

TOML = """\
[scenario]
name = "made-up"
start = 2026-01-01

[files]
absences = "absences.csv"
appointments = "appointments.csv"

[targets]
annual = 10_000_000

[visits]
trip_beyond_km = 80
trip_max_days = 4
"""


def tables():
    """Return the tables of a made-up team: 20 customers in town and 4 far off, leave, and appointments."""
    rng = np.random.default_rng(7)
    customers = ["customer_id,name,lat,lon,annual_sales,potential,visits,per_weeks"]
    for k in range(24):
        far = k % 6 == 0
        lat, lon = 34.26 + rng.uniform(-0.1, 0.1), (107.24 if far else 108.94) + rng.uniform(-0.1, 0.1)
        sales = int(rng.integers(10_000, 90_000))
        customers.append(f"C{k:02d},Shop {k},{lat:.5f},{lon:.5f},{sales},{2 * sales},{'1,6' if far else ','}")
    return {
        "customers.csv": customers,
        "reps.csv": ["rep_id,name,home_lat,home_lon", "R1,Ann,34.24,108.90", "R2,Bo,34.28,108.98"],
        "absences.csv": [
            "rep_id,first_day,last_day,reason",
            "R1,2026-03-09,2026-03-14,leave",
            "R2,2026-05-11,2026-05-12,training",
            "R1,2026-09-07,2026-09-18,leave",
        ],
        "appointments.csv": [
            "customer_id,date,time,minutes",
            "C01,2026-04-14,11:30,40",
            "C02,2026-04-15,15:00,",
            "C11,2026-06-23,10:30,",
        ],
    }


@pytest.fixture(scope="module")
def calendars(tmp_path_factory):
    """Return a function that plans the team, its rows in some order, and gives the tables as written."""

    def planned(order, workers):
        folder = tmp_path_factory.mktemp("team")
        (folder / "scenario.toml").write_text(TOML)
        for name, (heading, *rows) in tables().items():
            random.Random(order).shuffle(rows) if order else None
            (folder / name).write_text("\n".join([heading, *rows]) + "\n")
        plan = make_plan(load_scenario(folder), effort="quick", workers=workers)
        return plan, {stem: csv_bytes(table) for stem, table in plan.tables().items()}

    return planned


def test_workers_and_the_order_of_rows_leave_no_trace_in_any_table(calendars):
    plan, one = calendars(order=0, workers=1)
    assert plan.visits.trip.max() >= 0
    assert [note.code for note in plan.notes if "appointment" in note.code] == []
    _, two = calendars(order=5, workers=2)
    assert {stem for stem in one if one[stem] != two[stem]} == set()
