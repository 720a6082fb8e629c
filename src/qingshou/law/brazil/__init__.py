"""Brazil: contact hours of its states, and the consumer code."""
