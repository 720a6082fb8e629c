"""European Union: default, materiality, non-performing exposures."""
