"""Brazil's consumer code: no clock hours, work, rest and leisure undisturbed."""
