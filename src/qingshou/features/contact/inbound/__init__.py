"""Reading replies: words of refusal, language, and what the person seems to mean. No Django."""
