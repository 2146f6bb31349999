"""A promised calendar planned again from a date on: what can stay stays."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.assessment.validate import validate_tables
from territory.domain.absences import Absences
from territory.domain.changes import KINDS
from territory.errors import TerritoryError
from territory.planning.rescheduling import reschedule
from territory.planning.workflow import make_plan
from tests.factories import small_scenario, texts

SINCE = 100


def findings(plan):
    notes = [{"code": note.code, "values": dict(note.values)} for note in plan.notes]
    facts = {"tolerance": dict(plan.territories.tolerance), "rescheduled_from": plan.rescheduled_from, "notes": notes}
    return validate_tables(plan.scenario, {**plan.tables(), "summary": {"plan": facts}})


def rescheduled(plan, scenario=None, since=SINCE, workers=1):
    new, changes = reschedule(plan, plan.scenario.calendar.date_of(since), scenario, workers=workers)
    assert findings(new) == []
    return new, changes


def visit_rows(plan, low, high):
    table = plan.tables()["visits"].drop(columns="tier")  # a grade may change with the customers there are
    inside = (plan.visits.day >= low) & (plan.visits.day < high)
    return table[inside].to_dict("records")


@pytest.fixture(scope="module")
def plan():
    return make_plan(small_scenario(40, 2), effort="quick")


@pytest.fixture(scope="module")
def travelling():
    scenario = small_scenario(24, 2, visits={"trip_beyond_km": 80.0, "trip_max_days": 4})
    who, distant = scenario.customers, np.arange(24) % 4 == 0
    who = dataclasses.replace(
        who,
        lat=np.where(distant, 34.36 + (who.lat - 34.26), who.lat),
        lon=np.where(distant, 107.24 + (who.lon - 108.94), who.lon),
        visits=np.where(distant, 1, -1),
        per_weeks=np.where(distant, 6, -1),
    )
    return make_plan(scenario.replace(customers=who), effort="quick")


def with_holiday(scenario, day, name="Founder's day"):
    calendar = scenario.calendar
    working = calendar.working.copy()
    working[day] = False
    names = tuple(name if k == day else old for k, old in enumerate(calendar.holiday))
    return scenario.replace(calendar=dataclasses.replace(calendar, working=working, holiday=names))


def working_day(plan, after=SINCE + 20):
    busy = np.bincount(plan.visits.day, minlength=plan.scenario.calendar.days)
    days = np.flatnonzero((busy > 3) & ~plan.scenario.calendar.month_end)
    return int(days[days >= after][0])


def absent(scenario, rep_id, first, last):
    days = np.array([first]), np.array([last])
    return scenario.replace(absences=Absences(texts([rep_id]), *days, texts(["leave"])))


def chosen(who, rows):
    columns = {field.name: getattr(who, field.name) for field in dataclasses.fields(who)}
    return dataclasses.replace(who, **{k: v[rows].copy() for k, v in columns.items() if isinstance(v, np.ndarray)})


def with_new_customers(scenario, count):
    who = chosen(scenario.customers, np.append(np.arange(len(scenario.customers)), np.arange(count)))
    who.customer_id[-count:] = [f"Z{k}" for k in range(count)]
    who.lat[-count:] += 0.004
    return scenario.replace(customers=who)


@pytest.mark.parametrize("which", ["plan", "travelling"])
def test_without_a_change_nothing_changes(which, request):
    old = request.getfixturevalue(which)
    new, changes = rescheduled(old)
    assert len(changes) == 0
    assert changes.kept == changes.promised == (old.visits.day >= SINCE).sum()
    for part in ("visits", "routes", "unserved"):
        for name, column in vars(getattr(old, part)).items():
            assert np.array_equal(column, getattr(getattr(new, part), name)), name


def test_a_new_holiday_moves_the_visits_of_that_day_alone(plan):
    day = working_day(plan)
    new, changes = rescheduled(plan, with_holiday(plan.scenario, day))
    moved = changes.kind == KINDS.index("moved")
    assert moved.sum() + changes.count("cancelled") == (plan.visits.day == day).sum()
    assert set(changes.old_day[changes.kind != KINDS.index("retimed")].tolist()) == {day}
    assert set(changes.reason[moved].tolist()) == {"holiday"}
    assert changes.kept_share == 1
    assert not (new.visits.day == day).any()


def test_what_lies_before_the_date_stays(plan):
    scenario = absent(with_new_customers(plan.scenario, 3), "R1", SINCE + 10, SINCE + 16)
    new, _ = rescheduled(plan, with_holiday(scenario, working_day(plan)))
    assert visit_rows(new, 0, SINCE) == visit_rows(plan, 0, SINCE)
    assert new.tables()["days"].iloc[:10].to_dict("records") == plan.tables()["days"].iloc[:10].to_dict("records")


def test_an_absence_takes_every_visit_of_the_rep_off_these_days(plan):
    new, changes = rescheduled(plan, absent(plan.scenario, "R1", SINCE + 10, SINCE + 16))
    away = (new.visits.rep == 0) & (new.visits.day >= SINCE + 10) & (new.visits.day <= SINCE + 16)
    assert not away.any()
    assert changes.kept_share > 0.95
    assert {"absent"} <= set(changes.reason.tolist()) <= {"absent", "makes_room"}


def test_new_customers_are_visited_at_their_frequency_and_others_stay(plan):
    new, changes = rescheduled(plan, with_new_customers(plan.scenario, 3))
    assert changes.kept_share > 0.95
    added = changes.kind == KINDS.index("added")
    graded_anew = set(changes.customer_id[changes.reason == "frequency"].tolist())
    assert set(changes.customer_id[added].tolist()) - graded_anew == {"Z0", "Z1", "Z2"}
    assert (changes.new_day[added] >= SINCE).all()
    same = new.territories.rep[: len(plan.territories.rep)]
    assert np.array_equal(same, plan.territories.rep)


def test_a_lost_customer_vanishes_and_nobody_else_moves(plan):
    who = chosen(plan.scenario.customers, np.arange(1, 40))
    new, changes = rescheduled(plan, plan.scenario.replace(customers=who))
    assert "C001" not in new.scenario.customers.customer_id
    assert set(changes.reason.tolist()) <= {"customer_lost", "room_again", "makes_room"}
    assert changes.kept_share == 1


def test_a_lower_frequency_keeps_promised_days(plan):
    busy = int(np.flatnonzero(plan.segments.tier == 0)[0])
    who = plan.scenario.customers
    visits, weeks = who.visits.copy(), who.per_weeks.copy()
    visits[busy], weeks[busy] = 1, 2
    scenario = plan.scenario.replace(customers=dataclasses.replace(who, visits=visits, per_weeks=weeks))
    new, changes = rescheduled(plan, scenario)
    assert set(changes.customer_id.tolist()) == {str(who.customer_id[busy])}
    before = set(plan.visits.day[plan.visits.customer == busy].tolist())
    after = new.visits.day[(new.visits.customer == busy) & (new.visits.day >= SINCE)].tolist()
    assert len(after) > 10
    assert np.mean([day in before for day in after]) > 0.7


def test_nobody_is_visited_by_a_rep_who_has_left(plan):
    left = plan.scenario.reps.left_day.copy()
    left[1] = SINCE + 40
    new, changes = rescheduled(plan, plan.scenario.replace(reps=dataclasses.replace(plan.scenario.reps, left_day=left)))
    assert new.visits.day[new.visits.rep == 1].max() <= SINCE + 40
    assert changes.kept_share > 0.95


def test_a_trip_that_meets_an_absence_moves_as_a_whole(travelling):
    routes = travelling.routes
    later = routes.day[(routes.trip >= 0) & (routes.day > SINCE + 20) & (routes.end_place == 1)]
    day = int(later[0])
    rep = str(travelling.scenario.reps.rep_id[routes.rep[(routes.day == day) & (routes.trip >= 0)][0]])
    new, changes = rescheduled(travelling, absent(travelling.scenario, rep, day, day))
    assert changes.kept_share > 0.95
    assert len(np.unique(new.visits.trip)) == len(np.unique(travelling.visits.trip))


def test_hand_overs_stay_with_the_plan_and_what_was_told_of_another_scenario_goes(plan):
    told = plan.with_tables(handovers=pd.DataFrame({"to_rep": ["R1"]}), regularity=pd.DataFrame({"rep_id": ["R1"]}))
    same, _ = rescheduled(told)
    other, _ = rescheduled(told, with_holiday(plan.scenario, working_day(plan)))
    assert (set(same.further_tables), set(other.further_tables)) == ({"handovers", "regularity"}, {"handovers"})


def test_the_date_must_lie_in_the_year(plan):
    with pytest.raises(TerritoryError, match="outside"):
        reschedule(plan, plan.scenario.calendar.date_of(-1))


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_change_gives_a_plan_that_keeps_the_rules(plan, travelling, data):
    old = data.draw(st.sampled_from([plan, travelling]))
    since = data.draw(st.integers(0, 360))
    scenario = old.scenario
    if data.draw(st.booleans()):
        scenario = with_holiday(scenario, data.draw(st.integers(since, 364)))
    if data.draw(st.booleans()):
        first = data.draw(st.integers(since, 364))
        scenario = absent(scenario, "R1", first, first + data.draw(st.integers(0, 20)))
    if data.draw(st.booleans()):
        scenario = with_new_customers(scenario, data.draw(st.integers(1, 5)))
    if data.draw(st.booleans()):
        gone = data.draw(st.integers(0, 20))
        scenario = scenario.replace(
            customers=chosen(scenario.customers, np.delete(np.arange(len(scenario.customers)), gone))
        )
    if data.draw(st.booleans()):
        who, at = scenario.customers, data.draw(st.integers(0, 15))
        visits, weeks = who.visits.copy(), who.per_weeks.copy()
        visits[at], weeks[at] = data.draw(st.sampled_from([(1, 1), (1, 2), (1, 3), (2, 3), (1, 6), (2, 1)]))
        scenario = scenario.replace(customers=dataclasses.replace(who, visits=visits, per_weeks=weeks))
    _, changes = rescheduled(old, scenario, since)
    assert 0 <= changes.kept_share <= 1
    assert changes.kept + changes.count("moved") + changes.count("retimed") + changes.count("cancelled") == (
        changes.promised
    )
