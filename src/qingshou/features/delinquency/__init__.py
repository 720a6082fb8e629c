"""Ageing, classes, roll rates, cures, vintages: how late each loan is and what that means."""
