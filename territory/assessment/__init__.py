"""Is the plan valid, and does it hold?"""
