"""Words: numbers, estimates and sentences as people read them."""
