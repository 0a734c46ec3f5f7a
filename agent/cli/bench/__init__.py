"""Measures the engine against what the machine and its Postgres can do at all, side by side in one run."""
