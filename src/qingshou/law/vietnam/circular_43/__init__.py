"""Circular 43 as amended: 07:00 to 21:00, five reminders a day."""
