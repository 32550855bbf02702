"""Replay: one incident, hour by hour."""
