"""Compare: what remedies save on the same incidents, against what they cost (MODEL §5).

>>> from model.scenario.scenario import Scenario
>>> found = compare(Scenario.default(), [["graceful_degradation"]], years=2000, seed=1)
>>> row = found.row("graceful_degradation")
>>> row.delta_eal.high < 0 < row.annual_cost.value
True

Savings are judged on the loss before SLA credit, the headline; the figures that end in `_net`
include the credit, which is where a better contract shows. ΔEAL and ΔTVaR are of the coming
year; the saving that is held against the cost is the average over the life of the remedies, in
which the platform outgrows its early life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from model.arrays import Array
from model.assumptions.remedies import Remedy
from model.chain.availability import FUNCTIONS, MINUTES
from model.decisions.early_life import strained
from model.decisions.evaluate import WITH_MINUTES, Evaluation, evaluate
from model.decisions.remedies import BASELINE, Sets, longest_life, named_sets, variant
from model.runs import paired, standard_errors
from model.runs.blocks import plan
from model.runs.breakdowns import EVERY_CAUSE, Unavailable, of_minutes
from model.runs.result import DEFAULT_TOLERANCE_USD
from model.runs.standard_errors import Estimate, Sample
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 2000
PAYING_WORLDS, PAYING_YEARS = 500, 50_000
"""Size of the run that tells which worlds pay back, if the first has few years per world."""


@dataclass(frozen=True)
class Row:
    """One set of remedies against the baseline; deltas are set − baseline, USD per year."""

    name: str
    remedies: tuple[str, ...]
    life_years: float
    """Years averaged over: the longest life in the set; shorter ones are renewed at their price."""
    eal: Estimate
    delta_eal: Estimate
    delta_eal_net: Estimate
    tvar_95: Estimate
    delta_tvar_95: Estimate
    saving: Estimate
    """Expected annual saving averaged over the life; also the break-even price per year."""
    saving_net: Estimate
    annual_cost: Estimate
    """Upfront ÷ life + annual; the interval is the belief's central 90 %."""
    net_benefit: Estimate
    net_benefit_net: Estimate
    p_pays_back_years: Estimate
    p_pays_back_worlds: Estimate | None
    """None if the run has too few years per world to see a world's expected saving."""
    p_breach: Estimate
    """Probability that the annual loss exceeds the tolerance."""
    variance_reduction: float
    """Variance of ΔEAL from two separate runs over that of the paired difference; inf if exact."""

    @property
    def break_even(self) -> Estimate:
        """The annual price, USD, at which the net benefit is zero."""
        return self.saving


