"""How much of mature years an observed time is worth, for one cause (MODEL §2, §6).

X = ∫ timing weight × (1 + (E − 1)·e^(−t/θ)) dt in years, t the time since the migration.

>>> year = Exposure.flat(1.0, months=0.0)
>>> year.effective_years(np.array([1.0, 3.0]), np.array([6.0, 6.0])).round(4).tolist()
[1.0, 1.8647]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from model.arrays import Array

HOURS_A_YEAR = 8760.0
HOURS_A_MONTH = 730.0
_EXACT = 300
_GRID = 512


@dataclass(frozen=True, eq=False)
class Exposure:
    """An observed time in cells short against any fade of early life, `(cells,)` each."""

    years: Array
    """Integral of the timing weight over the cell, years."""
    months: Array
    """Time from the migration to the middle of the cell; before it negative, where E is 1."""

    @classmethod
    def of_hours(cls, weight: Array, months: float = math.inf) -> Exposure:
        """Return an exposure by the timing weight of each hour, `(hours,)`, in cells of a day.

        `months` since the migration at its start; infinite on a mature platform.
        """
        first = np.arange(0, len(weight), 24)
        size = np.diff(np.append(first, len(weight)))
        middle = months + (first + size / 2) / HOURS_A_MONTH
        return cls(np.add.reduceat(weight, first) / HOURS_A_YEAR, middle)

    @classmethod
    def flat(cls, years: float, months: float = math.inf) -> Exposure:
        """Return an exposure without seasons, `months` after the migration at its start."""
        cells = min(max(round(years * 365), 20), 4000)
        middle = months + (np.arange(cells) + 0.5) * years * 12 / cells
        return cls(np.full(cells, years / cells), middle)

    def after_migration(self) -> Exposure:
        """Return the part after the migration: what came before was another regime."""
        after = self.months >= 0
        return Exposure(self.years[after], self.months[after])

    @property
    def mature_years(self) -> float:
        """What it is worth without early life."""
        return float(self.years.sum())

    def effective_years(self, multiplier: Array, fade_months: Array) -> Array:
        """Return X for early-life multipliers and fades, `(draws,)` each; same shape."""
        return np.asarray(self.mature_years + (multiplier - 1.0) * self._faded(fade_months))

    def _faded(self, months: Array) -> Array:
        early = np.isfinite(self.months) & (self.months >= 0)
        if not early.any():
            return np.zeros(np.shape(months))
        if len(months) <= _EXACT:
            return np.asarray(np.exp(-self.months[early] / months[:, None]) @ self.years[early])
        low, high = math.log(months.min()), math.log(months.max())
        if high - low < 1e-12:
            return np.full(months.shape, self._faded(months[:1])[0])
        grid = np.linspace(low, high, _GRID)
        parts = np.array_split(np.exp(grid), _GRID // _EXACT + 1)
        table = np.concatenate([self._faded(part) for part in parts])
        return np.asarray(np.interp(np.log(months), grid, table), dtype=float)
