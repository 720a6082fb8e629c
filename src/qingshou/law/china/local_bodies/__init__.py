"""法释〔2020〕27号: local financial bodies outside the private-lending cap."""
