"""Article 37 of Ley 19.496: one call or visit a week, two other messages."""
