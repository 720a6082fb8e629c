"""The append-only, hash-chained record of who did what under which rule."""
