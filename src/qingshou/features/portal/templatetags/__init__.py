"""Filters of the debtor's pages."""
