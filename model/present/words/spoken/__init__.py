"""What all words have in common: the scenario they speak of, its money, and what people type."""
