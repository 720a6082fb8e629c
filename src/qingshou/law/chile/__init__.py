"""Chile: contact hours and frequency."""
