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
from model.decisions.evaluate import Evaluation
from model.scenario.scenario import Scenario


def taken_apart(whole: Comparison) -> tuple[Comparison, ...]:
    """Return one comparison for each set of another, each with the baseline and its remedies."""
    return tuple(_part(whole, k) for k in range(1, len(whole.sets)))


def _part(whole: Comparison, k: int) -> Comparison:
    run = whole.evaluation
    mine = [r for r, remedy in enumerate(run.remedies) if remedy.name in whole.sets[k]]
    part = replace(
        _variants([(run, [0, k])]),
        remedies=tuple(run.remedies[r] for r in mine),
        costs=run.costs[mine],
    )
    older = None if whole.older is None else _variants([(whole.older, [0, 1, k + 1])])
    return Comparison(part, ((), whole.sets[k]), whole.horizon_years, older)


def _variants(chosen: Sequence[tuple[Evaluation, Sequence[int]]]) -> Evaluation:
    """Return one evaluation of some variants of several, all on the sample of the first."""
    return replace(
        chosen[0][0],
        variants=tuple(run.variants[k] for run, rows in chosen for k in rows),
        losses=np.concatenate([run.losses[list(rows)] for run, rows in chosen]),
        parts=tuple(run.parts[k] for run, rows in chosen for k in rows),
    )


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
        _variants([(first, [0]), *((run, [1]) for run in runs)]),
        scenario=scenario,
        remedies=tuple(run.remedies[r] for run, r in remedies.values()),
        costs=np.stack([run.costs[r] for run, r in remedies.values()]),
        beyond={name: share for run in runs for name, share in run.beyond.items()},
    )
    # How the years are weighed depends on the baseline alone, so all parts have it or none.
    aged = [part.older for part in parts if part.older is not None]
    older = _variants([(aged[0], [0, 1]), *((run, [2]) for run in aged)]) if aged else None
    if older is not None:
        older = replace(older, scenario=scenario)
    sets = ((), *(part.sets[1] for part in parts))
    return Comparison(whole, sets, parts[0].horizon_years, older)
