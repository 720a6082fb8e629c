"""民法典 560 and 561: where a payment goes between debts and inside one, and the like orders before 2021."""
