"""Frozen types that everything else speaks; no files, no solver."""
