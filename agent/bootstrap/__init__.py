"""Wires the house: the one place that sees every port and every adapter."""

from agent.bootstrap.plans import Plans, environ_of, plans
from agent.bootstrap.serve import serve

__all__ = ["Plans", "environ_of", "plans", "serve"]
