"""Fields in which people set assumptions, correlations and remedies."""
