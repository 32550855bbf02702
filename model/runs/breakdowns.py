"""What a run is broken down by: the tail by cause, and the error budget (MODEL §5)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index
from model.chain.availability import FUNCTIONS, MINUTES
from model.chain.per_year import COLUMNS, price
from model.incidents.draw import draw_block
from model.runs.blocks import plan
from model.runs.kept.summary import GOALS, MINUTES_PER_YEAR, allowed_minutes
from model.runs.kept.years import Kept
from model.runs.quantiles import Sample, rank_of
from model.runs.standard_errors import Estimate, skewed, worlds_behind
from model.runs.tally import BY_CAUSE, HighYears, Place, year_by_cause
from model.worlds.prepared import prepare

if TYPE_CHECKING:
    from model.runs.result import Result

EVERY_CAUSE = "all"
_IN_YEARS = ("p50", "p95", "p_kept_999", "p_kept_9999")
"""Median, 95th percentile and the shares of years that reach each of `GOALS`."""
_FEWEST_AT_VAR = 10
"""Years above VaR, at least, that tell what the causes lose there."""


class Unavailable(NamedTuple):
    """What one function is unavailable in an average year, through one cause or through all."""

    function: str
    cause: str
    minutes: Estimate
    p50: float
    """Of the year's minutes, as `p95`; of a single cause nan where a run keeps no years."""
    p95: float
    p_kept_999: float
    """Share of years that reach 99.9 % availability; for a single cause, that it would leave."""
    p_kept_9999: float

    @property
    def availability(self) -> float:
        """The share of the year's audience-weighted minutes in which the function works."""
        return 1.0 - self.minutes.value / MINUTES_PER_YEAR


def error_budget(result: Result) -> tuple[Unavailable, ...]:
    """Return the minutes unavailable of each function, of all causes and of each (MODEL §5)."""
    return tuple(row for name in FUNCTIONS for row in _of_function(result, name))


def _of_function(result: Result, function: str) -> Iterator[Unavailable]:
    yield of_minutes(function, EVERY_CAUSE, result.kept)
    blocks = result.tally.minutes
    row = FUNCTIONS.index(function)
    cause_of = np.concatenate([one.cause for one in blocks]) if blocks else None
    every = np.concatenate([one.minutes[row] for one in blocks]) if blocks else np.zeros(0)
    for k, cause in enumerate(result.scenario.causes):
        minutes = of_cause(result, _column(function), cause)
        if cause_of is None:
            yield Unavailable(function, cause, minutes, **dict.fromkeys(_IN_YEARS, math.nan))
            continue
        in_years = _in_years(every[cause_of == k], result.years)
        yield Unavailable(function, cause, minutes, **in_years)


def _in_years(struck: NDArray[np.floating], years: int) -> dict[str, float]:
    """Return what `_IN_YEARS` names, of minutes that are zero in all but some years."""
    in_order, rest = np.sort(struck), years - len(struck)
    at = [rank_of(p, years) - rest for p in (0.5, 0.95)]
    over = (int(np.count_nonzero(struck > allowed_minutes(goal))) for goal in GOALS)
    values = (float(in_order[k]) if k >= 0 else 0.0 for k in at)
    return dict(zip(_IN_YEARS, (*values, *(1.0 - n / years for n in over)), strict=True))


def _column(function: str) -> str:
    return MINUTES[FUNCTIONS.index(function)]


def of_minutes(function: str, cause: str, kept: Kept) -> Unavailable:
    """Return the row of a function from its minutes in every year."""
    column = _column(function)
    values = kept.values_at(column, (0.5, 0.95))
    reached = (kept.share_up_to(column, allowed_minutes(goal)).value for goal in GOALS)
    in_years = dict(zip(_IN_YEARS, (*values, *reached), strict=True))
    return Unavailable(function, cause, kept.mean(column), **in_years)


def of_cause(result: Result, quantity: str, cause: str) -> Estimate:
    """Return the expected annual value of one of `BY_CAUSE` through one cause."""
    causes = len(result.scenario.causes)
    k = result.scenario.causes.index(cause)
    at, years = (BY_CAUSE.index(name) * causes + k for name in (quantity, "years"))
    return result.tally.causes.mean(at, years, years=result.years)


def tail_by_cause(result: Result, p: float) -> dict[str, Estimate]:
    """Return each cause's part of TVaR at level `p`, USD; the parts add up to it (MODEL §5).

    {E[X_c·1(X > VaR)] + β·E[X_c·1(X = VaR)]}/(1 − p): years at VaR count for what is missing to
    1 − p. The error is that of the influences, in which a cause is held against what it loses in
    years at VaR.
    """
    loss = result["loss_usd"]
    var = Sample(loss, result.worlds).quantile(p).value
    above, at = float((loss > var).mean()), float((loss == var).mean())
    counted = (1.0 - p - above) / at
    found = [_reaching(result, high, var) for high in result.tally.high]
    year = np.concatenate([high.year for high in found])
    by_cause = np.concatenate([high.by_cause for high in found])
    inside = loss[year] >= var
    year, by_cause = year[inside], by_cause[inside]
    weight = np.where(loss[year] > var, 1.0, counted) / (1.0 - p)
    value = weight @ by_cause / result.years
    there = _at_var(loss[year], by_cause, var, int(np.count_nonzero(loss == var)))
    influence = weight[:, None] * (by_cause - there)
    return {
        cause: _in_tail(result, float(value[k]), year, influence[:, k], by_cause[:, k])
        for k, cause in enumerate(result.scenario.causes)
    }


def _reaching(result: Result, high: HighYears, var: float) -> HighYears:
    """Return the high years of a block down to VaR; computed again if they were not kept."""
    if high.least_usd <= var:
        return high
    cut = plan(result.scenario, result.years, result.worlds)
    block, key, first_year, first_world = cut.block(high.part, result.seed)
    prepared = prepare(result.scenario)
    priced = price(prepared, draw_block(prepared, block, world_block=key), block)
    of_year = year_by_cause(priced, block.years, len(prepared.causes))
    place = Place(high.part, first_year, first_world)
    return HighYears.of(of_year[0], priced.columns[COLUMNS.index("loss_usd")], place, var)


def _at_var(loss: Array, by_cause: Array, var: float, years_at_var: int) -> Array:
    """Return what each cause loses in years that lose VaR, `(causes,)`, as far as can be seen.

    From the years at VaR where they are many, else from the tenth of the tail next to it.
    """
    if years_at_var > _FEWEST_AT_VAR:
        return np.asarray(by_cause[loss == var].sum(axis=0) / years_at_var)
    nearest = np.argsort(loss, kind="stable")[: max(len(loss) // 10, _FEWEST_AT_VAR)]
    return np.asarray(by_cause[nearest].mean(axis=0)) if len(nearest) else by_cause.sum(axis=0)


def _in_tail(
    result: Result, value: float, year: Index, influence: Array, losses: Array
) -> Estimate:
    per_world = result.years // result.worlds
    of_world = np.bincount(year // per_world, weights=influence, minlength=result.worlds)
    behind = float(result.worlds)
    if losses.any():
        hit = np.zeros(result.years, dtype=bool)
        hit[year[losses != 0.0]] = True
        behind = worlds_behind(hit, result.worlds)
    return skewed(value, of_world / per_world, behind)
