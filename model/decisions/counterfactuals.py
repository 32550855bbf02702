"""What the average year would cost if one thing were different, on the same incidents.

>>> from model.scenario.scenario import Scenario
>>> mature(Scenario.default(), years=2000).high < 0
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.decisions.compare import compare
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

REASONS: dict[str, tuple[tuple[str, float], ...]] = {
    "second_region": (
        ("resilience.failover_success", 1.0),
        ("resilience.residual_impairment", 0.0),
    ),
    "no_repeats": (("recurrence.repeat_ratio", 0.0),),
    "mature": (("incidents.*.early_life_multiplier", 1.0),),
}
"""What is imagined away, one at a time, to see what it adds to the average year."""
MATURE_YEARS = 12_500
"""Years of the difference that pages show while sliders move: a tenth of a second."""
_IMAGINED = "imagined_"


def imagined(
    scenario: Scenario,
    reasons: Iterable[str],
    *,
    years: int,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> dict[str, Estimate]:
    """Return the change of the average year without each of `REASONS` named, USD.

    The other arguments are those of `simulate`.
    """
    chosen = tuple(reasons)
    changes = {
        f"remedies.{_IMAGINED}{reason}.change.{k}": Change("set", path, _certain(value))
        for reason in chosen
        for k, (path, value) in enumerate(REASONS[reason], 1)
    }
    one = compare(
        scenario.with_(changes),
        [(f"{_IMAGINED}{reason}",) for reason in chosen],
        years=years,
        seed=seed,
        executor=executor,
        on_block=on_block,
    )
    return {row.name.removeprefix(_IMAGINED): row.delta_eal for row in one.rows()[1:]}


def mature(
    scenario: Scenario, *, years: int, seed: int = 0, executor: Executor | None = None
) -> Estimate:
    """Return the change of the average year without the months after a migration, USD.

    Every page and report shows this one figure, so `years` beyond `MATURE_YEARS` do not count.
    """
    how = imagined(
        scenario, ("mature",), years=min(years, MATURE_YEARS), seed=seed, executor=executor
    )
    return how["mature"]


def _certain(value: float) -> Belief:
    return Belief("uniform", value, value)
