"""Changes of the debtor's page: each locks first, judges, changes and records, in one transaction."""
