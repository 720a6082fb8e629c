"""Alagoas: 08:00 to 20:00, Saturdays to 14:00, text messages too."""
