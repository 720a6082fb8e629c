"""Writes of contact."""
