"""Beliefs: intervals with a shape, their distributions, and how they go together."""
