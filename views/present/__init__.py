"""Present: the executive view."""
