"""Customers to reps."""
