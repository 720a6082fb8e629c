"""民法典: how time is counted (arts 200-204) and how words of number are read (art. 1259)."""
