"""The chain: what an incident costs, one link after the other."""
