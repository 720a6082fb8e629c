"""Pages of repayment."""
