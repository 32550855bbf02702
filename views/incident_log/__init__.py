"""Incident log: the own log becomes rates, durations, losses and a verdict, and is applied."""
