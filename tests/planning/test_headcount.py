"""From visits to people: the golden hundred outlets, proven bounds, hires and the reverse question."""

import dataclasses
import itertools

import numpy as np
import pytest

from territory.domain.plan import UNSERVED_CAUSES, Routes, Unserved
from territory.domain.scenario import call_plan
from territory.planning.headcount import carry, confirm_headcount, rep_capacity_minutes, size_team
from tests.factories import small_scenario, texts

TIER = np.repeat(np.arange(4), [10, 20, 30, 40])


def outlets(reps=2, **settings):
    """Return the hundred outlets of R-H1 and their call plan."""
    scenario = small_scenario(100, reps, tiers={"method": "given"}, **settings)
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, given_tier=TIER))
    return scenario, call_plan(scenario, TIER)


def at_one_point(scenario):
    customers, reps = scenario.customers, scenario.reps
    return scenario.replace(
        customers=dataclasses.replace(customers, lat=np.full(len(customers), 34.2), lon=np.full(len(customers), 108.9)),
        reps=dataclasses.replace(reps, home_lat=np.full(len(reps), 34.2), home_lon=np.full(len(reps), 108.9)),
    )


def test_a_hundred_outlets_need_eighty_visits_and_1600_minutes_a_week():
    scenario, calls = outlets()
    answer = size_team(scenario, calls)
    assert answer.visits_per_week == pytest.approx(80)
    assert answer.face_minutes_per_week == pytest.approx(1600)
    assert calls.cycle_weeks == 6
    assert answer.lower_bound <= answer.needed


def test_capacity_is_the_field_windows_of_the_real_calendar():
    scenario = small_scenario(4, 2, workday={"calendar": "none", "absence_share": 0.0, "meetings": ()})
    days = int(scenario.calendar.working.sum())
    expected = days * 360 * 7 / scenario.calendar.days
    assert rep_capacity_minutes(scenario).tolist() == pytest.approx([expected] * 2)


def test_meetings_month_ends_holidays_and_absence_cost_field_time():
    plain = rep_capacity_minutes(small_scenario(4, 1, workday={"calendar": "none", "meetings": ()}))[0]
    with_meetings = rep_capacity_minutes(small_scenario(4, 1, workday={"calendar": "none"}))[0]
    with_holidays = rep_capacity_minutes(small_scenario(4, 1))[0]
    less_absent = rep_capacity_minutes(small_scenario(4, 1, workday={"absence_share": 0.0}))[0]
    assert plain > with_meetings > with_holidays
    assert less_absent * 0.97 == pytest.approx(with_holidays)


def test_half_the_contract_hours_are_half_the_field_time():
    scenario = small_scenario(4, 2)
    reps = dataclasses.replace(scenario.reps, hours_per_week=np.array([np.nan, 21.0]))
    full, half = rep_capacity_minutes(scenario.replace(reps=reps))
    assert half == pytest.approx(full / 2)


def test_without_any_way_to_drive_face_time_alone_decides():
    scenario, calls = outlets()
    answer = size_team(at_one_point(scenario), calls)
    assert answer.travel_minutes_per_week == 0
    assert answer.lower_bound == int(np.ceil(1600 / answer.capacity_minutes_per_week))
    assert answer.needed == answer.lower_bound


def test_the_travel_bound_is_the_cheapest_leg_into_every_customer():
    scenario = small_scenario(12, 2)
    calls = call_plan(scenario, np.zeros(12, dtype=np.int64))
    from territory.planning.travel import great_circle_km, road_minutes

    lat = np.concatenate([scenario.customers.lat, scenario.start_lat])
    lon = np.concatenate([scenario.customers.lon, scenario.start_lon])
    km = great_circle_km(lat[:, None], lon[:, None], lat[None, :12], lon[None, :12]) * scenario.settings.travel.detour
    minutes = road_minutes(km, scenario.settings.travel).astype(float)
    np.fill_diagonal(minutes, np.inf)
    most = (calls.visits_per_week * minutes.min(axis=0)).sum()
    bound = size_team(scenario, calls).travel_minutes_per_week
    assert bound <= most
    assert bound > most - calls.visits_per_week.sum() - 1e-6, "rounding up whole minutes is all it gives away"


