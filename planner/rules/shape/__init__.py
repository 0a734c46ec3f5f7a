"""Asks put into the shape that planning goes on with."""
