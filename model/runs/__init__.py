"""Runs: many years in blocks, their summary, and everything that is remembered between runs."""
