"""What the free-centre engine accepts, and the order it works in."""

import numpy as np
import pytest

from territory.planning.assignment.free_centres import free_centre_problem
from territory.planning.assignment.free_centres.problem import hilbert_key, nearest_units, tight_limits

POINTS = [(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"territories": 4}, "territories=4"),
        ({"points": None}, "points or distance"),
        ({"weight": [1, 2]}, "shape"),
        ({"weight": [1, 2, -1]}, "not be negative"),
        ({"weight": [1, 2, np.nan]}, "finite"),
        ({"lower": 3, "upper": 2}, "above the upper"),
        ({"adjacency": [(0, 3)]}, "outside 0..2"),
        ({"capacity": [1, 2]}, "capacity"),
    ],
)
def test_wrong_arrays_are_named(change, words):
    arguments = {"points": POINTS, "weight": [1, 2, 3], "territories": 2, **change}
    with pytest.raises(ValueError, match=words):
        free_centre_problem(**arguments)


def test_the_curve_visits_neighbouring_cells_one_after_the_other():
    side = 8
    cells = np.array([(x, y) for x in range(side) for y in range(side)], dtype=float)
    path = cells[np.argsort(hilbert_key(cells))]
    assert np.abs(np.diff(path, axis=0)).sum(axis=1).tolist() == [1] * (side * side - 1)


def test_nearest_units_are_sorted_and_ties_go_to_the_first():
    distance = np.array([[0, 2, 1, 2], [2, 0, 3, 3], [1, 3, 0, 3], [2, 3, 3, 0]], dtype=float)
    assert nearest_units(distance, 2).tolist() == [[2, 1], [0, 2], [0, 1], [0, 1]]


def test_limits_of_whole_weights_are_rounded_inwards_to_whole_numbers():
    problem = free_centre_problem(points=POINTS, weight=[1, 2, 3], territories=2, lower=3 * 0.95, upper=3 * 1.05)
    lower, upper = tight_limits(problem)
    assert (lower[0, 0], upper[0, 0]) == (3, 3)
