import subprocess
import sys

INTERRUPT_AFTER_A_SOLVE = """
import signal
from ortools.sat.python import cp_model
from territory.planning.solver import repeatable_solver

signal.signal(signal.SIGINT, signal.default_int_handler)
repeatable_solver(seed=1, work=1.0, gap=0.0).solve(cp_model.CpModel())
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("heard")
"""


def test_a_solve_leaves_ctrl_c_to_the_program():
    done = subprocess.run([sys.executable, "-c", INTERRUPT_AFTER_A_SOLVE], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "heard", done.stderr
