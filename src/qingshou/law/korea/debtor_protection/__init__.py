"""The Personal Debtor Protection Act: seven contacts in seven days."""
