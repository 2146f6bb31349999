"""Who may have which unit, by classes of units under the same rules: no table of units and reps is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.domain.customers import Ints
from territory.domain.scenario import Scenario
from territory.errors import PlanError
from territory.planning.assignment.rules import Mask, Placement, Rule, Together, works_this_year


@dataclass(frozen=True)
class Classes:
    """Units by what they may become part of.

    Attributes
    ----------
    of : array of int, shape (units,)
    usable : tuple of arrays of int
        For each class the columns of the reps who may have it; the first class is under no rule.
    allowed : array of bool, shape (classes, columns)
        The same as a table.
    """

    of: Ints
    usable: tuple[Ints, ...]
    allowed: Mask


def joined_units(customers: int, rules: list[Rule]) -> Ints:
    """Return the unit of each customer; customers that stay together are one, numbered by their first customers."""
    pairs = [np.column_stack([r.members[:-1], r.members[1:]]) for r in rules if isinstance(r, Together)]
    if not pairs:
        return np.arange(customers)
    links = np.vstack(pairs)
    graph = coo_array((np.ones(len(links), dtype=np.int8), links.T), shape=(customers, customers))
    part = connected_components(graph, directed=False)[1]
    first = np.unique(part, return_index=True)[1]
    return np.unique(first[part], return_inverse=True)[1].astype(np.int64)


def classes_of(scenario: Scenario, rules: list[Rule], unit_of: Ints) -> Classes:
    """Return the classes of the units.

    Raises
    ------
    PlanError
        Nobody may have some unit; the rules it is under are named.
    """
    works = works_this_year(scenario)
    has_share = (scenario.reps.share > 0)[works]
    masks: list[Mask] = [np.ones(int(works.sum()), dtype=bool)]
    known = {masks[0].tobytes(): 0}
    of = np.zeros(int(unit_of.max(initial=-1)) + 1, dtype=np.int64)
    placements = [r for r in rules if isinstance(r, Placement) and r.reason.code != "assignment.rule.not_hired"]
    for rule in placements:
        units = np.unique(unit_of[rule.members])
        for old in np.unique(of[units]).tolist():
            mask = masks[old] & rule.reps[works]
            new = known.setdefault(mask.tobytes(), len(masks))
            if new == len(masks):
                masks.append(mask)
            of[units[of[units] == old]] = new
    for number in np.unique(of).tolist():
        if not masks[number].any():
            unit = int(np.flatnonzero(of == number)[0])
            members = np.flatnonzero(unit_of == unit)
            raise PlanError([r.reason for r in placements if np.isin(r.members, members).any()], [])
    # A rep without a share gets only what nobody else may have.
    usable = [
        np.flatnonzero(m & has_share) if (m & has_share).any() and m.sum() > 1 else np.flatnonzero(m) for m in masks
    ]
    allowed = np.zeros((len(usable), len(has_share)), dtype=bool)
    for number, columns in enumerate(usable):
        allowed[number, columns] = True
    return Classes(of, tuple(np.asarray(columns, dtype=np.int64) for columns in usable), allowed)


def held_by(classes: Classes, unit: int, column: int) -> Classes:
    """Return the classes with one unit fixed to one rep, in a class of its own."""
    of = classes.of.copy()
    of[unit] = len(classes.usable)
    row = np.zeros((1, classes.allowed.shape[1]), dtype=bool)
    row[0, column] = True
    return Classes(of, (*classes.usable, np.array([column], dtype=np.int64)), np.vstack([classes.allowed, row]))
