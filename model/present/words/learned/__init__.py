"""What was learned from a log in words: beliefs that change, figures that were foreseen."""
