"""IFRS 9 section 5.5 and appendix B."""
