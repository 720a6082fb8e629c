"""Payment providers: one interface, and the adapter of the signed HTTP form (docs/reference/payments.md)."""
