"""Incidents: when they come, how long they last, what they break, and which are one."""
