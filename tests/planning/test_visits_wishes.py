"""What customers and scenarios may ask of a calendar beyond frequencies: weekdays, exclusions, overtime, level days."""

from __future__ import annotations

import dataclasses
from datetime import time

import numpy as np
import pytest

from territory.domain.plan import UNSERVED_CAUSES
from tests.factories import small_scenario
from tests.planning.test_visits import causes, outlets, plan

WEEKLY = 1


def weekly(customers: int = 12, **settings):
    scenario = small_scenario(customers, 1, **settings)
    return scenario, np.full(customers, WEEKLY), np.zeros(customers, dtype=np.int64)


def with_columns(scenario, **columns):
    return scenario.replace(customers=dataclasses.replace(scenario.customers, **columns))


def test_a_preferred_weekday_is_kept_where_its_price_outweighs_the_way():
    scenario, tier, rep = weekly(visits={"preferred_day_price": 200.0})
    wish = np.array([0, 1, 2, 3, 4, -1] * 2)
    visits, _, _ = plan(with_columns(scenario, preferred_weekday=wish), tier, rep)
    planned = scenario.calendar.weekday[visits.planned_day]
    asked = wish[visits.customer]
    assert (planned == asked)[asked >= 0].mean() > 0.9


def test_a_preferred_weekday_without_price_changes_nothing():
    scenario, tier, rep = weekly(visits={"preferred_day_price": 0.0})
    with_wish = with_columns(scenario, preferred_weekday=np.full(12, 2))
    for one, two in zip(plan(scenario, tier, rep), plan(with_wish, tier, rep), strict=True):
        for field in dataclasses.fields(one):
            assert (getattr(one, field.name) == getattr(two, field.name)).all()


def test_nobody_is_visited_on_the_weekday_the_customer_is_closed():
    scenario, tier, rep = weekly()
    closed = np.arange(12) % 6
    visits, _, unserved = plan(with_columns(scenario, closed_weekday=closed), tier, rep)
    assert (scenario.calendar.weekday[visits.day] != closed[visits.customer]).all()
    assert causes(unserved) <= {"holiday", "meeting"}


def test_a_customer_closed_on_the_only_working_day_is_named():
    scenario, tier, rep = weekly(3, workday={"weekdays": ("tue",), "calendar": "none"})
    visits, _, unserved = plan(with_columns(scenario, closed_weekday=np.array([1, -1, 3])), tier, rep)
    assert 0 not in visits.customer
    assert set(unserved.customer[[cause == "closed" for cause in named(unserved)]].tolist()) == {0}


def test_a_customer_closed_on_the_only_working_day_is_visited_on_days_worked_instead_of_holidays():
    scenario, tier, rep = weekly(3, workday={"weekdays": ("tue",)})
    visits, _, unserved = plan(with_columns(scenario, closed_weekday=np.array([1, -1, 3])), tier, rep)
    weekday = scenario.calendar.weekday[visits.day[visits.customer == 0]]
    assert len(weekday) > 0
    assert set(weekday.tolist()) <= {5, 6}
    assert {0} <= set(unserved.customer[[cause == "closed" for cause in named(unserved)]].tolist())


def named(unserved) -> list[str]:
    return [UNSERVED_CAUSES[cause] for cause in unserved.cause.tolist()]


def test_customers_that_exclude_each_other_never_share_a_day():
    pairs = (("C001", "C002"), ("C002", "C003"), ("C001", "C003"), ("C004", "C001"))
    scenario, tier, rep = weekly(visits={"never_same_day": pairs})
    place = scenario.customers
    together = with_columns(scenario, lat=np.full(12, place.lat[0]), lon=np.full(12, place.lon[0]))
    visits, _, unserved = plan(together, tier, rep)
    assert len(visits) > 12 * 40
    assert causes(unserved) <= {"holiday", "meeting"}


@pytest.mark.parametrize(("allowed", "served"), [(0, False), (90, True)])
def test_overtime_reaches_a_customer_the_ordinary_day_does_not(allowed, served):
    scenario, tier, rep = weekly(
        2, workday={"latest_return": time(15), "overtime_minutes": allowed, "windows": ((time(9, 30), time(14, 30)),)}
    )
    who = scenario.customers
    far = who.lat.copy()
    far[1] = scenario.start_lat[0] + 1.1
    visits, routes, unserved = plan(with_columns(scenario, lat=far), tier, rep)
    assert (1 in visits.customer) == served
    assert (routes.back.max() > 15 * 60) == served
    assert ("unreachable" in causes(unserved)) != served


def test_overtime_is_not_used_where_its_price_is_higher_than_what_it_saves():
    scenario, tier, rep = outlets(3)
    _, routes, _ = plan(scenario.replace(workday={"overtime_minutes": 60, "overtime_price": 100}), tier, rep)
    assert routes.back.max() <= 18 * 60


def test_a_higher_price_of_uneven_days_levels_the_load():
    scenario, tier, rep = outlets(2)
    spread = []
    for price in (0.0, 5.0):
        visits, _, _ = plan(scenario.replace(visits={"level_load": price}), tier, rep)
        mondays_to_fridays = scenario.calendar.weekday[visits.planned_day] < 5
        count = np.bincount(visits.planned_day[mondays_to_fridays & (visits.rep == 0)])
        spread.append(count[count > 0].std())
    assert spread[1] < spread[0]
