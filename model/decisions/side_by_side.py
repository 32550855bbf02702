"""Scenarios side by side on common random numbers (MODEL §5, ARCHITECTURE decision 3).

Every quantity draws from its own stream, so scenarios that differ little share most of their luck;
the errors are those of the paired differences, whatever they share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

from model.assumptions.names import all_causes, model_names
from model.runs import paired
from model.runs.result import Measure, Result
from model.runs.reuse.what_is_reused import simulate
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError


class Beside(NamedTuple):
    """One scenario; deltas are against the first, money per year."""

    name: str
    eal: Measure
    p95: Measure
    tvar_95: Measure
    p_over_tolerance: Measure
    delta_eal: Estimate
    delta_eal_net: Estimate
    delta_p95: Estimate
    delta_tvar_95: Estimate


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Finished runs with the same seed, years and worlds; the first is the reference."""

    results: tuple[Result, ...]
    names: tuple[str, ...] = ()
    """What the scenarios are called here, if not by their own names."""

    def rows(self, tolerance_usd: float | None = None) -> tuple[Beside, ...]:
        """Return one row per scenario, in the order given."""
        names = self.names or tuple(result.scenario.name for result in self.results)
        return tuple(
            self._row(name, result, tolerance_usd)
            for name, result in zip(names, self.results, strict=True)
        )

    def _row(self, name: str, result: Result, tolerance_usd: float | None) -> Beside:
        first, worlds = self.results[0], result.worlds
        loss, base = result["loss_usd"], first["loss_usd"]
        net = (result["net_loss_usd"], first["net_loss_usd"])
        measures = {m.name: m for m in result.measures(tolerance_usd)}
        return Beside(
            name=name,
            eal=measures["eal"],
            p95=measures["p95"],
            tvar_95=measures["tvar_95"],
            p_over_tolerance=measures["p_over_tolerance"],
            delta_eal=paired.difference(loss, base, worlds=worlds),
            delta_eal_net=paired.difference(*net, worlds=worlds),
            delta_p95=paired.quantile_difference(loss, base, worlds=worlds),
            delta_tvar_95=paired.tail_difference(loss, base, worlds=worlds),
        )


def one_currency(scenarios: Sequence[Scenario], called: Sequence[str] = ()) -> None:
    """Raise a ScenarioError if scenarios are in several currencies; `called` are their files."""
    names = called if len(called) == len(scenarios) else [one.name for one in scenarios]
    first = scenarios[0].currency
    others = [
        f"{name}: its amounts are in {one.currency}, those of {names[0]} in {first}; scenarios of "
        "one currency can be held against each other: convert one of them"
        for name, one in zip(names, scenarios, strict=True)
        if one.currency != first
    ]
    if others:
        raise ScenarioError(others)


def side_by_side(
    scenarios: Iterable[Scenario],
    *,
    years: int = 50_000,
    worlds: int | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> SideBySide:
    """Simulate scenarios with the same random numbers; arguments as in `simulate`.

    `on_block` counts the blocks of the scenario at hand. ValueError without any scenario,
    ScenarioError if they are in several currencies.
    """
    chosen = tuple(scenarios)
    if not chosen:
        raise ValueError("scenarios: none given; at least one is needed")
    one_currency(chosen)
    return SideBySide(
        tuple(
            simulate(
                scenario,
                years=years,
                worlds=worlds,
                seed=seed,
                executor=executor,
                on_block=on_block,
            )
            for scenario in chosen
        )
    )


def differing(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Return the rows in which scenarios are not all alike, in chain order.

    >>> differing([Scenario.default(), Scenario.default().with_tolerance(1e6)])
    ('simulation.tolerance',)
    """
    changes = [dict(one.changes) for one in scenarios]
    every = dict.fromkeys(name for one in changes for name in one)
    names = [name for name in every if len({one.get(name) for one in changes}) > 1]
    chain = model_names(all_causes(every))
    order = {name: place for place, name in enumerate(chain)}
    return tuple(sorted(names, key=lambda name: (order.get(name, len(chain)), name)))
