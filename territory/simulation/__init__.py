"""A scenario and a plan to one simulated year."""
