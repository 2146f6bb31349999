"""The checker works out legs through speed zones by itself and agrees with the planner, leg by leg."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from territory.assessment.validate import validate_tables
from territory.assessment.validate.journeys import travel_legs
from territory.domain.travel_rules import SpeedZone
from territory.planning.travel import rep_travel
from territory.planning.workflow import make_plan
from tests.factories import small_scenario

SLOW_CENTRE = SpeedZone("centre", 34.26, 108.94, radius_km=6, speed_kmh=14)
FAST_WEST = SpeedZone("west", 34.26, 108.85, radius_km=9, speed_kmh=45)

zones = st.lists(
    st.builds(
        SpeedZone,
        st.just("zone"),
        st.floats(34.1, 34.4),
        st.floats(108.7, 109.1),
        radius_km=st.floats(0.5, 25),
        speed_kmh=st.floats(5, 130),
    ),
    max_size=4,
)


@given(zones, st.integers(0, 50))
def test_checker_and_planner_agree_on_every_leg(discs, seed):
    scenario = small_scenario(15, 1, seed, travel={"zones": tuple(discs)})
    places = np.append(15, np.arange(15))
    origin, goal = (grid.ravel() for grid in np.meshgrid(places, places, indexing="ij"))
    planned = rep_travel(scenario, 0, np.arange(15))
    legs = travel_legs(scenario, origin, goal)
    apart = origin != goal
    assert legs.right(planned.minutes.ravel())[apart].all()


def test_a_plan_through_zones_is_valid_and_not_valid_without_them():
    scenario = small_scenario(40, 2, travel={"zones": (SLOW_CENTRE, FAST_WEST)})
    plan = make_plan(scenario, effort="quick")
    said = {"plan": {"tolerance": dict(plan.territories.tolerance)}}
    assert validate_tables(scenario, {**plan.tables(), "summary": said}) == []
    plain = small_scenario(40, 2)
    assert {"leg.minutes"} <= {one.code for one in validate_tables(plain, {**plan.tables(), "summary": said})}
