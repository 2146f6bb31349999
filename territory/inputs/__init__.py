"""Files to a scenario."""
