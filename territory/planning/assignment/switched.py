"""Every rule as constraints behind a switch, so that CP-SAT can say which rules refute each other."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ortools.sat.python import cp_model

from territory.domain.customers import NONE
from territory.domain.scenario import Scenario
from territory.errors import Reason
from territory.planning.assignment.cuts import Bools
from territory.planning.assignment.exact import SALES_PARTS, add_balance, sales_limit
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.assignment.rules import Apart, Contiguous, MovedCap, MovedSalesCap, Placement, Rule, Together

LOADS = 2**20
"""Sum of the scaled loads: coarse, because refutations with switches are hard, and still a proof."""


@dataclass(frozen=True)
class Balance:
    """One measure within its tolerance."""

    reason: Reason
    measure: Measure


Named = Rule | Balance


def add_switched(
    model: cp_model.CpModel,
    chosen: Bools,
    rule: Named,
    switch: cp_model.IntVar,
    scenario: Scenario,
    problem: Problem,
) -> None:
    """Add a rule that holds where its switch is on; `chosen` is keyed by customer and rep."""
    if isinstance(rule, Placement):
        _add_placement(model, chosen, rule, switch)
    elif isinstance(rule, Together):
        _add_together(model, chosen, rule, switch)
    elif isinstance(rule, Apart):
        _add_apart(model, chosen, rule, switch, len(scenario.reps))
    elif isinstance(rule, MovedCap):
        current = scenario.customers.current_rep
        leaving = [v for (customer, rep), v in chosen.items() if current[customer] not in (NONE, rep)]
        model.add(sum(leaving) <= rule.most).only_enforce_if(switch)
    elif isinstance(rule, MovedSalesCap):
        _add_moved_sales(model, chosen, rule, switch, scenario)
    elif isinstance(rule, Contiguous):
        return  # cuts are added while solving
    else:
        _add_balance(model, chosen, rule, switch, problem)


def _add_placement(model: cp_model.CpModel, chosen: Bools, rule: Placement, switch: cp_model.IntVar) -> None:
    members = set(rule.members.tolist())
    for (customer, rep), variable in chosen.items():
        if customer in members and not rule.reps[rep]:
            model.add_implication(switch, variable.negated())


def _add_together(model: cp_model.CpModel, chosen: Bools, rule: Together, switch: cp_model.IntVar) -> None:
    members = rule.members.tolist()
    reps = sorted({rep for customer, rep in chosen if customer in members})
    first, *others = members
    for other in others:
        for rep in reps:
            pair = [chosen[key] for key in ((first, rep), (other, rep)) if key in chosen]
            same = pair[0] == pair[1] if len(pair) == 2 else sum(pair) == 0
            model.add(same).only_enforce_if(switch)


def _add_apart(model: cp_model.CpModel, chosen: Bools, rule: Apart, switch: cp_model.IntVar, reps: int) -> None:
    for rep in range(reps):
        if (rule.first, rep) in chosen and (rule.second, rep) in chosen:
            one, two = chosen[rule.first, rep], chosen[rule.second, rep]
            model.add_bool_or([one.negated(), two.negated(), switch.negated()])


def _add_moved_sales(
    model: cp_model.CpModel, chosen: Bools, rule: MovedSalesCap, switch: cp_model.IntVar, scenario: Scenario
) -> None:
    who = scenario.customers
    owned = max(int(who.annual_sales_cents[who.current_rep != NONE].sum()), 1)
    leaving = [key for key in chosen if who.current_rep[key[0]] not in (NONE, key[1])]
    sales = [int(who.annual_sales_cents[customer]) * SALES_PARTS // owned for customer, _ in leaving]
    total = cp_model.LinearExpr.weighted_sum([chosen[key] for key in leaving], sales)
    model.add(total <= sales_limit(rule.most)).only_enforce_if(switch)


def _add_balance(
    model: cp_model.CpModel, chosen: Bools, rule: Balance, switch: cp_model.IntVar, problem: Problem
) -> None:
    measure = dataclasses.replace(rule.measure, weight=rule.measure.by_customer)
    column = {int(rep): number for number, rep in enumerate(problem.reps)}
    by_column = {(customer, column[rep]): v for (customer, rep), v in chosen.items() if rep in column}
    add_balance(model, by_column, measure, limit=LOADS, only_if=switch)
