"""Comparisons with other open packages on the same data in one run: ``python benchmarks/peers.py territory|visits``.

Each subject is a module of its own with ``add_arguments`` and ``run``; the other packages are installed by hand.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

SUBJECTS = {"territory": "peers_territory", "visits": "peers_visits"}


def main() -> None:
    """Run one comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subject", choices=sorted(SUBJECTS))
    subject, rest = parser.parse_known_args()
    module = importlib.import_module(SUBJECTS[subject.subject])
    options = argparse.ArgumentParser(prog=f"{parser.prog} {subject.subject}", description=module.__doc__)
    module.add_arguments(options)
    module.run(options.parse_args(rest))


if __name__ == "__main__":
    main()
