"""Fixtures of the book's tests."""

from tests.integration.book.day_parts import run_day, take

__all__ = ["run_day", "take"]
