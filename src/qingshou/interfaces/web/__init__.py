"""Pages: the shell they share, their assets and the routes."""
