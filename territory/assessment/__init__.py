"""Whether a plan is valid, and whether it holds."""
