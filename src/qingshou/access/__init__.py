"""Users, teams, roles and what each may do, as named predicates; API clients and their tokens."""
