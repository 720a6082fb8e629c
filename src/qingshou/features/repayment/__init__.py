"""Repayment: what the debtor can bear, what is offered and agreed, what is paid, and what it was paid on."""
