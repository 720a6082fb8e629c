"""Espírito Santo: 08:00 to 19:00 on working days."""
