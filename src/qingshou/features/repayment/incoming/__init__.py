"""Files from outside: judged by their content in a limited child, pictures drawn anew. No Django, no clock."""
