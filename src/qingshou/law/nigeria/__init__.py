"""Nigeria: no contact hours found."""
