"""Drivers: what moves the answer, and what to find out."""
