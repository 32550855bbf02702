"""Presentation: tables, files, words, charts and documents made from the model's results."""
