"""Overview: the answer, the curve and the chain."""
