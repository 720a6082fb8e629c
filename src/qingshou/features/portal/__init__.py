"""The debtor's own page: what is owed and why, and what can be done about it, on a phone."""