def test_more_work_never_needs_fewer_people():
    scenario, _ = outlets()
    needed = [size_team(scenario, call_plan(scenario, np.full(100, tier))).needed for tier in (3, 2, 1, 0)]
    assert needed == sorted(needed)


def test_nobody_to_visit_needs_nobody():
    scenario = small_scenario(3, 1)
    scenario = scenario.replace(
        customers=dataclasses.replace(
            scenario.customers, visits=np.zeros(3, dtype=np.int64), per_weeks=np.ones(3, dtype=np.int64)
        )
    )
    answer = size_team(scenario, call_plan(scenario, np.zeros(3, dtype=np.int64)))
    assert (answer.lower_bound, answer.needed, answer.carried_share) == (0, 0, 1.0)


def test_keeping_four_of_eight_means_hiring_twice_what_is_needed():
    scenario, _ = outlets(reps=8, staffing={"cut_mode": "ranked", "keep": 4, "annual_attrition": 0.0})
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, new_hire=np.ones(8, dtype=bool)))
    answer = size_team(scenario, call_plan(scenario, np.full(100, 1)))
    assert answer.to_hire == 2 * answer.needed
    assert any(reason.code == "headcount.cut" for reason in answer.reasons)


def test_too_few_reps_carry_a_share_and_say_so():
    scenario, _ = outlets(reps=1)
    answer = size_team(scenario, call_plan(scenario, np.zeros(100, dtype=np.int64)))
    assert answer.needed > 1
    assert 0 < answer.carried_share < 1
    assert answer.to_hire > 0
    assert any(reason.code == "headcount.short" for reason in answer.reasons)


def test_fewer_reps_drop_tier_d_first():
    scenario, calls = outlets()
    shares = {reps: carry(scenario, calls, reps, tier=TIER)["carried_share"].tolist() for reps in (0, 1, 10)}
    assert shares[10] == [1, 1, 1, 1]
    assert shares[0] == [0, 0, 0, 0]
    a, b, c, d = shares[1]
    assert 1 >= a >= b >= c >= d
    assert d < 1


def routed(scenario, minutes, left_out):
    days = np.flatnonzero(scenario.calendar.working)
    reps = len(scenario.reps)
    day, rep = np.repeat(days, reps), np.tile(np.arange(reps), len(days))
    zero = np.zeros(len(day), dtype=np.int64)
    routes = Routes(day, rep, zero, zero, zero + minutes, zero.astype(float), zero, zero, zero - 1)
    gone = np.zeros(left_out, dtype=np.int64)
    cause = gone + UNSERVED_CAUSES.index("capacity")
    return routes, Unserved(gone, gone, gone, cause, texts("" for _ in range(left_out)))


def test_a_plan_that_serves_everybody_proves_its_number():
    scenario, calls = outlets(reps=2)
    answer = confirm_headcount(scenario, calls, size_team(scenario, calls), *routed(scenario, 60, 0))
    assert answer.needed <= 2
    assert answer.carried_share == 1
    assert any(reason.code == "headcount.plan_serves" for reason in answer.reasons)


def test_a_plan_that_leaves_visits_out_needs_one_more():
    scenario, calls = outlets(reps=2)
    answer = confirm_headcount(scenario, calls, size_team(scenario, calls), *routed(scenario, 60, 1000))
    assert answer.needed >= 3
    assert answer.carried_share == pytest.approx(1 - 1000 / (80 * scenario.calendar.days / 7))
    assert any(reason.code == "headcount.plan_leaves_out" for reason in answer.reasons)


