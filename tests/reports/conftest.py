"""One plan with hostile names, its years and its verdict, shared by the tests that only read."""

from __future__ import annotations

import pytest

from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from tests.reports.builders import some_outcome, some_plan, some_verdict

SCRIPT = "</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("x")'
HOSTILE = {0: SCRIPT, 1: FORMULA, 2: "'=1+1", 3: "@SUM(A1)", 4: "{{ 7 * 7 }} @0@ <b>&amp;", 5: "\t=2"}


@pytest.fixture(scope="session")
def plan() -> Plan:
    return some_plan(names=HOSTILE)


@pytest.fixture(scope="session")
def outcome(plan: Plan) -> Outcome:
    return some_outcome(plan)


@pytest.fixture(scope="session")
def verdict() -> Verdict:
    return some_verdict()
