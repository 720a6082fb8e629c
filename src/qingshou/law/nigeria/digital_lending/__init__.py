"""Digital lending in Nigeria: no hours found; contact lists barred."""
