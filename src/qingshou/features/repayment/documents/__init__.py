"""Documents of repayment, made of values given: an agreement as Word and as PDF. No models, no clock."""
