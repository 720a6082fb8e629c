"""Hong Kong Code of Banking Practice: no clock hours, no harassment."""
