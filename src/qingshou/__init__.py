"""Qingshou (清收): the open system for overdue loans, from the first missed day to the last proceeds."""

__version__ = "0.1.0"
