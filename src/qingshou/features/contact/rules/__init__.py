"""Judging a contact: pure, values in and values out."""
