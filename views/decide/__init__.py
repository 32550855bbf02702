"""Compare and decide: which remedy is worth its price."""
