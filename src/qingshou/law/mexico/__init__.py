"""Mexico: contact hours."""
