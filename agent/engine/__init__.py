"""Runs plans: decide, act, record."""
