"""Day patterns: which sets of days a frequency allows."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.planning.visits.patterns import allowed_patterns, spacing_bounds

SIX_DAYS = (0, 1, 2, 3, 4, 5)


def gaps(days: tuple[int, ...], length: int) -> list[int]:
    return [b - a for a, b in zip(days, (*days[1:], days[0] + length), strict=True)]


def test_the_bounds_are_those_of_the_rulebook_frequencies():
    assert spacing_bounds(2, 1, 0.5) == (2, 5)
    assert spacing_bounds(1, 1, 0.5) == (4, 10)
    assert spacing_bounds(2, 3, 0.5) == (6, 15)
    assert spacing_bounds(1, 2, 0.5) == (7, 21)


def test_two_visits_a_week_use_every_weekday_pair_without_neighbours():
    pairs = {pattern.days for pattern in allowed_patterns(2, 1, 1, SIX_DAYS, 0.5)}
    assert pairs == {pair for pair in combinations(range(6), 2) if pair[1] - pair[0] >= 2}


def test_one_visit_a_week_keeps_its_weekday():
    for pattern in allowed_patterns(1, 1, 6, SIX_DAYS, 0.5):
        assert {day % 7 for day in pattern.days} == {pattern.days[0]}
        assert len(pattern.days) == 6


def test_two_visits_in_three_weeks_are_nine_working_days_apart():
    patterns = allowed_patterns(2, 3, 3, SIX_DAYS, 0.5)
    assert len(patterns) == 9
    assert all(sorted(gaps(pattern.days, 21)) == [10, 11] for pattern in patterns)


def test_one_visit_in_two_weeks_may_lie_on_any_of_twelve_days():
    assert len(allowed_patterns(1, 2, 6, SIX_DAYS, 0.5)) == 12


def test_six_visits_in_a_six_day_week_drop_one_over_sunday():
    (pattern,) = allowed_patterns(6, 1, 1, SIX_DAYS, 0.5)
    assert len(pattern.days) == 5
    assert len(pattern.dropped) == 1


@given(
    visits=st.integers(1, 6),
    per_weeks=st.integers(1, 12),
    multiple=st.integers(1, 4),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    tolerance=st.sampled_from([0.0, 0.2, 0.5, 1.0]),
)
def test_every_pattern_keeps_frequency_and_spacing_around_the_cycle(visits, per_weeks, multiple, weekdays, tolerance):
    cycle = min(12, per_weeks * multiple)
    patterns = allowed_patterns(visits, per_weeks, cycle, weekdays, tolerance)
    assert patterns
    least, most = spacing_bounds(visits, per_weeks, tolerance)
    for pattern in patterns:
        assert len(pattern.days) + len(pattern.dropped) == visits * cycle // per_weeks
        assert all(0 <= day < 7 * cycle and day % 7 in weekdays for day in pattern.days)
        assert list(pattern.days) == sorted(set(pattern.days))
        if pattern.days:
            assert min(gaps(pattern.days, 7 * cycle)) >= least
        if not pattern.dropped:
            assert max(gaps(pattern.days, 7 * cycle)) <= most


@pytest.mark.parametrize(("visits", "per_weeks"), [(2, 1), (1, 1), (2, 3), (1, 2), (3, 1), (1, 4), (3, 2), (1, 12)])
def test_ordinary_frequencies_drop_nothing(visits, per_weeks):
    assert not any(p.dropped for p in allowed_patterns(visits, per_weeks, 12, SIX_DAYS, 0.5))
