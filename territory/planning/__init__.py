"""A scenario to a plan, one decision a file."""
