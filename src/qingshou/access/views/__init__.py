"""Pages on users, teams, API clients and what each role may do."""
