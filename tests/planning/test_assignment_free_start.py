"""Free centres: located at once, never worse than by turns, and only where nothing else decides where they lie."""

import numpy as np
import pytest

from territory.planning.assignment import assign_territories, engine
from territory.planning.assignment.free_start import free_kernels_are_compiled, free_start, wants_free_start
from territory.planning.assignment.task import prepare
from territory.planning.targets import customer_weights
from tests.factories import small_scenario
from tests.planning.assignment_oracle import QUICK, calls_of, changed


def drawn(scenario):
    return assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK)


def free_scenario(customers, reps, seed, **rules):
    return small_scenario(customers, reps, seed=seed, territories={"centres": "free", **rules})


@pytest.mark.parametrize(("contiguous", "tolerance"), [(False, 0.1), (True, 0.05)])
def test_centres_located_at_once_drive_less_than_centres_moved_by_turns(monkeypatch, contiguous, tolerance):
    scenario = free_scenario(200, 8, 1, contiguous=contiguous, balance={"workload": tolerance})
    located = drawn(scenario)
    monkeypatch.setattr(engine, "wants_free_start", lambda _scenario: False)
    assert located.objective < 0.995 * drawn(scenario).objective
    assert located.tolerance["workload"] <= tolerance + 1e-6
    assert free_kernels_are_compiled()


def test_locks_are_kept_where_the_engine_knows_nothing_of_them():
    scenario = free_scenario(60, 3, 2)
    lock = np.full(60, -1)
    lock[[0, 7, 30]] = 2, 0, 1
    assert drawn(changed(scenario, locked_rep=lock)).rep[[0, 7, 30]].tolist() == [2, 0, 1]


def test_todays_owners_and_start_places_leave_no_free_choice():
    free = free_scenario(20, 2, 1)
    assert wants_free_start(free)
    assert not wants_free_start(changed(free, current_rep=np.zeros(20, dtype=np.int64)))
    assert not wants_free_start(small_scenario(20, 2))


def test_nothing_to_balance_means_nothing_to_locate():
    scenario = free_scenario(20, 2, 1, balance={})
    task = prepare(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK, travel=None)
    assert free_start(task, 1) is None
