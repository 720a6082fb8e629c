"""Pages of the debtor, and of the desk that answers them."""
