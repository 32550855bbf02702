"""How often incidents strike, by their number, the time observed and the prior (MODEL §6)."""
