"""How right the engine is: against exact laws and against time-stepping; prints Markdown.

    python benchmarks/accuracy.py [--years 1000000] [--cases 500]

Annual losses are compared with exact convolutions (`tests/reference/exact.py`), differences in
standard errors of the simulation; single incidents with the independent time-stepping of the chain
(`tests/reference/stepping.py`), differences in per cent of the component.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import test_chain as chain  # noqa: E402
import test_compound as compound  # noqa: E402
from reference.by_hand import priced_cases, profiles  # noqa: E402
from reference.stepping import step  # noqa: E402

from model.runs.quantiles import Sample  # noqa: E402
from model.runs.simulate import simulate  # noqa: E402
from model.runs.standard_errors import Estimate  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402

SEED = 2026
COUNTED_FROM_H = 100 * chain.ABS_H
"""Smaller components are judged by their absolute error alone."""


def row(case: str, measure: str, found: Estimate, true: float, scale: float) -> str:
    """Return one row of the table of laws."""
    sigmas = (found.value - true) / found.standard_error
    return (
        f"| {case} | {measure} | {found.value / scale:.4f} | {true / scale:.4f} | {sigmas:+.2f} |"
    )


def laws(years: int) -> list[str]:
    """Compare mean, VaR and TVaR of every exact law."""
    lines = ["| annual loss, million USD | measure | engine | exact | difference in s.e. |"]
    lines.append("|---|---|---:|---:|---:|")
    for case, build in compound.CASES.items():
        changes, law = build()
        result = simulate(Scenario.default().with_(changes), years=years, seed=SEED)
        sample = Sample(result["loss_usd"], years)
        lines.append(row(case, "mean", result.mean("loss_usd"), law.mean(), 1e6))
        for p in compound.LEVELS:
            name = f"{100 * p:g}"
            lines.append(row(case, f"VaR {name}", sample.quantile(p), law.quantile(p), 1e6))
            lines.append(row(case, f"TVaR {name}", sample.tail_mean(p), law.tail_mean(p), 1e6))
    return lines


def single_incidents(cases: int) -> list[str]:
    """Compare every component of random incidents over the whole beliefs with time-stepping."""
    drawn = chain.random_cases(SEED, chain.Z95, chain.any_hour(SEED, cases))
    calendar = profiles(Scenario.default())
    got = priced_cases(Scenario.default(), drawn)
    stepped = [step(case, *calendar) for case in drawn]
    lines = ["| component | median error | largest error | largest small error, revenue-hours |"]
    lines.append("|---|---:|---:|---:|")
    for name in (*chain.COMPONENTS, "minutes_lost", "impressions_lost"):
        true = np.array([one[name] for one in stepped])
        error = np.abs(got[name] - true)
        large = np.abs(true) >= COUNTED_FROM_H
        share = error[large] / np.abs(true[large])
        small = f"{error[~large].max(initial=0.0):.1e}" if name in chain.COMPONENTS else ""
        lines.append(f"| {name} | {np.median(share):.5%} | {share.max():.4%} | {small} |")
    return lines


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=500)
    options = parser.parse_args()
    print(f"## Sums of incidents against exact convolution, {options.years:,} years\n")
    print("\n".join(laws(options.years)), end="\n\n")
    print(f"## One incident against time-stepping, {options.cases} random incidents\n")
    limit = f"Allowed: {chain.REL:.1%}, or {chain.ABS_H:g} revenue-hours (MODEL §4)."
    print(f"{limit} Incidents last 1 minute to 336 hours, half of them with failover.\n")
    print("\n".join(single_incidents(options.cases)))


if __name__ == "__main__":
    main()
