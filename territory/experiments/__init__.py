"""Many years, fairly compared."""
