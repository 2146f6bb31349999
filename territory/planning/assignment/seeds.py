"""Where the search for territories begins: equal pieces of the map, or the division of today."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import Scenario
from territory.planning.assignment.cost import Pricing
from territory.planning.assignment.problem import Problem

FORBIDDEN_KM = 1e6


def first_divisions(scenario: Scenario, pricing: Pricing, weight: Floats) -> list[Ints]:
    """Return starting divisions of the customers by column of rep; they need not be balanced or allowed.

    Parameters
    ----------
    scenario : Scenario
    pricing : Pricing
    weight : array of float, shape (customers,)
        What the pieces should be equal in.
    """
    problem = pricing.problem
    lat, lon, count = scenario.customers.lat, scenario.customers.lon, len(problem.reps)
    divisions = [_match(pricing, bisect(lat, lon, weight, count, turned=turned)) for turned in (False, True)]
    column_of = np.full(len(scenario.reps) + 1, NONE)
    column_of[problem.reps] = np.arange(len(problem.reps))
    current = column_of[scenario.customers.current_rep]
    if (current != NONE).any():
        divisions.append(np.where(current != NONE, current, divisions[0]))
    return divisions


def bisect(lat: Floats, lon: Floats, weight: Floats, pieces: int, *, turned: bool = False) -> Ints:
    """Cut the map into pieces of about equal weight, each time across its longer axis (the first the other way)."""
    stretched = lon * np.cos(np.radians(lat.mean())) if len(lat) else lon
    return bisect_plane(stretched, lat, weight, pieces, turned=turned)


def bisect_plane(x: Floats, y: Floats, weight: Floats, pieces: int, *, turned: bool = False) -> Ints:
    """Cut points on a plane into pieces of about equal weight; see `bisect`."""
    piece = np.zeros(len(x), dtype=np.int64)
    todo: list[tuple[NDArray[np.int64], int, int]] = [(np.arange(len(x)), 0, pieces)]
    while todo:
        members, first, count = todo.pop()
        piece[members] = first
        if count == 1 or not len(members):
            continue
        left = count // 2
        along = _across_main_axis if turned and count == pieces else _along_main_axis
        order = members[np.argsort(along(x[members], y[members]), kind="stable")]
        running = np.cumsum(weight[order])
        cut = int(np.searchsorted(running, running[-1] * left / count))
        todo += [(order[:cut], first, left), (order[cut:], first + left, count - left)]
    return piece


def _along_main_axis(x: Floats, y: Floats) -> Floats:
    dx, dy = x - x.mean(), y - y.mean()
    angle = 0.5 * np.arctan2(2 * (dx * dy).sum(), (dx * dx).sum() - (dy * dy).sum())
    return np.asarray(np.round(dx * np.cos(angle) + dy * np.sin(angle), 12), dtype=np.float64)


def _across_main_axis(x: Floats, y: Floats) -> Floats:
    dx, dy = x - x.mean(), y - y.mean()
    angle = 0.5 * np.arctan2(2 * (dx * dy).sum(), (dx * dx).sum() - (dy * dy).sum())
    return np.asarray(np.round(dy * np.cos(angle) - dx * np.sin(angle), 12), dtype=np.float64)


def _match(pricing: Pricing, pieces: Ints) -> Ints:
    """Give every piece to the rep for whom it is cheapest, one each."""
    problem: Problem = pricing.problem
    share = 1.0 / np.bincount(problem.unit_of, minlength=problem.units)
    price = pricing.fixed + FORBIDDEN_KM * ~problem.allowed
    table = np.zeros((len(problem.reps), len(problem.reps)))
    np.add.at(table, pieces, (price * share[:, None])[problem.unit_of])
    rows, columns = linear_sum_assignment(table)
    to_column = np.zeros(len(problem.reps), dtype=np.int64)
    to_column[rows] = columns
    return to_column[pieces]
