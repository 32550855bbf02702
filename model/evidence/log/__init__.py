"""Incident logs as tools and people keep them: which rows count, and how long each lasted (§6)."""
