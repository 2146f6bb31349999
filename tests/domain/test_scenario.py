import numpy as np

from territory.domain.plan import clock, yuan
from territory.domain.scenario import TravelMatrix, call_plan
from territory.domain.settings import Frequency
from tests.factories import small_scenario


def test_the_four_standard_tiers_give_a_six_week_cycle_with_12_6_4_3_visits():
    scenario = small_scenario(customers=4)
    calls = call_plan(scenario, np.arange(4))
    assert calls.cycle_weeks == 6
    assert calls.visits_per_cycle.tolist() == [12, 6, 4, 3]
    assert calls.minutes.tolist() == [20] * 4


def test_a_customers_own_frequency_wins_over_its_tier():
    scenario = small_scenario(customers=2)
    own = scenario.customers.__class__(
        **{
            **{name: getattr(scenario.customers, name) for name in scenario.customers.__dataclass_fields__},
            "visits": np.array([3, -1]),
            "per_weeks": np.array([4, -1]),
        }
    )
    calls = call_plan(scenario.replace(customers=own), np.array([0, 0]))
    assert (calls.visits.tolist(), calls.per_weeks.tolist()) == ([3, 2], [4, 1])


def test_phone_only_tiers_do_not_lengthen_the_cycle():
    scenario = small_scenario(customers=2, tiers={"d": Frequency(0, 7)})
    assert call_plan(scenario, np.array([0, 3])).cycle_weeks == 1


def test_replace_changes_single_keys_of_a_table_and_leaves_the_original_alone():
    scenario = small_scenario()
    changed = scenario.replace(targets={"annual": 100}, budget={"opening_cash": 5})
    assert (changed.settings.targets.annual, changed.settings.budget.opening_cash) == (100, 5)
    assert scenario.settings.targets.annual == 1_000_000_000
    assert changed.settings.workday == scenario.settings.workday


def test_money_is_written_exactly_and_clocks_as_people_read_them():
    assert yuan(np.array([123450, -7, 0, 9_007_199_254_740_993])) == [
        "1234.50",
        "-0.07",
        "0.00",
        "90071992547409.93",
    ]
    assert clock(np.array([570, 0, -1])) == ["09:30", "00:00", ""]


def test_a_travel_matrix_and_the_travel_rules_share_a_name_but_not_a_place():
    matrix = TravelMatrix(np.zeros((2, 2), dtype=np.int32), np.zeros((2, 2), dtype=np.float32))
    changed = small_scenario(customers=1, reps=1).replace(travel=matrix).replace(travel={"detour": 2.0})
    assert changed.travel is matrix
    assert changed.settings.travel.detour == 2.0
