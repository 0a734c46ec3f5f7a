"""Wires the house: the one place that sees every port and every adapter.

`plans.py` wires what planning needs, `house.py` everything, `serve.py` keeps it going.
"""
