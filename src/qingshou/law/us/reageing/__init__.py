"""FFIEC: when an open-end account may be re-aged."""
