"""Drivers: what moves the answer, luck or ignorance, and what is worth finding out."""
