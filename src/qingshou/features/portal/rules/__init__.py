"""Rules of the debtor's page: pure, no Django and no clock."""
