"""South Korea: contact hours and frequency."""
