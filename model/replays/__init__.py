"""Replays: one named incident, hour by hour, and its bill."""
