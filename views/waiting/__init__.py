"""Waiting: whose turn it is while many people are here."""
