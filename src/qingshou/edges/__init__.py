"""What the edges share: the clock, and the parts that pages are made of (tables, filters, charts, exports, words)."""
