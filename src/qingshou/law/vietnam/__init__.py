"""Vietnam: contact hours and frequency."""
