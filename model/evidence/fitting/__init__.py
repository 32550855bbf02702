"""A log and a scenario become a scenario with the beliefs that the log supports (MODEL §6)."""
