"""Tables and files: columns declared once, and how they are packed."""
