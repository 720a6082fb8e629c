"""Words of the debtor's page."""
