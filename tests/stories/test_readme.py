"""Every command and snippet of the README is run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def test_the_readme_opens_with_the_two_commands():
    assert blocks("bash")[0].splitlines() == [
        "python -m pip install -e . && territory demo",
        'python -m pip install -e ".[dev]" && pytest',
    ]


@pytest.mark.parametrize("block", blocks("bash")[1:])
def test_the_shell_commands_run(block, tmp_path):
    commands = re.sub(r"^territory ", f"{sys.executable} -m territory.cli ", block, flags=re.MULTILINE)
    done = run(["bash", "-euo", "pipefail", "-c", commands], tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_snippet_runs(block, tmp_path):
    done = run([sys.executable, "-c", block], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "result" / "report.html").exists()
