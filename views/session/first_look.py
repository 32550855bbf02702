"""The first look at a change: figures of a few years, while those of all years are simulated.

Two short runs, of what was shown before and of what is shown next, draw the same random numbers, so
their difference is known better than either of them. Added to the figures of all years that were
shown before, it tells where the new ones will be: a control variate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from model.runs.result import Measure
from model.runs.standard_errors import Estimate
from views.session.runs import Run

YEARS = 2_500
WORTH_ABOVE = 20_000
"""Years of a run from which on a first look is worth its time."""

Figure = TypeVar("Figure", Measure, Estimate)


@dataclass(frozen=True, eq=False)
class FirstLook:
    """A short run with its figures moved by what all years and few years of another differ.

    Errors are those of the short run itself; that of the average year is really smaller.
    """

    short: Run
    before: tuple[Run, Run] | None = None
    """The run of all years that was shown before, and the short run of the same scenario."""

    @property
    def years(self) -> int:
        """Simulated years."""
        return self.short.years

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """The measures by name."""
        own = self.short.measures
        if self._anchor is None:
            return own
        full, short = (run.measures for run in self._anchor)
        return {name: _moved(one, full[name], short[name]) for name, one in own.items()}

    def chance_over(self, tolerance_usd: float) -> Estimate:
        """Chance of a year that loses more than the tolerance."""
        own = self.short.chance_over(tolerance_usd)
        if self._anchor is None:
            return own
        full, short = (run.chance_over(tolerance_usd) for run in self._anchor)
        moved = _moved(own, full, short)
        return moved._replace(value=min(moved.value, 1.0))

    @cached_property
    def _anchor(self) -> tuple[Run, Run] | None:
        """Return what was shown before, if the average year is known better through it."""
        if self.before is None:
            return None
        full, short = self.before
        change = self.short.result["loss_usd"] - short.result["loss_usd"]
        error = float(np.std(change)) / math.sqrt(self.years)
        known = math.hypot(error, full.measures["eal"].standard_error)
        return self.before if known < self.short.measures["eal"].standard_error else None


def _moved(own: Figure, full: Figure, short: Figure) -> Figure:
    """Move a figure and its interval; what cannot be negative stays so."""
    by = full.value - short.value
    if not math.isfinite(by) or (own.value >= 0.0 and own.value + by < 0.0):
        return own
    return own._replace(value=own.value + by, low=own.low + by, high=own.high + by)
