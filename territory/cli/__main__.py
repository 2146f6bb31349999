"""``python -m territory.cli``."""

from territory.cli import main

main()
