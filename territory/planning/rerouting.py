"""Calendars of territories that were touched up: reps whose customers stay as they were keep theirs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from territory.domain.customers import NONE, Ints
from territory.domain.plan import Routes, Unserved, Visits
from territory.planning.visits.planner import numbered

Calendar = tuple[Visits, Routes, Unserved]
Rows = TypeVar("Rows", Visits, Routes, Unserved)


class KeptCalendars:
    """Plan visits again and again, each time only those of reps with other customers than the time before.

    Parameters
    ----------
    schedule : callable
        From the rep of each customer, `NONE` for customers left out, to the calendar. What it writes for one rep
        depends on that rep's customers alone.
    """

    def __init__(self, schedule: Callable[[Ints], Calendar]) -> None:
        self._schedule = schedule
        self._last: tuple[Ints, Calendar] | None = None

    def __call__(self, rep: Ints) -> Calendar:
        """Return the calendar of a division, shape (customers,)."""
        if self._last is None:
            done = self._schedule(rep)
        else:
            before, calendar = self._last
            moved = rep != before
            changed = np.union1d(rep[moved], before[moved])
            fresh = self._schedule(np.where(np.isin(rep, changed), rep, NONE))
            visits, routes, unserved = calendar
            visits, routes = _joined(visits, fresh[0], changed), _joined(routes, fresh[1], changed)
            unserved = _joined(unserved, fresh[2], changed)
            visits, routes = numbered(
                _sorted(visits, visits.start, visits.rep, visits.day), _sorted(routes, routes.rep, routes.day)
            )
            done = visits, routes, _sorted(unserved, unserved.customer, unserved.rep, unserved.planned_day)
        self._last = rep.copy(), done
        return done


def _joined(old: Rows, new: Rows, changed: Ints) -> Rows:
    """Return the rows of reps who did not change, then the new ones."""
    keep = ~np.isin(old.rep, changed)
    names = [field.name for field in dataclasses.fields(old)]
    return type(old)(**{name: np.concatenate([getattr(old, name)[keep], getattr(new, name)]) for name in names})


def _sorted(rows: Rows, *keys: Ints) -> Rows:
    order = np.lexsort(keys)
    return type(rows)(**{field.name: getattr(rows, field.name)[order] for field in dataclasses.fields(rows)})
