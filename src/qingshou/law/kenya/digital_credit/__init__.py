"""Digital credit in Kenya: no hours found; harassment barred."""
