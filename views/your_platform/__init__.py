"""Your platform: the dozen facts that make the product about somebody else's outages."""
