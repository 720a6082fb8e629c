"""The RBI's circular on recovery agents: 08:00 to 19:00, no persistent calls."""
