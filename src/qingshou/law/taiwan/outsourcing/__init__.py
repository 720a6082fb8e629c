"""Taiwan's rules on outsourced collection: hours unverified, no third persons."""
