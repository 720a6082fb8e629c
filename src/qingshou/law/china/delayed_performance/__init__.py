"""法释〔2014〕8号: in enforcement, what the judgment gives comes before the doubled interest."""
