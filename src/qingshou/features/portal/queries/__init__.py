"""Reading for the debtor's page and for the desk that answers it."""
