"""POJK 22/2023 article 62: 08:00 to 20:00, not on Sundays and holidays."""
