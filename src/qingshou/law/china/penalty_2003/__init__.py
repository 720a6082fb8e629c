"""银发〔2003〕251号: penalty interest on overdue and misused loans."""
