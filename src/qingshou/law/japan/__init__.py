"""Japan: contact hours."""
