"""The pages of the worklist and the case."""
