"""Kenya: no contact hours found."""
