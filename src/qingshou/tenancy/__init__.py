"""Several lenders in one installation: a tenant on every row, held by PostgreSQL row-level security."""
