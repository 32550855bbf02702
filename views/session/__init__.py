"""What belongs to a visitor: the scenario in hand, its link, runs and long work."""
