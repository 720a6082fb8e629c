"""GB/T 45251-2025: not from 22:00 to 08:00; three effective conversations a day."""
