"""Tornado: each belief to its 5th and 95th percentile, everything else as it was (MODEL §5).

All bars share one sample: the same worlds, the same incidents, thinned from the highest rates. For
a belief about single incidents (a duration, a loss) every incident takes the one value; such bars
show luck and ignorance together and are marked `per = "incident"`. Beliefs correlated with the one
that moves stay where they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.correlations import LOSSES, Pair, row_name
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.decisions.evaluate import evaluate
from model.decisions.remedies import Variant
from model.runs import paired, standard_errors
from model.runs.blocks import plan
from model.runs.quantiles import Sample
from model.runs.simulate import simulate
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution

FIGURES = ("eal", "p95", "tvar_95")
YEARS = 5_000
_WITHIN = (
    (
        "correlation.within_incident.duration.losses",
        "Rank correlation of duration and losses within an incident",
        tuple(("duration", loss) for loss in LOSSES),
        (-0.3, 0.2),
    ),
    (
        "correlation.within_incident.losses",
        "Rank correlation of any two losses within an incident",
        tuple(combinations(LOSSES, 2)),
        (0.0, 0.9),
    ),
)
"""What may go together in an incident: its name and label, the pairs, and how far it may be so."""


class Bar(NamedTuple):
    """One belief: its inputs, and what the figure does there against the baseline, USD."""

    name: str
    label: str
    unit: str
    per: str
    low_input: float
    high_input: float
    at_low: Estimate
    at_high: Estimate

    @property
    def swing(self) -> float:
        """The larger of the two distances from the baseline and the distance of both ends, USD."""
        ends = (self.at_low.value, self.at_high.value)
        return max(*map(abs, ends), abs(ends[1] - ends[0]))


@dataclass(frozen=True, eq=False)
class Tornado:
    """The bars, the longest first, and the figure they start from."""

    figure: str
    baseline: Estimate
    bars: tuple[Bar, ...]
    """Of the assumptions."""
    correlations: tuple[Bar, ...] = ()
    """Of what goes together within an incident."""

    @property
    def together(self) -> tuple[Bar, ...]:
        """Return the bars of assumptions and of correlations, the longest first."""
        return tuple(sorted((*self.bars, *self.correlations), key=lambda bar: -bar.swing))


def tornado(
    scenario: Scenario,
    *,
    figure: str = "eal",
    names: Iterable[str] | None = None,
    years: int = YEARS,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Tornado:
    """Move each uncertain belief to its 5th and 95th percentile on the same luck.

    `figure` is `eal`, `p95` or `tvar_95` of the loss before SLA credit; `names` are the assumptions
    (default: all that are uncertain, and the correlations within an incident). Differences come
    with their paired error. `executor` and `on_block` as in `simulate`. ValueError for an unknown
    figure.
    """
    if figure not in FIGURES:
        raise ValueError(f"figure: {figure!r} given; {', '.join(FIGURES)} is allowed")
    chosen = tuple(uncertain_names(scenario) if names is None else names)
    inputs = [percentiles(scenario, name) for name in chosen]
    variants = [
        fixed_at(name, value) for name, ends in zip(chosen, inputs, strict=True) for value in ends
    ]
    run = evaluate(
        scenario,
        variants,
        cut=plan(scenario, years, None),
        seed=seed,
        executor=executor,
        on_block=on_block,
    )
    moved = [
        change_of(figure, run.loss(k), run.loss(0), run.worlds) for k in range(1, len(run.variants))
    ]
    bars = [
        _bar(name, _titles(scenario, name), ends, moved[2 * k : 2 * k + 2])
        for k, (name, ends) in enumerate(zip(chosen, inputs, strict=True))
    ]
    baseline = figure_of(figure, run.loss(0), run.worlds)
    how = {"years": years, "seed": seed}
    within = correlation_bars(scenario, figure, **how, executor=executor) if names is None else ()
    return Tornado(figure, baseline, tuple(sorted(bars, key=lambda bar: -bar.swing)), within)


def correlation_bars(
    scenario: Scenario, figure: str, *, years: int, seed: int, executor: Executor | None
) -> tuple[Bar, ...]:
    """Return what a figure does if duration and losses, or losses, go together more or less.

    In all causes alike, on the same luck: runs of one seed share every normal, however mixed.
    """

    def loss(changed: Scenario) -> Array:
        return simulate(changed, years=years, seed=seed, executor=executor)["loss_usd"]

    base, bars = loss(scenario), []
    for name, label, fields, ends in _WITHIN:
        moved = []
        for rho in ends:
            one = Belief("normal", rho, rho)
            rows = {row_name(*pair): one for pair in _within(scenario.causes, fields)}
            moved.append(change_of(figure, loss(scenario.with_(rows)), base, years))
        bars.append(_bar(name, (label, "ratio", "incident"), ends, moved))
    return tuple(bars)


def _bar(
    name: str, titles: tuple[str, str, str], ends: tuple[float, float], moved: list[Estimate]
) -> Bar:
    label, unit, per = titles
    return Bar(
        name=name,
        label=label,
        unit=unit,
        per=per,
        low_input=ends[0],
        high_input=ends[1],
        at_low=moved[0],
        at_high=moved[1],
    )


def _within(causes: Iterable[str], fields: Iterable[Pair]) -> list[Pair]:
    """Return pairs of fields as pairs of assumptions of each cause."""
    return [(f"incidents.{c}.{a}", f"incidents.{c}.{b}") for c in causes for a, b in fields]


def uncertain_names(scenario: Scenario) -> tuple[str, ...]:
    """Return the assumptions whose belief is not certain, in chain order."""
    numbers = (name for name in scenario.names() if isinstance(declared(name), Assumption))
    return tuple(name for name in numbers if not scenario.belief(name).certain)


def percentiles(scenario: Scenario, name: str) -> tuple[float, float]:
    """Return the 5th and 95th percentile of a belief."""
    belief = scenario.belief(name)
    if belief.shape == "pert" or belief.shape.startswith("empirical"):
        low, high = distribution(scenario, name).ppf(np.array([0.05, 0.95]))
        return float(low), float(high)
    return belief.low, belief.high


def fixed_at(name: str, value: float) -> Variant:
    """Return the variant in which an assumption has one value for certain."""
    change = Change("set", name, Belief("normal", value, value))
    return Variant(f"{name} = {value!r}", ((name, change),))


def figure_of(figure: str, loss: Array, worlds: int) -> Estimate:
    """Return a figure of annual losses `(years,)`, USD."""
    if figure == "eal":
        return standard_errors.mean(loss, worlds=worlds)
    sample = Sample(loss, worlds)
    return sample.quantile(paired.TAIL) if figure == "p95" else sample.tail_mean(paired.TAIL)


def change_of(figure: str, loss: Array, base: Array, worlds: int) -> Estimate:
    """Return the difference of a figure between two paired runs, USD."""
    how = {
        "eal": paired.difference,
        "p95": paired.quantile_difference,
        "tvar_95": paired.tail_difference,
    }
    return how[figure](loss, base, worlds=worlds)


def _titles(scenario: Scenario, name: str) -> tuple[str, str, str]:
    item = scenario.assumption(name)
    return item.label, item.unit, item.per
