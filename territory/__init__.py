"""A wind tunnel for sales plans: territories, visit calendars and a simulated year.

The story in six calls::

    scenario = load_scenario("scenarios/outlets_100")
    plan = make_plan(scenario)
    outcome = run_years(plan, years=200)
    verdict = judge(outcome)
    write_report("result", plan, outcome=outcome, verdict=verdict)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from territory.assessment.validate import validate_tables
    from territory.assessment.verdict import judge
    from territory.domain.outcome import Outcome, Verdict, Year
    from territory.domain.plan import Plan
    from territory.domain.scenario import Scenario
    from territory.errors import PlanError, Problem, Reason, ScenarioError
    from territory.examples import scenario_names, scenario_path
    from territory.experiments.compare import compare_plans
    from territory.experiments.levers import find_levers
    from territory.experiments.runner import run_years
    from territory.inputs.load import load_scenario
    from territory.inputs.plan_folder import load_plan
    from territory.inputs.schema import data_dictionary
    from territory.planning.rescheduling import reschedule
    from territory.planning.workflow import make_plan
    from territory.reports.report import write_report
    from territory.simulation.year import simulate_year

__version__ = "0.1.0"

_HOMES = {
    "Outcome": "territory.domain.outcome",
    "Plan": "territory.domain.plan",
    "PlanError": "territory.errors",
    "Problem": "territory.errors",
    "Reason": "territory.errors",
    "Scenario": "territory.domain.scenario",
    "ScenarioError": "territory.errors",
    "Verdict": "territory.domain.outcome",
    "Year": "territory.domain.outcome",
    "compare_plans": "territory.experiments.compare",
    "data_dictionary": "territory.inputs.schema",
    "find_levers": "territory.experiments.levers",
    "judge": "territory.assessment.verdict",
    "load_plan": "territory.inputs.plan_folder",
    "load_scenario": "territory.inputs.load",
    "make_plan": "territory.planning.workflow",
    "reschedule": "territory.planning.rescheduling",
    "run_years": "territory.experiments.runner",
    "scenario_names": "territory.examples",
    "scenario_path": "territory.examples",
    "simulate_year": "territory.simulation.year",
    "validate_tables": "territory.assessment.validate",
    "write_report": "territory.reports.report",
}
"""Where each public name lives; resolved on first use, so that ``territory --help`` stays quick."""

__all__ = [
    "Outcome",
    "Plan",
    "PlanError",
    "Problem",
    "Reason",
    "Scenario",
    "ScenarioError",
    "Verdict",
    "Year",
    "__version__",
    "compare_plans",
    "data_dictionary",
    "find_levers",
    "judge",
    "load_plan",
    "load_scenario",
    "make_plan",
    "reschedule",
    "run_years",
    "scenario_names",
    "scenario_path",
    "simulate_year",
    "validate_tables",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'territory' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
