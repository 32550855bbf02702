"""Every limit on what reaches the product from outside, once; all wings import them from here.

What is beyond a limit is refused or left out with a line that says so. Bounds of single assumptions
(a rate of at most 1,000 a year, a share of at most 1) stand in their declarations, and how much
work is done at a time beside the work.
"""

from __future__ import annotations

MEGABYTE = 1_000_000

# Sizes of a run.
MOST_YEARS = 1_000_000_000
MOST_KEPT_YEARS = 10_000_000
"""Up to here a run keeps its years, above it summaries; the app stops here."""
LIVE_YEARS = 200_000
"""Up to here the app simulates without being asked."""
MOST_INCIDENTS_UNASKED = 1_500_000
"""Expected in a run that the app makes without being asked; a busier scenario gets fewer years."""
MOST_INCIDENTS_ASKED = 60_000_000
"""Expected in a run that is asked for in the app."""
MOST_INCIDENTS_A_MINUTE = 4_000_000
"""Of one visitor: who asked for more in the last minute comes after all who did not."""
MOST_ANNUAL_YEARS = 1_000_000
"""Up to here `annual.csv` is written without being asked for."""
MOST_WORKERS = 64
MOST_REPLAY_WORLDS = 100_000
MOST_PHASES = 24
"""Phases of a replayed incident."""
MOST_SEED = 2**63 - 1
MOST_SEED_TYPED = 2**53 - 1
"""Browsers know no larger whole number; a link may still bring one."""

# A scenario, wherever it comes from.
MOST_CAUSES = 50
MOST_REMEDIES = 40
MOST_CHANGES = 200
"""Changes of assumptions by all remedies together."""
LONGEST_NAME = 200
"""Characters of a scenario's name."""
LONGEST_LABEL = 80
"""Characters of what a platform, a cause or a remedy is called."""
LONGEST_NOTE = 500
LONGEST_SOURCE = 500
LONGEST_OWNER = 200

# Files.
MOST_SCENARIO_BYTES = 5 * MEGABYTE
MOST_ROWS = 5_000
MOST_UNPACKED_BYTES = 20 * MEGABYTE
"""Of a scenario in a workbook; what other files may hold stands in `model/formats/limits.py`."""
MOST_WORKBOOK_CELLS = 100_000
MOST_UPLOAD_BYTES = 20 * MEGABYTE
"""Of any file; `.streamlit/config.toml` has the same number, in MB."""
MOST_UPLOADED_BYTES_EACH = 100 * MEGABYTE
"""Of all files that one visitor has uploaded; the oldest go."""
MOST_UPLOADED_BYTES = 400 * MEGABYTE
"""Of all visitors together; the oldest of whoever has most go."""
LONGEST_REPORT = 20_000_000
"""Characters of an HTML report that are searched for the scenario in it."""
MOST_VARIANTS = 8
"""Scenarios pinned in a session, and scenarios in one file."""

# Links.
MOST_PARAMETERS = 1_000
"""Of a link: Streamlit ignores a query that has more, in silence."""
LONGEST_PLAIN_LINK = 1_800
"""Characters of a query; a longer one is packed. Mail programs break lines beyond 2,000."""
LONGEST_SENT = 1_900
"""Characters of a query that can be sent: with its host below the 2,000 of mail programs."""
LONGEST_LINK = 7_500
"""Characters of a query, packed or not; web servers refuse a first line above 8,192."""
LONGEST_UNPACKED = 200_000
"""Characters of a packed query once it is unpacked."""

# Memory.
MOST_KEPT_BYTES = 140 * MEGABYTE
"""Of everything that is kept for the next request, of all visitors together."""
MOST_REUSED_BYTES = 80 * MEGABYTE
"""Of them, for what a run takes over from the last ones: an everyday run needs nearly all of it."""
PLENTY_BYTES = 600 * MEGABYTE
"""That a server takes until freed memory goes back to the system while people move sliders; one
visitor alone does not make it take as much."""
MOST_HANDED_OUT_BYTES = 40 * MEGABYTE
"""Besides, of files made for a click that browsers have yet to fetch."""
MOST_BUTTONS = 4_000
"""Buttons for files, of all visitors, drawn last: a click on an older one is refused."""

# Messages.
MOST_HINTS = 100
"""Nearest names that are looked for: it is slow, and nobody reads on after a hundred."""
MOST_ALIKE = 100
"""Lines that say the same of different rows."""
LONGEST_QUOTE = 60
"""Characters of what was given that a message repeats."""
LONGEST_PAIR = 250
"""Characters of a correlation's name: more than any two names; reading it is quadratic."""
