"""What stopping when an interval is narrow enough does to it; prints Markdown.

    python benchmarks/stopping.py [--repeats 400] [--seed 0]

Annual losses are synthetic with every truth exact (`tests/reference/coverage.py`). Each repeat
grows as `model/runs/precision.py` grows a run, looks where it looks, and stops at the first look
that is good enough. Half of the runs would reach the share at about `TYPICAL` years, so some stop
early because they were lucky: the bias is what that luck adds to the figure, in standard errors.
"Fixed" is the coverage of as many runs of `TYPICAL` years each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reference.coverage import Model  # noqa: E402

from model.runs import standard_errors  # noqa: E402
from model.runs.blocks import Plan  # noqa: E402
from model.runs.precision import looks  # noqa: E402
from model.runs.quantiles import Sample  # noqa: E402
from model.runs.standard_errors import Estimate  # noqa: E402

MODEL = Model(2.0, 1.0, 1.3)
TYPICAL = 450_000
MOST = 5_000_000
FIGURES: dict[str, Callable[[np.ndarray], Estimate]] = {
    "mean": lambda x: standard_errors.mean(x, worlds=len(x)),
    "p95": lambda x: Sample(x, len(x)).quantile(0.95),
    "tvar_99": lambda x: Sample(x, len(x)).tail_mean(0.99),
}


def stopped(
    figure: Callable[[np.ndarray], Estimate], share: float, rng: np.random.Generator
) -> tuple[Estimate, int]:
    """Return the figure at the first look at which half its interval is that share of it."""
    loss = np.empty(0)
    for years in looks(Plan(MOST, MOST, 50_000)):
        loss = np.concatenate([loss, MODEL.draw(rng, years - len(loss), 1)[1]])
        found = figure(loss)
        if (found.high - found.low) / 2.0 <= share * found.value:
            break
    return found, len(loss)


def row(name: str, repeats: int, seed: int) -> str:
    """Return how stopping did for one figure."""
    truth, figure = MODEL.truths[name], FIGURES[name]
    rng = np.random.default_rng(seed)
    typical = figure(MODEL.draw(rng, TYPICAL, 1)[1])
    share = (typical.high - typical.low) / 2.0 / typical.value
    runs = [stopped(figure, share, rng) for _ in range(repeats)]
    fixed = [figure(MODEL.draw(rng, TYPICAL, 1)[1]) for _ in range(repeats)]
    held, usual = (
        np.mean([one.low <= truth <= one.high for one in ones])
        for ones in ([one for one, _ in runs], fixed)
    )
    bias = np.mean([(one.value - truth) / one.standard_error for one, _ in runs])
    years = np.quantile([count for _, count in runs], [0.05, 0.5, 0.95])
    said = " – ".join(f"{count:,.0f}" for count in years)
    return f"| {name} | {share:.2%} | {said} | {held:.1%} | {usual:.1%} | {bias:+.2f} |"


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(
        "| figure | share asked for | years needed (5 %, median, 95 %) | coverage | fixed | bias |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for name in FIGURES:
        print(row(name, given.repeats, given.seed), flush=True)


if __name__ == "__main__":
    main()
