"""Scenarios: what differs from the default, its file, and whether it holds."""
