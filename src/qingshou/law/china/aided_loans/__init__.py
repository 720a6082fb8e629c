"""金规〔2025〕9号: all fees of an aided online loan."""
