"""The page of territories to choose from."""

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.assignment import design_alternatives
from territory.reports.alternatives import alternatives_page, used_tolerance
from tests.factories import small_scenario


@pytest.fixture(scope="module")
def front():
    scenario = small_scenario(30, 3, territories={"balance": {"workload": 0.3}})
    calls = call_plan(scenario, np.ones(30, dtype=np.int64))
    found = design_alternatives(scenario, calls, np.full(30, 1 / 30), count=3, seed=1, effort=EFFORTS["quick"])
    return scenario, found


def test_the_page_shows_every_alternative_and_speaks_both_languages(front):
    scenario, found = front
    page = alternatives_page(scenario, found, "en")
    assert "Territories to choose from" in page
    assert "可供选择的区域划分" in page
    for one in found:
        assert f"{one.travel_km:,.0f}" in page


def test_a_division_uses_the_part_of_the_tolerance_of_its_least_even_measure(front):
    scenario, found = front
    for one in found:
        assert used_tolerance(scenario, one) == pytest.approx(one.territories.tolerance["workload"] / 0.3)
        assert used_tolerance(scenario, one) <= 1 + 1e-6
