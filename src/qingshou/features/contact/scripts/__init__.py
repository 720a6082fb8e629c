"""What is said on a call: the script as a graph with words by language and tone, the identity check, the options."""
