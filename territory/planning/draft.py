"""A plan while it is made: the steps that are done, and the best whole plan they can be completed to at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from territory.domain.customers import Floats, Ints
from territory.domain.plan import Routes, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.travel_fit import Misfit, excess, fit_reason, misfit, routed_minutes, with_routed_workload
from territory.planning.visits import Planning

Calendar = tuple[Visits, Routes, Unserved]
Routed = tuple[Territories, Visits, Routes, Unserved]


class Tried(NamedTuple):
    """A routed plan, workload beyond the tolerance, how far estimates before and after fitting are off, minutes."""

    plan: Routed
    beyond: float
    off: Misfit
    fit: Misfit
    routed: Floats


class Draft:
    """What there is of territories and calendars.

    One thread fills it; another may ask for the best whole plan at any time, while the first is busy or after it was
    interrupted.

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    first : callable
        Draws territories at once, where none are there yet.
    route : callable
        From the rep of each customer to the work on their calendars, which is not begun.
    territories : Territories, optional
        Those to be routed, where they are there already.
    """

    def __init__(
        self,
        scenario: Scenario,
        calls: CallPlan,
        first: Callable[[], Territories],
        route: Callable[[Ints], Planning],
        territories: Territories | None = None,
    ) -> None:
        self.scenario, self.calls = scenario, calls
        self.tried: tuple[Tried, ...] = ()
        self.settled: tuple[Routed, Reason, tuple[Reason, ...]] | None = None
        self._first, self._route = first, route
        self.territories = territories
        self._planning: Planning | None = None

    def better(self, division: Callable[[], Territories]) -> None:
        """Note a division that is better than those before."""
        self._first = division

    def drawn(self, territories: Territories) -> None:
        """Note the first territories to be routed."""
        self.territories = territories

    def routing(self, planning: Planning) -> None:
        """Note the work on the calendars of the territories drawn."""
        self._planning = self._planning or planning

    def routed(self, drawn: Territories, calendar: Calendar) -> Tried:
        """Judge a routed plan and note it."""
        now = self._judged(drawn, calendar)
        self.tried = (*self.tried, now)
        return now

    def confirmed(self, fit: Misfit) -> None:
        """Note that the plan noted last stays as it is on the fitted estimate."""
        self.tried = (*self.tried[:-1], self.tried[-1]._replace(fit=fit))

    def best(self) -> tuple[Routed, Reason, tuple[Reason, ...]]:
        """Return the best plan, with the note about its estimate of travel and those about shared areas.

        It is the best balanced one, of several the one whose estimate the routes bear out best; where none is there,
        territories and calendars are completed at once.
        """
        if self.settled:
            return self.settled
        tried = self.tried or (self._completed(),)
        best = min(tried, key=lambda one: (one.beyond, one.fit.worst))
        return best.plan, fit_reason(tried[0].off, best.fit, len(tried)), ()

    def _completed(self) -> Tried:
        drawn, planning = self.territories, self._planning
        if drawn is None:
            drawn, planning = self._first(), None
        if planning is None:
            planning = self._route(drawn.rep)
        return self._judged(drawn, planning.at_once())

    def _judged(self, drawn: Territories, calendar: Calendar) -> Tried:
        routed = routed_minutes(self.scenario, self.calls, drawn, *calendar[:2])
        stated = with_routed_workload(self.scenario, self.calls, drawn, routed)
        off = misfit(drawn.travel_minutes, routed)
        return Tried((stated, *calendar), excess(self.scenario, drawn, stated), off, off, routed)
