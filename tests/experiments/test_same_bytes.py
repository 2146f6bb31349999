"""The same years on every backend, for any number of workers and any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import sys
from hashlib import sha256
from territory.experiments.runner import run_years
from territory.reports.tables import csv_bytes
from tests.simulation.plans import simple_plan

if __name__ == "__main__":
    plan = simple_plan(8, 3, new_hires=True, staffing={"cut_mode": "drawn", "keep": 2, "annual_attrition": 0.5})
    outcome = run_years(plan, years=60, workers=int(sys.argv[2]), backend=sys.argv[1])
    tables = outcome.table(), outcome.months_table(), outcome.ledger_table()
    print(sha256(b"".join(csv_bytes(table) for table in tables)).hexdigest())
"""


def digest(backend: str, workers: int, hash_seed: str) -> str:
    arguments = [sys.executable, "-c", CODE, backend, str(workers)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(arguments, check=False, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.campaign
def test_every_backend_and_hash_seed_gives_the_same_bytes() -> None:
    pytest.importorskip("distributed")
    ways = [("loky", 1, "0"), ("loky", 2, "1"), ("dask", 2, "random")]
    assert len({digest(*way) for way in ways}) == 1
