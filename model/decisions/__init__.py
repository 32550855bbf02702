"""Decisions: what remedies save on the same incidents, and what is worth its price."""
