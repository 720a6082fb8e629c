"""HKMA loan classification system."""