@dataclass(frozen=True, eq=False)
class Comparison:
    """Sets of remedies evaluated on one sample; the first row is the baseline."""

    evaluation: Evaluation
    sets: tuple[tuple[str, ...], ...]
    """Remedies of each variant of the evaluation, the baseline's empty set first."""
    horizon_years: float | None = None
    """Years over which savings are averaged; None: the longest life in each set."""
    older: Evaluation | None = None
    """The sets, then the baseline, at rates averaged over their lives, where weights do not do."""
    _rows: dict[tuple[int, float], Row] = field(default_factory=dict, init=False, repr=False)
    """Rows by set and tolerance, each made once: pages ask for them with every rerun."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sets, the baseline first."""
        return tuple(one.name for one in self.evaluation.variants)

    def rows(self, tolerance_usd: float = DEFAULT_TOLERANCE_USD) -> tuple[Row, ...]:
        """Return one row per set, the baseline first, in the order given."""
        return tuple(self._row(k, tolerance_usd) for k in range(len(self.sets)))

    def row(self, name: str, tolerance_usd: float = DEFAULT_TOLERANCE_USD) -> Row:
        """Return the row of one set; ValueError if there is none of that name."""
        return self._row(self.names.index(name), tolerance_usd)

    def life_years(self, k: int) -> float:
        """Return the years over which the savings of a set are averaged."""
        return self.horizon_years or longest_life(self._members(k))

    def _members(self, k: int) -> list[Remedy]:
        return [remedy for remedy in self.evaluation.remedies if remedy.name in self.sets[k]]

    def cost(self, k: int) -> Array:
        """Return the annual cost of a set in every world, USD `(worlds,)`."""
        names = [remedy.name for remedy in self.evaluation.remedies]
        chosen = [names.index(name) for name in self.sets[k]]
        return np.asarray(self.evaluation.costs[chosen].sum(axis=0))

    def saving(self, k: int, *, net: bool = False) -> Array:
        """Return the saving of every year weighed for the life of the set, USD `(years,)`."""
        return np.asarray(self.weights(k) * self._saved(k, int(net)))

    def _saved(self, k: int, column: int) -> Array:
        """Return the saving of every year before it is weighed, `(years,)`."""
        if self.older is None:
            losses = self.evaluation.losses[:, column]
            return np.asarray(losses[0] - losses[k])
        count, losses = len(self.sets), self.older.losses[1:, column]
        lives = _lives(self.life_years(j) for j in range(count))
        return np.asarray(losses[count + lives.index(self.life_years(k))] - losses[k])

    def weights(self, k: int) -> Array:
        """Return the weights of the years for the life of a set, `(years,)`."""
        if self.older is not None:
            return np.ones(self.evaluation.years)
        return self.evaluation.weights[self.life_years(k)]

    def components(self, name: str) -> dict[str, Estimate]:
        """Return where in the chain a set saves in the coming year, USD per line of the ledger."""
        return self.evaluation.saved(self.names.index(name))

    def error_budget(self) -> tuple[tuple[str, Unavailable], ...]:
        """Return what each set leaves unavailable of each function, the baseline first."""
        run = self.evaluation
        return tuple(
            (name, of_minutes(function, EVERY_CAUSE, run.column(k, minutes), run.worlds))
            for k, name in enumerate(self.names)
            for function, minutes in zip(FUNCTIONS, MINUTES, strict=True)
        )

    def curve(self, name: str, points: int = 300) -> dict[str, Array]:
        """Return the residual loss exceedance curve of a set, as `Result.curve`."""
        loss = self.evaluation.loss(self.names.index(name))
        return standard_errors.exceedance_curve(Sample(loss, self.evaluation.worlds), points)

    def _row(self, k: int, tolerance_usd: float) -> Row:
        found = self._rows.get((k, tolerance_usd))
        if found is None:
            if len(self._rows) > _MOST_ROWS:
                self._rows.clear()
            found = self._rows[k, tolerance_usd] = self._made(k, tolerance_usd)
        return found

    def _made(self, k: int, tolerance_usd: float) -> Row:
        run = self.evaluation
        worlds, base, loss = run.worlds, run.loss(0), run.loss(k)
        cost = self.cost(k)
        per_year = np.repeat(cost, run.years // worlds)
        saving, saving_net = self.saving(k), self.saving(k, net=True)
        delta = paired.difference(loss, base, worlds=worlds)
        return Row(
            name=self.names[k],
            remedies=self.sets[k],
            life_years=self.life_years(k),
            eal=standard_errors.mean(loss, worlds=worlds),
            delta_eal=delta,
            delta_eal_net=paired.difference(run.net(k), run.net(0), worlds=worlds),
            tvar_95=Sample(loss, worlds).tail_mean(paired.TAIL),
            delta_tvar_95=paired.tail_difference(loss, base, worlds=worlds),
            saving=standard_errors.mean(saving, worlds=worlds),
            saving_net=standard_errors.mean(saving_net, worlds=worlds),
            annual_cost=paired.belief_spread(cost),
            net_benefit=standard_errors.mean(saving - per_year, worlds=worlds),
            net_benefit_net=standard_errors.mean(saving_net - per_year, worlds=worlds),
            p_pays_back_years=paired.pays_back_years(
                self._saved(k, 0), cost, self.weights(k), worlds=worlds
            ),
            p_pays_back_worlds=paired.pays_back_worlds(saving, cost, worlds=worlds),
            p_breach=standard_errors.share(loss > tolerance_usd, worlds=worlds),
            variance_reduction=paired.variance_reduction(base, loss, worlds=worlds),
        )

    def frame(self, tolerance_usd: float = DEFAULT_TOLERANCE_USD) -> pd.DataFrame:
        """Return the rows as a table: each figure with `_low` and `_high` beside it."""
        import pandas as pd

        return pd.DataFrame([_flat(row) for row in self.rows(tolerance_usd)])


def compare(
    scenario: Scenario,
    sets: Sets | None = None,
    *,
    years: int = 50_000,
    worlds: int | None = None,
    seed: int = 0,
    horizon_years: float | None = None,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Evaluate sets of remedies on the same simulated incidents (MODEL §5, "Remedies").

    `sets` are lists of remedy names, or named ones. Without it: each remedy that is on, and all of
    them together; if none is on, each remedy alone. Savings are averaged over `horizon_years`, or
    else over the longest life in each set. The baseline equals `simulate(scenario, …)` unless a
    remedy raises the repeat ratio or shortens its lag. The other arguments are those of
    `simulate`. ScenarioError for an unknown remedy.
    """
    named = named_sets(scenario, sets)
    wanted = {name for names in named.values() for name in names}
    chosen = [remedy for remedy in scenario.remedies if remedy.name in wanted]
    members = [[r for r in chosen if r.name in names] for names in named.values()]
    variants = [variant(name, each) for name, each in zip(named, members, strict=True)]
    lives = [horizon_years or longest_life(each) for each in ([], *members)]
    how = partial(
        evaluate,
        scenario,
        cut=plan(scenario, years, worlds),
        seed=seed,
        executor=executor,
        on_block=on_block,
    )
    run = how(variants, remedies=chosen, lives=lives, kept=WITH_MINUTES)
    older = None
    if any(strained(weights) for weights in run.weights.values()):
        aged = zip((BASELINE, *variants), lives, strict=True)
        then = [replace(one, life_years=life) for one, life in aged]
        older = how([*then, *(replace(BASELINE, life_years=life) for life in _lives(lives))])
    each_set = ((), *(tuple(r.name for r in each) for each in members))
    return Comparison(run, each_set, horizon_years, older)


def _lives(years: Iterable[float]) -> list[float]:
    return sorted(set(years))


def _flat(row: Row) -> dict[str, object]:
    cells: dict[str, object] = {}
    for name, value in vars(row).items():
        if isinstance(value, Estimate):
            ends = {f"{name}_low": value.low, f"{name}_high": value.high}
            cells |= {name: value.value, f"{name}_error": value.standard_error, **ends}
        else:
            cells[name] = " + ".join(value) if isinstance(value, tuple) else value
    return cells | {"break_even": row.break_even.value}
