"""Limitation of simple contract debts: six years in England and Wales, five in Scotland."""
