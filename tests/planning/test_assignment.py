"""Territories as stories: locks, lines, home city, lots, moves, giants and degenerate maps."""

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from territory.domain.customers import NONE
from territory.domain.scenario import TravelMatrix
from territory.planning.assignment import assign_territories
from territory.planning.targets import customer_weights
from tests.factories import small_scenario
from tests.planning.assignment_oracle import QUICK, calls_of, changed, locked


def assign(scenario, seed=1):
    return assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=seed, effort=QUICK)


def with_reps(scenario, **columns):
    return scenario.replace(reps=dataclasses.replace(scenario.reps, **columns))


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 6))
@example(0, 10, 4)
@example(102, 7, 6)
@example(0, 5, 3)
@settings(max_examples=25, deadline=None)
def test_every_customer_has_one_rep_inside_the_tolerance_and_above_the_bound(seed, customers, reps):
    scenario = small_scenario(customers, reps, seed, territories={"balance": {"workload": 0.15, "potential": 0.3}})
    answer = assign(scenario, seed)
    assert ((answer.rep >= 0) & (answer.rep < reps)).all()
    assert answer.bound <= answer.objective + 1e-9
    widened = {note.values["measure"]: note.values["used"] for note in answer.notes if "widened" in note.code}
    for measure, tolerance in scenario.settings.territories.balance.items():
        assert answer.tolerance[measure] <= max(tolerance, widened.get(measure, 0.0)) + 1e-6
    face = np.bincount(answer.rep, calls_of(scenario).visits_per_week * calls_of(scenario).minutes, reps)
    assert answer.workload_minutes == pytest.approx(face + answer.travel_minutes)


def test_the_same_seed_gives_the_same_territories():
    scenario = small_scenario(80, 4)
    first, second = assign(scenario), assign(scenario)
    assert first.rep.tolist() == second.rep.tolist()
    assert first.objective == second.objective


def test_locks_hold():
    scenario = locked(small_scenario(30, 3), {0: 2, 7: 1, 20: 0})
    assert assign(scenario).rep[[0, 7, 20]].tolist() == [2, 1, 0]


def test_the_home_city_belongs_to_the_manager():
    scenario = small_scenario(30, 3, territories={"home_city": "Baoji", "balance": {"workload": 0.4}})
    city = scenario.customers.city.copy()
    city[[3, 14, 25]] = "Baoji"
    scenario = with_reps(changed(scenario, city=city), is_manager=np.array([False, True, False]))
    assert (assign(scenario).rep[[3, 14, 25]] == 1).all()


def test_product_lines_go_to_those_who_sell_them():
    lines = (frozenset({"paint"}), frozenset({"adhesive"}), frozenset())
    scenario = with_reps(small_scenario(30, 3), product_lines=lines)
    rep = assign(scenario).rep
    assert not ((scenario.customers.product_line == "paint") & (rep == 1)).any()
    assert not ((scenario.customers.product_line == "adhesive") & (rep == 0)).any()


def test_groups_stay_together_and_pairs_apart():
    rules = {"together": (("C001", "C009"), ("C009", "C020")), "apart": (("C002", "C003"),)}
    rep = assign(small_scenario(30, 3, territories=rules)).rep
    assert rep[0] == rep[8] == rep[19]
    assert rep[1] != rep[2]


def test_a_ramping_rep_carries_half_a_share():
    scenario = with_reps(small_scenario(200, 3), share=np.array([1.0, 1.0, 0.5]))
    workload = assign(scenario).workload_minutes
    assert workload[2] / workload.sum() == pytest.approx(0.2, rel=0.11)


def test_a_rep_hired_after_the_year_owns_nobody():
    scenario = with_reps(small_scenario(20, 3), hired_day=np.array([0, 400, 30]))
    assert set(assign(scenario).rep.tolist()) == {0, 2}


def test_dear_customers_stay_where_they_are():
    cheap = {"disruption_loss": 0.0}
    dear = {"disruption_loss": 1.0, "travel_hour_cost": 1}
    balanced = small_scenario(40, 2, territories={"balance": {"customers": 0.1}})
    current = np.tile([0, 1], 20)
    moved = []
    for rules in (cheap, dear):
        answer = assign(changed(balanced, current_rep=current).replace(territories=rules))
        moved.append(int((answer.rep != current).sum()))
    assert moved[1] == 0
    assert moved[0] > 5


def test_no_more_customers_move_than_allowed():
    scenario = small_scenario(40, 2, territories={"max_moved_share": 0.2, "disruption_loss": 0.0})
    current = np.tile([0, 1], 20)
    answer = assign(changed(scenario, current_rep=current))
    assert (answer.rep != current).sum() <= 8


