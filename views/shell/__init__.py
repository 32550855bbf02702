"""What is around every page: bar, sidebar, style, and how charts and messages are shown."""
