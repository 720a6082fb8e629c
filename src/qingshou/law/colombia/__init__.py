"""Colombia: contact hours and frequency."""
