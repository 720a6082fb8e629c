"""The Debt Collection Act of 2558: 08:00 to 20:00, weekends and holidays to 18:00, once a day."""
