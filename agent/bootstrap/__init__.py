"""Wires the house: the one place that sees every port and every adapter.

`plans.py` wires what planning needs, `equipment.py` opens what reaches out of the process, `desk.py`, `services.py` and
`telling.py` wire what is made of both, `house.py` is the whole of it, `serve.py` keeps it going.
"""
