"""Tells people and programs what the log says: composes notices from events, and sees that they arrive."""
