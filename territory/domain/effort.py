"""How much work an answer gets, counted in iterations so that results never depend on the machine's speed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Iteration budgets of one level of effort.

    Attributes
    ----------
    name : str
    solver_work : float
        Deterministic time of one exact solve, OR-Tools units (about seconds).
    pattern_iterations : int
        Destroy-and-repair rounds for one rep's visit calendar.
    route_solutions : int
        OR-Tools solutions tried for one route.
    years : int
        Simulated years of a run.
    lever_years : int
        Paired years for each lever.
    pool_iterations : int
        Destroy-and-repair rounds for each rep of a shared area, in each of three searches.
    travel_rounds : int
        Times territories may be drawn again when routes upset the balance of their workloads.
    """

    name: str
    solver_work: float
    pattern_iterations: int
    route_solutions: int
    years: int
    lever_years: int
    pool_iterations: int
    travel_rounds: int = 1


EFFORTS = {
    "quick": Effort("quick", 0.25, 500, 20, 100, 32, 1_500),
    "normal": Effort("normal", 0.5, 10_000, 40, 200, 60, 6_000, 2),
    "thorough": Effort("thorough", 30.0, 50_000, 200, 1_000, 400, 30_000, 4),
}
