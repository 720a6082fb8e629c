"""Rio de Janeiro: 09:00 to 19:00 on working days."""
