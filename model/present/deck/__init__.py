"""The story as a PowerPoint deck with native charts."""

FILE = "outages.pptx"
MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
