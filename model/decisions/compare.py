"""Compare: what remedies save on the same incidents, against what they cost (MODEL §5).

>>> from model.scenario.scenario import Scenario
>>> found = compare(Scenario.default(), [["graceful_degradation"]], years=2000, seed=1)
>>> row = found.row("graceful_degradation")
>>> row.delta_eal.high < 0 < row.annual_cost.value
True

Savings are judged on the loss before SLA credit, the headline; the figures that end in `_net`
include the credit, which is where a better contract shows. ΔEAL and ΔTVaR are of the coming
year; the saving that is held against the cost is averaged over the horizon, one for all sets, in
which the platform outgrows its early life.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from model.arrays import Array
from model.chain.availability import FUNCTIONS, MINUTES
from model.decisions import payback
from model.decisions.early_life import HORIZON_YEARS, strained
from model.decisions.evaluate import WITH_MINUTES, Evaluation, evaluate
from model.decisions.remedies import BASELINE, Sets, named_sets, variant
from model.runs import paired, quantiles, standard_errors
from model.runs.blocks import plan
from model.runs.breakdowns import EVERY_CAUSE, Unavailable, of_minutes
from model.runs.kept.years import Years
from model.runs.quantiles import Sample
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

_NOT_ASKED = standard_errors.around(math.nan, math.nan)
PAYING_WORLDS, PAYING_YEARS = 500, 50_000
"""Size of the run that tells which worlds pay back, if the first has few years per world."""


@dataclass(frozen=True)
class Row:
    """One set of remedies against the baseline; deltas are set − baseline, USD per year."""

    name: str
    remedies: tuple[str, ...]
    horizon_years: float
    """Years over which the saving is averaged."""
    eal: Estimate
    delta_eal: Estimate
    delta_eal_net: Estimate
    tvar_95: Estimate
    delta_tvar_95: Estimate
    saving: Estimate
    """Expected annual saving averaged over the horizon; also the break-even price per year."""
    saving_net: Estimate
    annual_cost: Estimate
    """Upfront ÷ its own life + annual; the interval is the belief's central 90 %."""
    net_benefit: Estimate
    net_benefit_net: Estimate
    p_pays_back_years: Estimate
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
    horizon_years: float = HORIZON_YEARS
    """Years over which savings are averaged."""
    older: Evaluation | None = None
    """The same variants at rates averaged over the horizon, where weights do not do.

    Its own baseline, of the coming year, comes before them.
    """
    unavailable: tuple[tuple[Unavailable, ...], ...] = ()
    """Of each set, what it leaves unavailable of each function."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sets, the baseline first."""
        return tuple(one.name for one in self.evaluation.variants)

    def rows(self, tolerance_usd: float | None = None) -> tuple[Row, ...]:
        """Return one row per set, the baseline first, in the order given."""
        return tuple(self._row(k, tolerance_usd) for k in range(len(self.sets)))

    def row(self, name: str, tolerance_usd: float | None = None) -> Row:
        """Return the row of one set; ValueError if there is none of that name."""
        return self._row(self.names.index(name), tolerance_usd)

    def cost(self, k: int) -> Array:
        """Return the annual cost of a set in every world, USD `(worlds,)`."""
        names = [remedy.name for remedy in self.evaluation.remedies]
        chosen = [names.index(name) for name in self.sets[k]]
        return np.asarray(self.evaluation.costs[chosen].sum(axis=0))

    def saving(self, k: int, *, net: bool = False) -> Array:
        """Return the saving of every year weighed for the horizon, USD `(years,)`."""
        return np.asarray(self.weights * self._saved(k, int(net)))

    def _saved(self, k: int, column: int) -> Array:
        """Return the saving of every year before it is weighed, `(years,)`."""
        run = self.evaluation.losses if self.older is None else self.older.losses[1:]
        return np.asarray(run[0, column] - run[k, column])

    @property
    def weights(self) -> Array:
        """Weights of the years for the horizon, `(years,)`."""
        if self.older is not None:
            return np.ones(self.evaluation.years)
        return self.evaluation.weights[self.horizon_years]

    def components(self, name: str) -> dict[str, Estimate]:
        """Return where in the chain a set saves in the coming year, USD per line of the ledger."""
        return self.evaluation.saved(self.names.index(name))

    def error_budget(self) -> tuple[tuple[str, Unavailable], ...]:
        """Return what each set leaves unavailable of each function, the baseline first."""
        pairs = zip(self.names, self.unavailable, strict=True)
        return tuple((name, row) for name, rows in pairs for row in rows)

    def curve(self, name: str, points: int = 300) -> dict[str, Array]:
        """Return the residual loss exceedance curve of a set, as `Result.curve`."""
        loss = self.evaluation.loss(self.names.index(name))
        return quantiles.exceedance_curve(Sample(loss, self.evaluation.worlds), points)

    def _row(self, k: int, tolerance_usd: float | None) -> Row:
        run = self.evaluation
        if tolerance_usd is None:
            tolerance_usd = run.scenario.tolerance_usd
        breach = standard_errors.share(run.loss(k) > tolerance_usd, worlds=run.worlds)
        return replace(self._whatever_the_tolerance[k], p_breach=breach)

    @cached_property
    def _whatever_the_tolerance(self) -> tuple[Row, ...]:
        """The rows without the chance of a bad year: pages ask for them with every rerun."""
        return tuple(self._made(k) for k in range(len(self.sets)))

    def _made(self, k: int) -> Row:
        run = self.evaluation
        worlds, base, loss = run.worlds, run.loss(0), run.loss(k)
        cost = self.cost(k)
        per_year = np.repeat(cost, run.years // worlds)
        saving, saving_net = self.saving(k), self.saving(k, net=True)
        delta = paired.difference(loss, base, worlds=worlds)
        return Row(
            name=self.names[k],
            remedies=self.sets[k],
            horizon_years=self.horizon_years,
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
            p_pays_back_years=payback.pays_back_years(
                self._saved(k, 0), cost, self.weights, worlds=worlds
            ),
            p_breach=_NOT_ASKED,
            variance_reduction=paired.variance_reduction(base, loss, worlds=worlds),
        )


def compare(
    scenario: Scenario,
    sets: Sets | None = None,
    *,
    years: int = 50_000,
    worlds: int | None = None,
    seed: int = 0,
    horizon_years: float = HORIZON_YEARS,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Evaluate sets of remedies on the same simulated incidents (MODEL §5, "Remedies").

    `sets` are lists of remedy names, or named ones. Without it: each remedy that is on, and all of
    them together; if none is on, each remedy alone. Savings are averaged over `horizon_years`. The
    baseline equals `simulate(scenario, …)` unless a remedy raises the repeat ratio or shortens its
    lag. The other arguments are those of `simulate`. ScenarioError for an unknown remedy.
    """
    named = named_sets(scenario, sets)
    wanted = {name for names in named.values() for name in names}
    chosen = [remedy for remedy in scenario.remedies if remedy.name in wanted]
    members = [[r for r in chosen if r.name in names] for names in named.values()]
    variants = [variant(name, each) for name, each in zip(named, members, strict=True)]
    how = partial(
        evaluate,
        scenario,
        cut=plan(scenario, years, worlds),
        seed=seed,
        executor=executor,
        on_block=on_block,
    )
    run = how(variants, remedies=chosen, lives=[horizon_years], kept=WITH_MINUTES)
    older = None
    if strained(run.weights[horizon_years]):
        older = how([replace(one, life_years=horizon_years) for one in (BASELINE, *variants)])
    each_set = ((), *(tuple(r.name for r in each) for each in members))
    minutes = tuple(_unavailable(run, k) for k in range(len(each_set)))
    plain = run.without_minutes()
    return Comparison(plain, each_set, horizon_years, older=older, unavailable=minutes)


def _unavailable(run: Evaluation, k: int) -> tuple[Unavailable, ...]:
    """Return what a variant leaves unavailable of each function."""
    kept = {name: run.column(k, name) for name in MINUTES}
    years = Years(kept, run.worlds)
    return tuple(of_minutes(function, EVERY_CAUSE, years) for function in FUNCTIONS)


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
    minutes = (whole.unavailable[0], whole.unavailable[k])
    years = whole.horizon_years
    return Comparison(part, ((), whole.sets[k]), years, older=older, unavailable=minutes)


def _variants(chosen: Sequence[tuple[Evaluation, Sequence[int]]]) -> Evaluation:
    """Return one evaluation of some variants of several, all on the sample of the first."""
    return replace(
        chosen[0][0],
        variants=tuple(run.variants[k] for run, rows in chosen for k in rows),
        losses=np.concatenate([run.losses[list(rows)] for run, rows in chosen]),
        parts=tuple(run.parts[k] for run, rows in chosen for k in rows),
    )


def _farthest(shares: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the largest share of each name."""
    found: dict[str, float] = {}
    for part in shares:
        found |= {name: max(share, found.get(name, 0.0)) for name, share in part.items()}
    return found


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
        beyond=_farthest(run.beyond for run in runs),
    )
    # How the years are weighed depends on the baseline alone, so all parts have it or none.
    aged = [part.older for part in parts if part.older is not None]
    older = _variants([(aged[0], [0, 1]), *((run, [2]) for run in aged)]) if aged else None
    if older is not None:
        older = replace(older, scenario=scenario)
    sets = ((), *(part.sets[1] for part in parts))
    minutes = (parts[0].unavailable[0], *(part.unavailable[1] for part in parts))
    return Comparison(whole, sets, parts[0].horizon_years, older=older, unavailable=minutes)
