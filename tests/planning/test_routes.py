"""Routes of one day against brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.planning.routes import Day, best_route, shortest_tour, time_route
from territory.planning.timing import NEVER

WINDOWS = ((570, 750), (840, 1020))


def day_of(points, service, opening=None, drive_in_lunch=True, back=1080) -> Day:
    """A day with the windows of the rulebook; travel is Manhattan minutes between points."""
    xy = np.array([(0, 0), *points])
    travel = np.abs(xy[:, None] - xy[None]).sum(axis=2).astype(np.int32)
    minutes = np.array([0, *service], dtype=np.int32)
    starts = np.full((1, len(xy), 2, 2), (NEVER, -1), dtype=np.int32)
    for place in range(1, len(xy)):
        opens, closes = (opening or {}).get(place, (0, 1440))
        pieces = [(max(a, opens), min(b, closes) - service[place - 1]) for a, b in WINDOWS]
        pieces = [(a, b) for a, b in pieces if a <= b]
        starts[0, place, : len(pieces)] = np.array(pieces).reshape(-1, 2)
    gaps = np.zeros((1, 0, 2), dtype=np.int32) if drive_in_lunch else np.array([[[750, 840]]], dtype=np.int32)
    return Day(travel, minutes, starts, gaps, 0, 570, back)


def brute_time(day: Day, order) -> tuple[list[int], int] | None:
    """Minute by minute: leave as early as allowed, wait until the visit may start."""
    lunch = [tuple(gap) for gap in day.gaps[0].tolist()]
    minute, place, starts = day.depart, 0, []
    for stop in (*order, 0):
        drive = int(day.travel[place, stop])
        while drive and any(minute < b and minute + drive > a for a, b in lunch):
            minute += 1
        minute += drive
        if stop == 0:
            break
        pieces = day.starts[0, stop].tolist()
        while not any(a <= minute <= b for a, b in pieces):
            minute += 1
            if minute > 1440:
                return None
        starts.append(minute)
        minute += int(day.service[stop])
        place = stop
    return (starts, minute) if minute <= day.back else None


days = st.builds(
    day_of,
    points=st.lists(st.tuples(st.integers(-25, 25), st.integers(-25, 25)), min_size=4, max_size=4),
    service=st.lists(st.integers(10, 90), min_size=4, max_size=4),
    opening=st.sampled_from([None, {1: (900, 1000)}, {2: (570, 700), 3: (860, 1020)}, {4: (740, 850)}]),
    drive_in_lunch=st.booleans(),
    back=st.sampled_from([1080, 1030]),
)


@given(day=days)
def test_times_of_an_order_are_the_earliest_ones(day):
    for order in permutations([1, 2, 3, 4]):
        expected, got = brute_time(day, order), time_route(day, order)
        assert (expected is None) == (got is None)
        if expected and got:
            assert (list(got.start), got.back) == expected
            assert got.depart >= day.depart
            assert got.depart + got.legs[0] <= got.start[0]


@settings(max_examples=60, deadline=None)
@given(day=days, given_order=st.permutations([1, 2, 3, 4]))
def test_a_route_serves_all_where_its_start_does_and_is_as_short_as_can_be_nearly_always(day, given_order):
    route, dropped = best_route(day, given_order, solutions=40)
    served = () if route is None else route.places
    assert sorted((*served, *dropped)) == [1, 2, 3, 4]
    given = time_route(day, given_order)
    if given:
        assert dropped == ()
        assert sum(route.legs) <= sum(given.legs)
    if route:
        assert brute_time(day, route.places) is not None


def test_an_easy_day_gets_its_shortest_route():
    day = day_of([(10, 0), (20, 0), (20, 10), (0, 10)], [20] * 4)
    route, dropped = best_route(day, [3, 1, 4, 2], solutions=40)
    shortest = min(sum(time_route(day, order).legs) for order in permutations([1, 2, 3, 4]))
    assert (sum(route.legs), dropped) == (shortest, ())


def test_a_stop_that_never_opens_is_left_out():
    day = day_of([(10, 0), (20, 0)], [20, 20], opening={2: (760, 830)})
    route, dropped = best_route(day, [1, 2], solutions=20)
    assert route.places == (1,)
    assert dropped == (2,)


def test_nothing_fits_into_a_day_too_short():
    day = day_of([(200, 200)], [20])
    assert best_route(day, [1], solutions=20) == (None, (1,))


@pytest.mark.parametrize("last", [0, -1])
def test_a_day_may_begin_and_end_away_from_the_start_place(last):
    day = day_of([(10, 0), (20, 0), (30, 0)], [20] * 3)
    route = time_route(day, [2, 3], first=1, last=last)
    assert route.legs == (10, 10, 30 if last == 0 else 0)
    assert route.depart == 570
    assert route.back == 570 + 10 + 20 + 10 + 20 + (30 if last == 0 else 0)


def test_a_tour_visits_every_place_once():
    rng = np.random.default_rng(0)
    xy = rng.integers(0, 60, (8, 2))
    travel = np.abs(xy[:, None] - xy[None]).sum(axis=2).astype(np.int32)
    assert sorted(shortest_tour(travel, solutions=40)) == list(range(1, 8))
