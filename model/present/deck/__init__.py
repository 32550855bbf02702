"""The story as a PowerPoint deck with native charts."""
