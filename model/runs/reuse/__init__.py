"""What a run reuses of the last one: everything remembered between runs, in one cache."""