def test_lots_are_drawn_once_per_region_and_kept_when_other_regions_change():
    wish = frozenset({"north-east"})
    scenario = with_reps(small_scenario(40, 3), preferred_regions=(wish, wish, frozenset()))
    (lot,) = assign(scenario).lots
    assert lot.candidates == ("R1", "R2")
    assert lot.winner in lot.candidates
    assert 0 <= lot.draw < 1
    more = (wish | {"south-west"}, wish, frozenset({"south-west"}))
    lots = assign(with_reps(scenario, preferred_regions=more)).lots
    assert lots[0] == lot
    assert len({assign(scenario, seed).lots[0].winner for seed in range(6)}) == 2


def test_a_preferred_region_is_drawn_towards_the_rep_who_wants_it():
    office = {"start_from": "office", "office_lat": 34.26, "office_lon": 108.94}
    plain = small_scenario(
        60, 2, workday=office, territories={"preference_bonus_km": 50.0, "balance": {"workload": 0.9}}
    )
    wants = with_reps(plain, preferred_regions=(frozenset(), frozenset({"north-east"})))
    here = plain.customers.region == "north-east"
    assert (assign(wants).rep[here] == 1).all()


def test_one_office_for_all_still_gives_compact_territories():
    office = {"start_from": "office", "office_lat": 34.26, "office_lon": 108.94}
    scenario = small_scenario(200, 4, workday=office)
    rep = assign(scenario).rep
    lat, lon = scenario.customers.lat, scenario.customers.lon

    def spread(owner):
        return sum(
            np.hypot(lat[owner == j] - lat[owner == j].mean(), lon[owner == j] - lon[owner == j].mean()).sum()
            for j in range(4)
        )

    assert spread(rep) < 0.65 * spread(np.arange(200) % 4)


def test_a_customer_larger_than_a_territory_is_named_and_the_others_share_the_rest():
    scenario = small_scenario(31, 3, territories={"balance": {"potential": 0.2}})
    potential = np.full(31, 100_00)
    potential[4] = 100_000_00
    answer = assign(changed(scenario, potential_cents=potential))
    assert answer.oversized == ("C005",)
    giant = answer.rep[4]
    others = np.bincount(answer.rep, potential, 3)[[j for j in range(3) if j != giant]]
    assert others.max() <= 1.5 * others.min()
    assert any(note.code == "assignment.oversized" for note in answer.notes)


def test_too_few_customers_widen_the_tolerance_and_say_so():
    answer = assign(small_scenario(7, 3, territories={"balance": {"customers": 0.05}}))
    assert sorted(np.bincount(answer.rep)) == [2, 2, 3]
    (note,) = [note for note in answer.notes if note.code == "assignment.tolerance_widened"]
    assert note.values["used"] == pytest.approx(2 / 7, abs=1e-3)
    assert note.values["proven"] == 1


@pytest.mark.parametrize(("customers", "reps"), [(1, 1), (1, 4), (2, 5), (9, 1)])
def test_odd_sizes_have_answers(customers, reps):
    answer = assign(small_scenario(customers, reps))
    assert len(answer.rep) == customers


def test_all_customers_at_one_point_have_answers():
    scenario = small_scenario(24, 3)
    answer = assign(changed(scenario, lat=np.full(24, 34.2), lon=np.full(24, 108.9)))
    assert answer.tolerance["workload"] <= 0.1


def test_nothing_to_share_is_shared_perfectly():
    scenario = small_scenario(12, 2, territories={"balance": {"potential": 0.1, "customers": 0.2}})
    answer = assign(changed(scenario, potential_cents=np.zeros(12, dtype=np.int64)))
    assert answer.tolerance["potential"] == 0


def test_a_customer_out_of_reach_goes_to_the_rep_who_can_get_there():
    scenario = small_scenario(6, 2, territories={"balance": {"customers": 0.5}})
    minutes = np.full((8, 8), 10, dtype=np.int32)
    np.fill_diagonal(minutes, 0)
    minutes[6, 5] = NONE
    answer = assign(scenario.replace(travel=TravelMatrix(minutes, minutes.astype(np.float32))))
    assert answer.rep[5] == 1
    minutes[7, 5] = NONE
    answer = assign(scenario.replace(travel=TravelMatrix(minutes, minutes.astype(np.float32))))
    assert [note.values["customers"] for note in answer.notes if note.code == "assignment.unreachable"] == [1]


def test_three_measures_hold_at_once_for_two_thousand_customers_and_locks_stay():
    balance = {"workload": 0.08, "potential": 0.1, "target": 0.1}
    scenario = locked(small_scenario(2000, 12, territories={"balance": balance}), {5 * i: i % 12 for i in range(60)})
    answer = assign(scenario)
    assert all(answer.tolerance[name] <= tolerance + 1e-6 for name, tolerance in balance.items())
    assert all(answer.rep[5 * i] == i % 12 for i in range(60))
    assert (answer.objective - answer.bound) / answer.objective < 0.02


def test_progress_counts_up_to_the_whole():
    seen = []
    scenario = small_scenario(20, 2)
    assign_territories(
        scenario,
        calls_of(scenario),
        customer_weights(scenario),
        seed=1,
        effort=QUICK,
        progress=lambda stage, done, total: seen.append((stage, done, total)),
    )
    assert seen[-1][1] == seen[-1][2]
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
