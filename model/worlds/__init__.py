"""Worlds: the calendar, the streams of random numbers, and draws of what is not known."""
