"""Words of contact, one file an area."""
