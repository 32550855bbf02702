"""What a run keeps: its years, or summaries that merge."""
