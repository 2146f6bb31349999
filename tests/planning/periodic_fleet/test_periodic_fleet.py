from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.planning.periodic_fleet import PeriodicFleet, engine, plan_fleet
from territory.planning.periodic_fleet.kernels import kernel, lowest_bit
from tests.planning.periodic_fleet.small_fleets import broken_rules, least_distance, made_up_fleet


@kernel
def first_bit(bits: int) -> int:
    return lowest_bit(bits)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limits", [{}, {"capacity": 6.0}, {"limit": 52.0, "service": 1.0}])
def test_a_tiny_fleet_gets_an_optimal_plan(seed: int, limits: dict[str, float]) -> None:
    fleet = made_up_fleet(seed, 5, 2, **limits)
    plan = plan_fleet(fleet, seed=1, iterations=150)
    assert plan.excess == 0
    assert plan.distance == pytest.approx(least_distance(fleet))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(1, 14), st.integers(1, 4), st.sampled_from([0.0, 2.5]), st.integers(0, 10_000)
)
def test_every_plan_keeps_the_rules_it_says_it_keeps(
    seed: int, customers: int, vehicles: int, service: float, search_seed: int
) -> None:
    fleet = made_up_fleet(seed, customers, vehicles, capacity=12.0, limit=90.0, service=service)
    plan = plan_fleet(fleet, seed=search_seed, iterations=60)
    broken = broken_rules(fleet, plan)
    assert not broken if plan.excess == 0 else all(text.startswith(("load", "duration")) for text in broken)


def test_a_large_fleet_is_annealed_as_one_plan_that_keeps_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STYLES", ())
    fleet = made_up_fleet(3, 30, 4, capacity=25.0, limit=120.0, service=1.0)
    plan = plan_fleet(fleet, seed=1, iterations=2_000)
    assert plan.excess == 0
    assert not broken_rules(fleet, plan)


def test_slowly_annealed_first_plans_are_crossed_into_a_plan_no_worse_than_any_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleet = made_up_fleet(3, 30, 4, capacity=25.0, limit=120.0, service=1.0)
    annealed: list[float] = []
    anneal = engine._Search.anneal

    def watched(search: engine._Search, until: float, heats: tuple[float, float]) -> engine.Individual:
        one = anneal(search, until, heats)
        annealed.append(one.length if one.feasible else np.inf)
        return one

    monkeypatch.setattr(engine._Search, "anneal", watched)
    monkeypatch.setattr(engine, "STYLES", (engine.Style(1_000, 3, 0.5, 40, 0.2, 0.02, 1_000),))
    plan = plan_fleet(fleet, seed=1, iterations=3_000)
    assert not broken_rules(fleet, plan)
    assert len(annealed) >= 3
    service = sum(len(patterns[0]) for patterns in fleet.patterns)
    assert plan.distance + service <= min(annealed) + 1e-6


def test_more_vehicles_than_bits_in_a_word_are_told_apart() -> None:
    fleet = made_up_fleet(8, 70, 66, capacity=3.0)
    plan = plan_fleet(fleet, seed=1, iterations=300)
    assert plan.excess == 0
    assert not broken_rules(fleet, plan)


@pytest.mark.parametrize("bit", [0, 1, 5, 61])
def test_the_lowest_bit_is_found_by_its_number(bit: int) -> None:
    assert first_bit(1 << bit | 1 << 62) == bit


def test_more_load_than_the_vehicles_carry_is_stated_as_excess() -> None:
    fleet = made_up_fleet(1, 6, 1, capacity=2.0)
    assert plan_fleet(fleet, seed=1, iterations=60).excess > 0


def test_the_same_seed_gives_the_same_plan() -> None:
    fleet = made_up_fleet(5, 20, 3, capacity=14.0)
    assert plan_fleet(fleet, seed=7, iterations=800) == plan_fleet(fleet, seed=7, iterations=800)


def test_more_effort_never_gives_a_longer_plan() -> None:
    fleet = made_up_fleet(6, 25, 3, capacity=16.0)
    plans = [plan_fleet(fleet, seed=2, iterations=iterations) for iterations in (400, 4_000)]
    assert plans[1].distance <= plans[0].distance


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vehicles": 0}, "needs customers, vehicles"),
        ({"demand": np.ones(2)}, "distance must have the shape"),
        ({"service": np.array([1.0, -1.0, 0.0])}, "service must be finite"),
        ({"patterns": (((0,),), ((0,), (1, 2)), ((0,),))}, "customer 1"),
        ({"patterns": (((0,),), ((3,),), ((0,),))}, "outside 0..2"),
        ({"patterns": (((0,),),)}, "1 lists of patterns for 3 customers"),
        ({"distance": np.triu(np.ones((4, 4)))}, "symmetric"),
    ],
)
def test_a_malformed_fleet_is_refused_by_name(change: dict[str, object], message: str) -> None:
    fleet: PeriodicFleet = replace(made_up_fleet(1, 3, 1), **change)
    with pytest.raises(ValueError, match=message):
        plan_fleet(fleet, seed=1, iterations=10)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        plan_fleet(made_up_fleet(1, 3, 1), seed=-1)
