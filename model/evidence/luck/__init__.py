"""Whether chance alone explains a cluster, a step or a trend of incidents (MODEL §6)."""
