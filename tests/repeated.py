"""How often a test repeats what only many logs show; by night `LOGS=600 pytest tests/evidence`."""

from __future__ import annotations

import os

LOGS = int(os.environ.get("LOGS", "60"))
"""Logs that are simulated and fitted: bounds of tests are as many standard errors wide for any."""
