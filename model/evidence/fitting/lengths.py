"""Durations and losses of a log, by cause where it tells enough of them, else together (§6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from model.arrays import Mask
from model.evidence.durations.censored import Durations
from model.evidence.durations.families import FAMILIES
from model.evidence.durations.fit import DurationFit, FamilyFit, fit_durations
from model.evidence.log.log import Log
from model.evidence.losses import LossFits, fit_losses
from model.scenario.scenario import Scenario
from model.worlds.streams import stream

ALL = "all"


@dataclass(frozen=True, eq=False)
class Lengths:
    """Durations and losses of one cause, or of all together."""

    cause: str
    durations: Durations
    fit: DurationFit | None
    """None with too few known ends, or all of one length."""
    losses: LossFits | None
    why_not: str = ""

    @property
    def families(self) -> tuple[FamilyFit, ...]:
        """Every family at its greatest likelihood; none where there are too few known ends."""
        return self.fit.families if self.fit else ()


def fit_lengths(
    log: Log, scenario: Scenario, *, seed: int = 0, tick: Callable[[], None] = lambda: None
) -> Mapping[str, Lengths]:
    """Fit each cause that the log tells, and all together; `tick` is called after each."""
    found = {}
    for cause in (*log.causes, ALL):
        found[cause] = _of(log, scenario, cause, seed)
        tick()
    return found


def _of(log: Log, scenario: Scenario, cause: str, seed: int) -> Lengths:
    chosen = log.of_cause(cause)
    durations = log.incidents.durations(chosen)
    shape = "lognormal"
    if cause in scenario.causes:
        shape = scenario.belief(f"incidents.{cause}.duration").shape
    fitted: DurationFit | None = None
    why_not = ""
    try:
        fitted = fit_durations(
            durations,
            cap_h=scenario.belief("simulation.max_duration").low,
            rng=stream(seed, (), f"evidence.durations.{cause}"),
            preferred=shape if shape in FAMILIES else "lognormal",
        )
    except ValueError as error:
        why_not = str(error)
    return Lengths(
        cause=cause, durations=durations, fit=fitted, losses=_losses(log, chosen), why_not=why_not
    )


def _losses(log: Log, chosen: Mask) -> LossFits | None:
    counted = chosen & log.incidents.counted
    shares = {name: values[counted] for name, values in log.incidents.losses.items()}
    known = {name: values for name, values in shares.items() if not np.isnan(values).all()}
    return fit_losses(known) if known else None
