"""Systems that hand over a loan book by an interface instead of a file."""
