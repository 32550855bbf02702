"""A comparison taken apart into its sets and put together again, so that an edit reruns one set.

Every quantity draws from its own stream, so a set alone and among others has the same years; only
where a remedy makes incidents more frequent does the shared sample, and with it the baseline,
differ. Then the parts do not fit and everything has to be compared again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.decisions.compare import Comparison
from model.scenario.scenario import Scenario


def taken_apart(whole: Comparison) -> tuple[Comparison, ...]:
    """Return one comparison for each set of another, each with the baseline and its remedies."""
    return tuple(_part(whole, k) for k in range(1, len(whole.sets)))


def _part(whole: Comparison, k: int) -> Comparison:
    run, rows = whole.evaluation, [0, k]
    mine = [r for r, remedy in enumerate(run.remedies) if remedy.name in whole.sets[k]]
    life = whole.life_years(k)
    part = replace(
        run,
        variants=(run.variants[0], run.variants[k]),
        remedies=tuple(run.remedies[r] for r in mine),
        losses=run.losses[rows],
        parts=tuple(run.parts[row] for row in rows),
        weights={years: run.weights[years] for years in {1.0, life}},
        costs=run.costs[mine],
    )
    return Comparison(part, ((), whole.sets[k]), whole.horizon_years)


def put_together(scenario: Scenario, parts: Sequence[Comparison]) -> Comparison | None:
    """Return one comparison of sets that were compared apart; None if their baselines differ.

    `scenario` is the one that the whole is of: that of the parts but for remedies.
    """
    runs = [part.evaluation for part in parts]
    first = runs[0]
    if not all(np.array_equal(run.losses[0], first.losses[0]) for run in runs):
        return None
    remedies = {remedy.name: (run, r) for run in runs for r, remedy in enumerate(run.remedies)}
    whole = replace(
        first,
        scenario=scenario,
        variants=(first.variants[0], *(run.variants[1] for run in runs)),
        remedies=tuple(run.remedies[r] for run, r in remedies.values()),
        losses=np.stack([first.losses[0], *(run.losses[1] for run in runs)]),
        parts=(first.parts[0], *(run.parts[1] for run in runs)),
        weights={years: weight for run in runs for years, weight in run.weights.items()},
        costs=np.stack([run.costs[r] for run, r in remedies.values()]),
    )
    sets = ((), *(part.sets[1] for part in parts))
    return Comparison(whole, sets, parts[0].horizon_years)
