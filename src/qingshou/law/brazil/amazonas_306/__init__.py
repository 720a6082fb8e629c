"""Amazonas: until 19:00 on working days."""
