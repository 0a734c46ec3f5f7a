"""Use cases: what a caller can ask for, each in a transaction of its own."""
