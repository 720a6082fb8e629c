"""The Philippines: contact hours."""
