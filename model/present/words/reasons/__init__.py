"""The reasoning behind the defaults, as `data/SOURCES.md` has it."""
