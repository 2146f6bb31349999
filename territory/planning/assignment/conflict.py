"""Why no division exists: a smallest set of rules that cannot hold together, proven twice, and what would help."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import NONE, Ints
from territory.domain.scenario import Scenario
from territory.errors import PlanError, Reason
from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.border import as_lists, border_of, edges
from territory.planning.assignment.cuts import Bools, Hanging, solve_connected
from territory.planning.assignment.hours import MEASURE, Relaxing, least_hours
from territory.planning.assignment.problem import Problem, loosened
from territory.planning.assignment.rules import Apart, Contiguous, MovedCap, MovedSalesCap, Placement, Rule, Together
from territory.planning.assignment.switched import Balance, Named, add_switched
from territory.planning.assignment.widen import smallest_tolerances
from territory.planning.solver import repeatable_solver, seed_of

MOST_REMEDIES = 8
SHORT_SEARCH = 30_000


def balance_rules(problem: Problem) -> list[Balance]:
    """Return the balance of each measure as a rule with a name."""
    return [
        Balance(Reason("assignment.rule.balance", {"measure": m.name, "tolerance": m.tolerance}, "R-A2"), m)
        for m in problem.measures
    ]


class Explainer:
    """All rules of a problem over some customers, each behind a switch."""

    def __init__(
        self, scenario: Scenario, problem: Problem, customers: Ints, rules: list[Named], *, seed: int, work: float
    ) -> None:
        self.scenario, self.problem, self.customers = scenario, problem, customers
        self.rules, self.seed, self.work = rules, seed, work
        self.possible = self._possible()
        self.hanging = self._hanging()

    def conflict(self) -> list[Named] | None:
        """Return a smallest set of rules without a solution, or None if there is one or none was proven."""
        model, switches, chosen = self._model(self.rules)
        core = self._core(model, switches, chosen, list(range(len(self.rules))), 0)
        if core is None:
            return None
        for rule in self._light_first(core):
            if rule in core:
                rest = [other for other in core if other != rule]
                if self._soon_solved([self.rules[other] for other in rest]):
                    continue
                smaller = self._core(model, switches, chosen, rest, rule + 1)
                core = core if smaller is None else smaller
        named = [self.rules[rule] for rule in sorted(core)]
        return named if self.infeasible(named) else None

    def infeasible(self, rules: list[Named]) -> bool:
        """Return whether the rules, all of them on, provably have no solution: a second solve without switches."""
        return self._solved(rules, 1) == cp_model.INFEASIBLE

    def feasible_without(self, left_out: Named) -> bool:
        """Return whether a solution was found once a rule is dropped."""
        rest = [rule for rule in self.rules if rule is not left_out]
        if self._soon_solved(rest):
            return True
        return self._solved(rest, 2) in (cp_model.OPTIMAL, cp_model.FEASIBLE)

    def _solved(self, rules: list[Named], number: int) -> cp_model.CpSolverStatus:
        """Return what a solve says of the rules, all of them on."""
        model, switches, chosen = self._model(rules)
        for switch in switches:
            model.add(switch == 1)
        rule = self.hanging if any(isinstance(named, Contiguous) for named in rules) else None
        return solve_connected(self._solver(number), model, chosen, rule)

    def _soon_solved(self, rules: list[Named]) -> bool:
        """Return whether a short search finds a division under some of the rules, which spares a long proof."""
        if len(self.customers) < len(self.problem.unit_of):
            return False
        business: list[Rule] = [rule for rule in rules if not isinstance(rule, Balance)]
        measures = tuple(rule.measure for rule in rules if isinstance(rule, Balance))
        problem = loosened(self.scenario, self.problem, business, measures)
        if not problem.allowed.any(axis=1).all():
            return False
        cost = np.zeros(problem.allowed.shape)
        start = problem.allowed.argmax(axis=1)
        return anneal(problem, cost, start, steps=SHORT_SEARCH, seed=seed_of(self.seed, 13)).holds

    def fewest_releases(self) -> list[Reason]:
        """Return the least number of rules of the business that must go together, and which."""
        model, switches, chosen = self._model(self.rules)
        kept = [s for rule, s in zip(self.rules, switches, strict=True) if not isinstance(rule, Balance)]
        for rule, switch in zip(self.rules, switches, strict=True):
            if isinstance(rule, Balance):
                model.add(switch == 1)
        model.maximize(sum(kept))
        solver = self._solver(3)
        if solve_connected(solver, model, chosen, *self._hung(switches, range(len(self.rules)))) not in (
            cp_model.OPTIMAL,
            cp_model.FEASIBLE,
        ):
            return []
        gone = [r.reason for r, s in zip(self.rules, switches, strict=True) if not solver.boolean_value(s)]
        names = "; ".join(str(next(iter(reason.values.values()), "")) for reason in gone)
        return [Reason("assignment.remedy.release_together", {"rules": len(gone), "names": names}, "R-A7")]

    def _solver(self, number: int) -> cp_model.CpSolver:
        return repeatable_solver(self.seed + number, self.work)

    def _core(
        self,
        model: cp_model.CpModel,
        switches: list[cp_model.IntVar],
        chosen: Bools,
        on: list[int],
        number: int,
    ) -> list[int] | None:
        """Return the rules that CP-SAT used to refute those that are on, or None if it did not refute them."""
        model.clear_assumptions()
        model.add_assumptions([switches[rule] for rule in on])
        solver = self._solver(number)
        if solve_connected(solver, model, chosen, *self._hung(switches, on)) != cp_model.INFEASIBLE:
            return None
        rule_of = {switches[rule].index: rule for rule in on}
        return [rule_of[index] for index in solver.sufficient_assumptions_for_infeasibility() if index in rule_of]

    def _light_first(self, core: list[int]) -> list[int]:
        """Order rules so that the least weighty are tried to go first: what stays is short and tells most."""
        weights = [m.by_customer for m in self.problem.measures]

        def key(rule: int) -> tuple[int, float, int]:
            named = self.rules[rule]
            if isinstance(named, Balance | MovedCap | MovedSalesCap | Contiguous):
                return 1, 0.0, rule
            members = [named.first, named.second] if isinstance(named, Apart) else named.members
            return 0, max((float(w[members].sum()) for w in weights), default=0.0), rule

        return sorted(core, key=key)

    def _possible(self) -> np.ndarray:
        """Return who could own each customer if no rule of placement held: facts that are nobody's choice."""
        reps, who = self.scenario.reps, self.scenario.customers
        working = np.isin(np.arange(len(reps)), self.problem.reps)
        possible = np.tile(working & (reps.share > 0), (len(self.customers), 1))
        for rule in self.problem.rules:
            if isinstance(rule, Placement) and rule.reps.sum() == 1:
                possible[np.isin(self.customers, rule.members)] |= rule.reps & (working | (rule.members.size == 1))
        held = {customer: rep for customer, _, rep in self.problem.oversized}
        for row, customer in enumerate(self.customers.tolist()):
            if customer in held:
                possible[row] &= np.arange(len(reps)) == held[customer]
        assert len(who) == len(self.problem.unit_of)
        return possible

    def _hanging(self) -> Hanging | None:
        """Return the rule of connected territories over customers and reps; groups hang together by themselves."""
        if not self.problem.contiguous or len(self.customers) < len(self.problem.unit_of):
            return None
        count, problem = len(self.customers), self.problem
        groups = [rule.members for rule in problem.rules if isinstance(rule, Together)]
        links = [np.column_stack([members[:-1], members[1:]]) for members in groups]
        pairs = np.vstack([edges(border_of(self.scenario, np.arange(count), count)), *links])
        forced = np.where(problem.forced, problem.reps[problem.allowed.argmax(axis=1)], NONE)
        return Hanging(as_lists(pairs, count), forced[problem.unit_of])

    def _hung(
        self, switches: list[cp_model.IntVar], on: Sequence[int]
    ) -> tuple[Hanging | None, cp_model.IntVar | None]:
        """Return the rule of connected territories and its switch, if it is on."""
        places = [number for number in on if isinstance(self.rules[number], Contiguous)]
        return (self.hanging, switches[places[0]]) if places else (None, None)

    def _model(self, rules: list[Named]) -> tuple[cp_model.CpModel, list[cp_model.IntVar], Bools]:
        model = cp_model.CpModel()
        chosen: Bools = {}
        for row, customer in enumerate(self.customers.tolist()):
            for rep in np.flatnonzero(self.possible[row]).tolist():
                chosen[customer, rep] = model.new_bool_var("")
            model.add_exactly_one(chosen[customer, r] for r in np.flatnonzero(self.possible[row]).tolist())
        switches = [model.new_bool_var("") for _ in rules]
        for rule, switch in zip(rules, switches, strict=True):
            add_switched(model, chosen, rule, switch, self.scenario, self.problem)
        return model, switches, chosen


