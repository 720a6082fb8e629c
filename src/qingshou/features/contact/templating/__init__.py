"""Wording of messages: variables, rendering, lengths, what may not be said. No Django."""
