"""Indonesia: contact hours."""
