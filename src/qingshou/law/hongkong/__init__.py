"""Hong Kong: loan classification of the monetary authority."""
