"""The product's version, and the version of its numbers.

`RESULTS_VERSION` goes up whenever the same scenario, years and seed give other numbers than
before; it is part of every cache key and every exported file.
"""

VERSION = "0.3.0"
RESULTS_VERSION = 2
