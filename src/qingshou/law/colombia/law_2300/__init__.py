"""Ley 2300: 07:00 to 19:00, Saturdays 08:00 to 15:00, one channel a week."""
