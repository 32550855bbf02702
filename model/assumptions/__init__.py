"""Assumptions: what the model takes as given, with bounds, default, source and grade."""
