"""Would better spread worlds make figures surer at equal cost? Prints Markdown.

    python benchmarks/variance.py [--repeats 400] [--years 16384] [--seed 0]

The engine draws worlds at random. Here the same worlds come from scrambled Sobol points (Owen's
scrambling, `scipy.stats.qmc`) and from a Latin hypercube (each belief by itself stratified), all
else equal. Each repeat has its own seed, so the variance between repeats is the true one. A ratio
above one says how many times as many random years do what the spread ones do; its interval is a
bootstrap over repeats. The luck of incidents stays random.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import special
from scipy.stats import qmc

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.chain.per_year import COLUMNS, price  # noqa: E402
from model.incidents.draw import draw_years  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402
from model.worlds.draw import Drawing, draw, normals  # noqa: E402
from model.worlds.prepared import Prepared, prepare  # noqa: E402
from model.worlds.streams import Block  # noqa: E402

Array = np.ndarray
Points = Callable[[int, int, int], Array]
_LEAST = 2.0**-53
_BOOTSTRAP = 2000


def sobol(dimensions: int, worlds: int, seed: int) -> Array:
    """Return scrambled Sobol points `(worlds, dimensions)`."""
    return np.asarray(qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random(worlds))


def hypercube(dimensions: int, worlds: int, seed: int) -> Array:
    """Return a Latin hypercube `(worlds, dimensions)`."""
    return np.asarray(
        qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(worlds)
    )


METHODS: dict[str, Points | None] = {
    "random (as the engine)": None,
    "scrambled Sobol": sobol,
    "Latin hypercube": hypercube,
}


def losses(prepared: Prepared, points: Points | None, years: int, seed: int) -> Array:
    """Return annual losses of as many worlds of one year each, `(years,)`."""
    block = Block(seed, (0, 1), years, np.arange(years))
    names = list(prepared.uncertain)
    if points is None:
        values, clipped = draw(prepared, seed=seed, block=(0, 0), worlds=years)
    else:
        spread = special.ndtri(np.clip(points(len(names), years, seed), _LEAST, 1.0 - _LEAST))

        def known(one: Drawing) -> Array:
            return spread[:, names.index(one.name)] if one.name in names else normals(one)

        values, clipped = draw(
            prepared,
            seed=seed,
            block=(0, 0),
            worlds=years,
            normals=known,
            by_itself=lambda fitted, one: fitted.from_normal(known(one)),
        )
    priced = price(prepared, draw_years(prepared, values, clipped, block), block)
    return np.asarray(priced.columns[COLUMNS.index("loss_usd")])


def repeated(
    prepared: Prepared, points: Points | None, years: int, repeats: int, seed: int
) -> tuple[Array, float]:
    """Return mean, P50 and P95 of every repeat `(repeats, 3)`, and the seconds of one."""
    begin = time.perf_counter()
    found = []
    for k in range(repeats):
        loss = losses(prepared, points, years, seed + k)
        found.append((loss.mean(), *np.quantile(loss, [0.5, 0.95])))
    return np.array(found), (time.perf_counter() - begin) / repeats


def ratio(random: Array, spread: Array, rng: np.random.Generator) -> str:
    """Return how many times the variance of `random` is that of `spread`, with its interval."""
    pick = rng.integers(0, len(random), (_BOOTSTRAP, len(random)))
    other = rng.integers(0, len(spread), (_BOOTSTRAP, len(spread)))
    several = random[pick].var(axis=1, ddof=1) / spread[other].var(axis=1, ddof=1)
    low, high = np.quantile(several, [0.025, 0.975])
    return f"{random.var(ddof=1) / spread.var(ddof=1):.2f} ({low:.2f} – {high:.2f})"


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--years", type=int, default=16_384)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    prepared = prepare(Scenario.default())
    rng = np.random.default_rng(given.seed)
    print(f"| {given.repeats} runs of {given.years:,} | EAL | P50 | P95 | ms a run |")
    print("|---|---:|---:|---:|---:|")
    random = None
    for k, (name, points) in enumerate(METHODS.items()):
        seed = given.seed + 1_000_000 * k
        found, seconds = repeated(prepared, points, given.years, given.repeats, seed)
        random = found if random is None else random
        cells = [ratio(random[:, j], found[:, j], rng) for j in range(3)]
        print(f"| {name} | {' | '.join(cells)} | {1000 * seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
