"""A wind tunnel for sales plans."""
