"""CONDUSEF 2014: 07:00 to 22:00, no third persons, no minors."""
