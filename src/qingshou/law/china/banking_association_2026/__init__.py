"""The China Banking Association's guidance of 2026: six dials a day, third persons after failure."""
