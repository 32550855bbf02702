"""One's own platform: a dozen facts become a whole scenario, what is open is scaled."""