def few_heavy_customers(seed):
    """Return up to five customers at one point who take much of a rep's week, some together, some apart."""
    rng = np.random.default_rng([seed, 41])
    count = int(rng.integers(2, 6))
    names = [f"C{i + 1:03d}" for i in range(count)]
    pairs = list(itertools.combinations(names, 2))

    def some(most):
        return tuple(pairs[k] for k in sorted(set(rng.integers(len(pairs), size=int(rng.integers(0, most))).tolist())))

    rules = {"together": some(2), "apart": some(3)}
    workday = {"calendar": "none", "absence_share": 0.0, "meetings": ()}
    scenario = at_one_point(small_scenario(count, 1, workday=workday, territories=rules))
    columns = {
        "visits": rng.integers(1, 6, count),
        "per_weeks": np.ones(count, dtype=np.int64),
        "visit_minutes": rng.integers(2, 18, count) * 10,
    }
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, **columns))
    return scenario, call_plan(scenario, np.zeros(count, dtype=np.int64))


def can_share_out(scenario, calls, reps, kept=1.0):
    """Return whether some division among so many equal reps holds all visits, by trying every one."""
    visits, number = calls.visits_per_week * kept, {name: k for k, name in enumerate(scenario.customers.customer_id)}
    minutes = visits * calls.minutes
    days = scenario.calendar.working.sum() * 7 / scenario.calendar.days
    if visits.sum() > reps * days * 2 * np.floor(180 / (minutes.sum() / visits.sum()) + 1e-9) + 1e-9:
        return False
    rules = scenario.settings.territories
    joined = [tuple(number[name] for name in group) for group in rules.together]
    apart = [tuple(number[name] for name in pair) for pair in rules.apart]
    for rep in itertools.product(range(reps), repeat=len(visits)):
        kept_rules = all(rep[a] == rep[b] for a, b in joined) and all(rep[a] != rep[b] for a, b in apart)
        if kept_rules and (np.bincount(rep, minutes, reps) <= days * 360 * (1 + 1e-7)).all():
            return True
    return False


def contradictory(scenario):
    rules = scenario.settings.territories
    return bool({frozenset(pair) for pair in rules.together} & {frozenset(pair) for pair in rules.apart})


def larger_than_a_rep(scenario, calls):
    """Return whether some customer, or group that stays together, has more work than one rep has time."""
    work = dict(zip(scenario.customers.customer_id, calls.visits_per_week * calls.minutes, strict=True))
    groups = [sum(work[name] for name in group) for group in scenario.settings.territories.together]
    days = scenario.calendar.working.sum() * 7 / scenario.calendar.days
    return max([*work.values(), *groups]) > days * 360


@pytest.mark.parametrize("seed", range(60))
def test_the_number_found_is_the_least_of_all_divisions_and_the_bound_is_not_above_it(seed):
    scenario, calls = few_heavy_customers(seed)
    answer = size_team(scenario, calls)
    if not contradictory(scenario) and not larger_than_a_rep(scenario, calls):
        least = next(reps for reps in range(1, 7) if can_share_out(scenario, calls, reps))
        assert answer.needed == least
    assert answer.lower_bound <= answer.needed


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_what_a_team_can_carry_is_the_most_that_some_division_holds_and_grows_with_the_team(seed):
    scenario, calls = few_heavy_customers(seed)
    tier = np.zeros(len(scenario.customers), dtype=np.int64)
    carried = [carry(scenario, calls, reps, tier=tier)["carried_share"][0] for reps in range(1, 5)]
    assert carried == sorted(carried)
    if not contradictory(scenario) and not larger_than_a_rep(scenario, calls):
        for reps, share in enumerate(carried[:2], start=1):
            assert share < 1e-4 or can_share_out(scenario, calls, reps, kept=share * 0.999)
            assert share == 1 or not can_share_out(scenario, calls, reps, kept=share + 0.001)
