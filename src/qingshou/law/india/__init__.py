"""India: special mention accounts and non-performing assets."""
