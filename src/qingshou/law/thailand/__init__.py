"""Thailand: contact hours and frequency."""
