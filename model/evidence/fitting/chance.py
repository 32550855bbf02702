"""Whether chance alone explains a log: changes of its rate, and crowds of incidents (MODEL §6)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from model.arrays import Array
from model.evidence.fitting.observed import ALL, LAG, RATIO, Observed, scenario_median
from model.evidence.log.times import hours_of
from model.evidence.luck.change import Step, Trend, find_changes
from model.evidence.luck.clustering import (
    Chance,
    ChanceTable,
    chance_of_cluster,
    most_within,
    shortest_window,
)
from model.evidence.luck.timeline import Null, Timeline
from model.evidence.rates.posterior import Selection
from model.worlds.streams import stream

_CLUSTER_LOGS = 20_000
_CLUSTER_CELLS = 1_000_000
_CHANGE_CELLS = 200_000
_FEWEST_LOGS = 99
_CLOSE = 2.0
"""Where early life makes a log likelier by less than e², the plain reading is told."""


@dataclass(frozen=True)
class Changes:
    """The likeliest step and trend of a rate, None where the incidents are too few."""

    step: Step | None
    trend: Trend | None
    without_early_life: Step | None = None
    """The step against a constant rate, where early life might explain it."""


@dataclass(frozen=True)
class Cluster:
    """At least `k` incidents within a window somewhere in the exposure."""

    k: int
    window_h: float
    chance: Chance
    """Under the belief of the visible rate after the log, nothing but chance."""
    rate: float
    """Median of that rate."""


def _early(observed: Observed, cause: str) -> tuple[float, float]:
    """Return early-life multiplier and fade of the scenario: of a cause, or of all by rates.

    Not those after the log: they would bend to explain a change.
    """
    of = (cause,) if cause in observed.by_cause else tuple(observed.by_cause)

    def medians(field: str) -> Array:
        names = [f"incidents.{one}.{field}" for one in of]
        return np.array([scenario_median(observed.scenario, name) for name in names])

    rates = medians("rate_per_year")
    share = rates / rates.sum() if rates.sum() > 0 else np.full(len(of), 1.0 / len(of))
    multiplier, months = medians("early_life_multiplier"), medians("early_life_months")
    return float(share @ multiplier), float(share @ months)


def change(observed: Observed, cause: str, start: Array, seed: int) -> Changes:
    """Look for a step and a trend, with the repeats of the scenario.

    Against a constant rate, and against early life on top of it: a change is one that neither
    explains (the larger p-value), told by the one under which the log is clearly likelier.
    """
    multiplier, fade = _early(observed, cause)
    timelines = [observed.timeline(cause, multiplier, fade)]
    if multiplier > 1.0 and observed.months + observed.hours / 730.0 > 0:
        timelines.append(observed.timeline(cause, 1.0, fade))
    logs = int(np.clip(_CHANGE_CELLS // max(len(start), 1), _FEWEST_LOGS, 1_999))
    rng = stream(seed, (), f"evidence.change.{cause}")
    normals = rng.standard_normal((logs, 2))
    ratio = observed.prior.maps[RATIO](normals[:, 0])
    lag_h = observed.prior.maps[LAG](normals[:, 1]) * 24.0
    steps: list[tuple[float, Step]] = []
    trends: list[Trend] = []
    for timeline in timelines:
        step, trend = find_changes(start, timeline, rng, repeat_ratio=ratio, lag_h=lag_h, logs=logs)
        steps += [(_log_likelihood(start, timeline, step), step)] if step else []
        trends += [trend] if trend else []
    return Changes(
        _least_explained(steps),
        max(trends, key=lambda one: one.p_value, default=None),
        steps[-1][1] if len(steps) > 1 else None,
    )


def _least_explained(steps: list[tuple[float, Step]]) -> Step | None:
    if not steps:
        return None
    likeliest = max(value for value, _ in steps)
    best = [step for value, step in steps if value >= likeliest - _CLOSE][-1]
    return replace(best, p_value=max(step.p_value for _, step in steps))


def _log_likelihood(start: Array, timeline: Timeline, step: Step) -> float:
    """Return the log likelihood of starts under a step, but for what all timelines share."""
    speed = np.diff(timeline.years) / np.diff(timeline.hours)
    place = np.searchsorted(timeline.hours, start, "right") - 1
    own = float(np.log(np.maximum(speed[np.minimum(place, len(speed) - 1)], 1e-300)).sum())
    return own + step.before * math.log(step.rate_before) + step.after * math.log(step.rate_after)


def cluster(
    observed: Observed,
    visible: Array,
    repeats: tuple[Array, Array],
    selection: tuple[datetime, datetime] | None,
    seed: int,
) -> Cluster | None:
    """Return how likely chance crowds incidents as the log, or the window looked at, has them."""
    start = observed.start_h()
    if selection is not None:
        first, last = (hours_of(moment) - observed.begin for moment in selection)
        window, k = last - first, int(np.sum((start >= first) & (start <= last)))
    else:
        k = 2 if len(start) < 6 else 3
        window = shortest_window(start, k)
    if k < 2 or not math.isfinite(window):
        return None
    timeline = observed.timeline(ALL, *_early(observed, ALL))
    ratio, lag_h = repeats
    null = Null.of(timeline, visible * (1.0 - ratio) * timeline.mature_years, ratio, lag_h)
    logs = int(np.clip(_CLUSTER_CELLS / max(len(start), 1), _FEWEST_LOGS, _CLUSTER_LOGS))
    rng = stream(seed, (), "evidence.cluster")
    window = max(window, 1e-9)
    chance = chance_of_cluster(k, window, null, rng, logs)
    return Cluster(k, window, chance, float(np.median(visible)))


def reason_to_look(observed: Observed, window: tuple[datetime, datetime], seed: int) -> Selection:
    """Return what made somebody look: as many incidents as the window has, within its length."""
    first, last = (hours_of(moment) - observed.begin for moment in window)
    start = observed.start_h()
    inside = start[(start >= first) & (start <= last)]
    k = most_within(inside, last - first) if len(inside) else 0
    if k < 2:
        raise ValueError(
            f"the window looked at holds {k} incident{'s' if k != 1 else ''}: two or more are "
            "needed for it to be the reason to look"
        )
    timeline = Timeline.flat(observed.hours)
    lag_h = scenario_median(observed.scenario, LAG) * 24.0
    table = ChanceTable.of(k, last - first, timeline, lag_h, stream(seed, (), "evidence.selection"))
    return Selection({c: one.exposure for c, one in observed.by_cause.items()}, table)
