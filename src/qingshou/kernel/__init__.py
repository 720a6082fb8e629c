"""Money, days, periods, verdicts and errors. Standard library only: everything else stands on this."""
