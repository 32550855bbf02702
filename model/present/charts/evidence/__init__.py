"""Charts of what a log says: their tables, and their specifications."""
