"""Personal fields: declared, encrypted, found by blind index, masked by role, reads logged."""
