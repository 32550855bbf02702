"""How long incidents last, by a log that knows some durations only in part (MODEL §6)."""
