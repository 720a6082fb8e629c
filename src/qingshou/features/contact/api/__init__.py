"""Contact over REST."""
