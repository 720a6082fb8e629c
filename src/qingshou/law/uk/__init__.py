"""United Kingdom: breathing space."""
