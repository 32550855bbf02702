"""Assumptions: every belief, what differs from the default, causes and correlations."""
