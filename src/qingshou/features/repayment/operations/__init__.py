"""Writes of repayment: lock the parent row, judge, change, record, in one transaction."""
