"""Taiwan: assessment of bank assets."""
