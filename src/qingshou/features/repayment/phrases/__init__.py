"""Words of repayment's codes."""
