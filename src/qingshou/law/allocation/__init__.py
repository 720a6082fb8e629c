"""Where a payment goes: between debts, inside one debt, line by line, exact to the cent. Pure and of no place."""
