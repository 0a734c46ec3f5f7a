"""Telling people: one file per channel, one port."""