def explain(
    scenario: Scenario, problem: Problem, suspects: list[Named] | None, *, seed: int, work: float
) -> list[Named] | None:
    """Return a smallest conflicting set of all rules, or None if none was proven.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    suspects : list of rules or None
        A set known to conflict already, which is then only made smaller.
    seed : int
    work : float
        Deterministic time of each solve.
    """
    rules: list[Named] = suspects or [*problem.rules, *balance_rules(problem)]
    everybody = np.arange(len(scenario.customers))
    return Explainer(scenario, problem, everybody, rules, seed=seed, work=work).conflict()


def explain_unit(scenario: Scenario, problem: Problem, unit: int, *, seed: int, work: float) -> list[Named] | None:
    """Return a smallest conflicting set for the customers of one unit that no rep may own."""
    members = np.flatnonzero(problem.unit_of == unit)
    rules: list[Named] = []
    for rule in problem.rules:
        if isinstance(rule, Placement):
            mine = np.intersect1d(rule.members, members)
            rules += [Placement(rule.reason, mine, rule.reps)] if len(mine) else []
        elif isinstance(rule, Together) and np.isin(rule.members, members).all():
            rules.append(rule)
    return Explainer(scenario, problem, members, rules, seed=seed, work=work).conflict()


def conflict_error(
    scenario: Scenario, problem: Problem, conflict: list[Named], relaxing: Relaxing, *, seed: int, work: float
) -> PlanError:
    """Return the error that names the conflict and what would resolve it.

    A remedy is only named after a solve has shown that it works: the smallest tolerance of a measure, the least hours
    of help, or one rule let go, everything else kept.
    """
    rules: list[Named] = [*problem.rules, *balance_rules(problem)]
    everybody = np.arange(len(scenario.customers))
    explainer = Explainer(scenario, problem, everybody, rules, seed=seed, work=work)
    remedies = []
    for name in [rule.measure.name for rule in conflict if isinstance(rule, Balance)]:
        wide, _ = smallest_tolerances(problem, (name,), seed=seed, work=work)
        if wide is not None:
            values: dict[str, str | int | float] = {
                "measure": name,
                "tolerance": float(np.ceil(wide[name] * 1000 - 1e-6) / 1000),
            }
            remedies.append(Reason("assignment.remedy.tolerance", values, "R-A2"))
        if name == MEASURE:
            remedies += least_hours(scenario, problem, relaxing, seed=seed, work=work)
    told = any(remedy.code == "assignment.remedy.tolerance" for remedy in remedies)
    if not told and len(problem.measures) > 1 and any(isinstance(rule, Balance) for rule in conflict):
        remedies += _all_wider(problem, seed=seed, work=work)
    business = [rule for rule in conflict if not isinstance(rule, Balance)]
    for rule in business[:MOST_REMEDIES]:
        if explainer.feasible_without(next(r for r in rules if r.reason == rule.reason)):
            values_rule: dict[str, str | int | float] = {"rule": rule.reason.code, **rule.reason.values}
            remedies.append(Reason("assignment.remedy.release", values_rule, rule.reason.rule))
    if not any(remedy.code == "assignment.remedy.release" for remedy in remedies):
        remedies += explainer.fewest_releases()
    return PlanError([rule.reason for rule in conflict], remedies)


def _all_wider(problem: Problem, *, seed: int, work: float) -> list[Reason]:
    """Return the tolerance that would do for all measures at once, where no single one helps."""
    wide, _ = smallest_tolerances(problem, tuple(m.name for m in problem.measures), seed=seed, work=work)
    if wide is None:
        return []
    tolerance = float(np.ceil(max(wide.values()) * 1000 - 1e-6) / 1000)
    return [Reason("assignment.remedy.tolerance_all", {"tolerance": tolerance}, "R-A2")]
