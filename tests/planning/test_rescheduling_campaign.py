"""Campaign: calendars with appointments, trips, hours by weekday and absences meet changes of every kind."""

from __future__ import annotations

import dataclasses
from datetime import time

import numpy as np
import pytest

from territory.domain.absences import Absences
from territory.planning.workflow import make_plan
from tests.factories import small_scenario, texts
from tests.planning.test_rescheduling import chosen, rescheduled, with_holiday, with_new_customers
from tests.planning.test_visits_appointments import agreed
from tests.planning.test_visits_hours import by_weekday
from tests.planning.test_visits_wishes import with_columns

pytestmark = pytest.mark.campaign

CUSTOMERS = 24
RULES = (
    ("visits", "shift_days", (2, 4, 9)),
    ("visits", "spacing_tolerance", (0.3, 0.6)),
    ("visits", "trip_max_days", (2, 3)),
    ("visits", "trip_beyond_km", (0.0, 40.0)),
    ("visits", "appointment_slack", (0, 15, 45)),
    ("workday", "drive_in_lunch", (False,)),
    ("workday", "overtime_minutes", (30,)),
    ("workday", "latest_return", (time(17), time(18))),
    ("travel", "city_speed_kmh", (15.0, 30.0)),
)


def drawn_appointments(rng, scenario, count):
    """Return appointments on different days, some of which no plan can keep."""
    days = np.sort(rng.choice(365, count, replace=False)).tolist()
    rows = [(int(rng.integers(0, len(scenario.customers))), day, int(rng.integers(560, 1020)), -1) for day in days]
    return agreed(scenario, *rows)


@pytest.fixture(scope="module")
def plans():
    """Four calendars: near customers, trips, late hours on some weekdays, absences; all with appointments."""
    made = []
    for k in range(4):
        rng = np.random.default_rng([k, 11])
        scenario = small_scenario(CUSTOMERS, 2, seed=k, visits={"trip_beyond_km": 80.0, "trip_max_days": 4})
        who, distant = scenario.customers, (np.arange(CUSTOMERS) % 4 == 0) & (k % 2 == 1)
        hours = by_weekday(CUSTOMERS)
        hours[12:, rng.integers(0, 5)], hours[18:, rng.integers(0, 5)] = (15 * 60, 17 * 60), (0, 0)
        scenario = with_columns(
            scenario,
            lat=np.where(distant, who.lat + 0.1, who.lat),
            lon=np.where(distant, who.lon - 1.7, who.lon),
            visits=np.where(distant, 1, -1),
            per_weeks=np.where(distant, 6, -1),
            weekday_hours=hours,
        )
        away = Absences(texts(["R1", "R2"]), np.array([60, 200]), np.array([72, 205]), texts(["leave", "training"]))
        made.append(make_plan(drawn_appointments(rng, scenario.replace(absences=away), 12), effort="quick"))
    return made


def holiday(rng, scenario, since):
    return with_holiday(scenario, int(rng.integers(since, 365)))


def longer_away(rng, scenario, since):
    first, away = int(rng.integers(since, 365)), scenario.absences
    last = first + int(rng.integers(0, 20))
    days = np.append(away.first_day, first), np.append(away.last_day, last)
    return scenario.replace(absences=Absences(texts([*away.rep_id, "R1"]), *days, texts([*away.reason, "leave"])))


def other_appointments(rng, scenario, since):
    return drawn_appointments(rng, scenario, int(rng.integers(0, 25)))


def other_hours(rng, scenario, since):
    hours = scenario.customers.weekday_hours.copy()
    hours[rng.integers(0, CUSTOMERS, 4), rng.integers(0, 6, 4)] = [(0, 0), (570, 660), (900, 1020), (0, 0)]
    return with_columns(scenario, weekday_hours=hours)


def somebody_leaves(rng, scenario, since):
    left = scenario.reps.left_day.copy()
    left[1] = int(rng.integers(since, 365))
    return scenario.replace(reps=dataclasses.replace(scenario.reps, left_day=left))


def other_frequencies(rng, scenario, since):
    visits, weeks = scenario.customers.visits.copy(), scenario.customers.per_weeks.copy()
    pairs = [(1, 1), (1, 2), (1, 3), (2, 3), (1, 6), (2, 1), (0, 1)]
    for at in rng.integers(0, CUSTOMERS, 2).tolist():
        visits[at], weeks[at] = pairs[int(rng.integers(0, len(pairs)))]
    return with_columns(scenario, visits=visits, per_weeks=weeks)


def another_rule(rng, scenario, since):
    table, key, values = RULES[int(rng.integers(0, len(RULES)))]
    return scenario.replace(**{table: {key: values[int(rng.integers(0, len(values)))]}})


def more_customers(rng, scenario, since):
    return with_new_customers(scenario, int(rng.integers(1, 5)))


def one_customer_less(rng, scenario, since):
    gone, rows = int(rng.integers(0, CUSTOMERS)), scenario.appointments
    columns = {field.name: getattr(rows, field.name)[rows.customer != gone] for field in dataclasses.fields(rows)}
    columns["customer"] = columns["customer"] - (columns["customer"] > gone)
    who = chosen(scenario.customers, np.delete(np.arange(len(scenario.customers)), gone))
    return scenario.replace(customers=who, appointments=dataclasses.replace(rows, **columns))


CHANGES = (
    holiday,
    longer_away,
    other_appointments,
    other_hours,
    somebody_leaves,
    other_frequencies,
    another_rule,
    more_customers,
    one_customer_less,
)
"""One customer less comes last: the others count customers from the front."""


def changed(rng, plan, since):
    """Return the scenario of a plan with one to four kinds of changes."""
    scenario = plan.scenario
    for kind in sorted(rng.choice(len(CHANGES), int(rng.integers(1, 5)), replace=False).tolist()):
        scenario = CHANGES[kind](rng, scenario, since)
    return scenario


@pytest.mark.parametrize("part", range(6))
def test_fifteen_changes_of_every_kind_give_plans_that_keep_the_rules(plans, part):
    for seed in range(15 * part, 15 * part + 15):
        rng = np.random.default_rng([seed, 12])
        plan, since = plans[seed % len(plans)], int(rng.integers(0, 340))
        _, changes = rescheduled(plan, changed(rng, plan, since), since)
        told = changes.kept + changes.count("moved") + changes.count("retimed") + changes.count("cancelled")
        assert told == changes.promised, seed
        assert changes.kept_share > 0.5, seed
