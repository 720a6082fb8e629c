"""12 CFR part 1006 and 15 USC 1692 ff.: when, how often and whom a debt collector may contact."""
