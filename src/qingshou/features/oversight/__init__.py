"""Internal management: the day run, its checkpoints and what it proves."""
