"""The same annual loss by peers, and what each cannot express; prints Markdown.

    python benchmarks/peers.py [--years 100000] [--repeat 3] [--venv DIR]

A Poisson number of losses a year at rate 2.2, each lognormal(0, 1.5): the 99th percentile of their
sum is 57.19 (`tests/reference/exact.py`, by convolution). Peers are installed in an environment of
their own from `peers_requirements.txt`; one that cannot be is a row with the reason. Times are
medians without imports; errors that of the mean of the repeats, each of another seed. Downstream
carries the losses through its whole chain, as response costs of incidents that break nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
ROOT = HERE.parents[1]
RATE, SIGMA, LEVEL = 2.2, 1.5, 0.99
EXACT = 57.19
Peer = Callable[[int, int], float]


def with_numpy(years: int, seed: int) -> float:
    """Draw and add up with NumPy alone."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(RATE, years)
    year = np.repeat(np.arange(years), counts)
    losses = rng.lognormal(0.0, SIGMA, len(year))
    return float(np.quantile(np.bincount(year, weights=losses, minlength=years), LEVEL))


def with_gemact(years: int, seed: int) -> float:
    """Use GEMAct's loss model by Monte Carlo."""
    from gemact import Frequency, LossModel, Severity

    model = LossModel(
        frequency=Frequency("poisson", {"mu": RATE}),
        severity=Severity("lognormal", {"shape": SIGMA, "scale": 1.0}),
        aggr_loss_dist_method="mc",
        n_sim=years,
        random_state=seed,
    )
    return float(np.ravel(model.ppf(LEVEL))[0])


def with_aggregate(years: int, seed: int) -> float:
    """Use the exact convolution of aggregate, in which years and seed mean nothing."""
    from aggregate import build

    law = build(f"agg Peer {RATE} claims sev lognorm {SIGMA} poisson", log2=18, bs=1 / 32)
    return float(law.q(LEVEL))


def with_squigglepy(years: int, seed: int) -> float:
    """Sample a function of one year with squigglepy."""
    import squigglepy as sq

    sq.set_seed(seed)
    count, loss = sq.poisson(RATE), sq.lognorm(norm_mean=0, norm_sd=SIGMA)

    def year() -> float:
        n = int(sq.sample(count, 1))
        return float(np.sum(sq.sample(loss, n))) if n else 0.0

    return float(np.quantile(sq.sample(year, years), LEVEL))


def with_monaco(years: int, seed: int) -> float:
    """Run one case of monaco per year, which draws its own losses."""
    import monaco as mc
    from scipy import stats

    def one_year(count: float, luck: float) -> tuple[float]:
        return (float(np.random.default_rng(int(luck)).lognormal(0.0, SIGMA, int(count)).sum()),)

    steps = {
        "preprocess": lambda case: (case.invals["count"].val, case.invals["luck"].val),
        "run": one_year,
        "postprocess": lambda case, loss: case.addOutVal("loss", loss),
    }
    quiet = {"singlethreaded": True, "verbose": False, "debug": False}
    sim = mc.Sim(name="peer", ndraws=years, fcns=steps, firstcaseismedian=False, seed=seed, **quiet)
    sim.addInVar(name="count", dist=stats.poisson, distkwargs={"mu": RATE})
    sim.addInVar(name="luck", dist=stats.randint, distkwargs={"low": 0, "high": 2**31})
    sim.runSim()
    return float(np.quantile(sim.outvars["loss"].nums, LEVEL))


def with_pyfair(years: int, seed: int) -> float:
    """Multiply a frequency by one loss, which is what FAIR's tree does."""
    from pyfair import FairModel

    rng = np.random.default_rng(seed)
    model = FairModel(name="peer", n_simulations=years)
    model.input_raw_data("Loss Event Frequency", rng.poisson(RATE, years).tolist())
    model.input_raw_data("Loss Magnitude", rng.lognormal(0.0, SIGMA, years).tolist())
    model.calculate_all()
    return float(model.export_results()["Risk"].quantile(LEVEL))


UNIT = 1e6
"""USD that stand for one: bounds of response costs are those of real ones."""


def with_downstream(years: int, seed: int) -> float:
    """Carry the losses through the whole chain of this engine."""
    sys.path.insert(0, str(ROOT))
    from model.beliefs.belief import Belief
    from model.runs.simulate import simulate
    from model.scenario.scenario import Scenario

    def certain(value: float) -> Belief:
        return Belief("normal", value, value)

    reach = math.exp(1.6448536269514722 * SIGMA)
    default = Scenario.default()
    changes = {
        "recurrence.repeat_ratio": certain(0.0),
        "costs.response_per_hour": certain(0.0),
        "costs.response_per_incident": Belief("lognormal", UNIT / reach, UNIT * reach),
    }
    nothing = {"publish_loss": 0.0, "playback_loss": 0.0, "ads_loss": 0.0, "rate_per_year": 0.0}
    usual = {"duration_level": 1.0, "severity_level": 1.0, "early_life_multiplier": 1.0}
    for cause in default.causes:
        parts = nothing | usual | {"duration": 0.001}
        changes |= {f"incidents.{cause}.{part}": certain(x) for part, x in parts.items()}
    changes[f"incidents.{default.causes[0]}.rate_per_year"] = certain(RATE)
    result = simulate(default.with_(changes), years=years, seed=seed)
    return result.quantile(LEVEL).value / UNIT


def with_default(years: int, seed: int) -> float:
    """Simulate the default scenario, which has another law: only its time counts."""
    sys.path.insert(0, str(ROOT))
    from model.runs.simulate import simulate
    from model.scenario.scenario import Scenario

    simulate(Scenario.default(), years=years, seed=seed).quantile(LEVEL)
    return math.nan


SUMS = "sums of losses only: no incident with a duration, no calendar, no chain, no remedy"
PEERS: dict[str, tuple[Peer, str]] = {
    "numpy": (with_numpy, "anything beyond these lines"),
    "gemact": (with_gemact, f"{SUMS}; no uncertain rate, no error of a figure"),
    "aggregate": (with_aggregate, f"{SUMS}; exact, so no world-level uncertainty that is shared"),
    "squigglepy": (with_squigglepy, "no arrays of many losses a year, no errors, no calendar"),
    "monaco": (with_monaco, "one Python call a year; no compound sums, no calendar"),
    "pyfair": (with_pyfair, "a sum of losses: a count times one loss has another tail"),
    "downstream": (with_downstream, "dependence between losses of one year other than by world"),
    "downstream, default scenario": (with_default, ""),
}
OURS = ("downstream", "downstream, default scenario")


def measured(name: str, years: int, repeat: int) -> dict[str, float]:
    """Time one peer in this process, after a small run that loads what it needs."""
    peer = PEERS[name][0]
    peer(min(years, 1_000), 0)
    times, found = [], []
    for seed in range(1, repeat + 1):
        begin = time.perf_counter()
        found.append(peer(years, seed))
        times.append(time.perf_counter() - begin)
    return {"seconds": statistics.median(times), "p99": statistics.fmean(found)}


def installed(folder: Path) -> dict[str, str]:
    """Install every peer that can be; return its version or why it is not there."""
    if not (folder / "pyvenv.cfg").exists():
        venv.create(folder, with_pip=True)
    found = {}
    for line in (HERE.parent / "peers_requirements.txt").read_text("utf-8").split():
        name, _, version = line.partition("==")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", line]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        lines = [said for said in done.stderr.splitlines() if said.startswith("ERROR")]
        found[name] = version if done.returncode == 0 else f"not installed: {lines[-1:]}"
    return found


def row(name: str, version: str, python: str, years: int, repeat: int) -> str:
    """Return a row of the table, measured in a process of its own."""
    cannot = PEERS[name][1]
    if version.startswith("not installed"):
        return f"| {name} | – | – | – | {version} |"
    asked = [python, str(HERE), "--one", name, "--years", str(years), "--repeat", str(repeat)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"| {name} {version} | – | – | – | failed: {done.stderr.splitlines()[-1:]} |"
    found = json.loads(done.stdout.splitlines()[-1])
    p99, error = f"{found['p99']:.2f}", f"{found['p99'] / EXACT - 1:+.1%}"
    if math.isnan(found["p99"]):
        p99 = error = "–"
    return f"| {name} {version} | {found['seconds']:.3f} | {p99} | {error} | {cannot} |"


def main() -> None:
    """Read the options; install and measure, or measure one peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv-peers")
    parser.add_argument("--one", choices=sorted(PEERS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one, given.years, given.repeat)))
        return
    versions = installed(given.venv)
    print(f"| {given.years:,} years | seconds | P99 | error | what it cannot express |")
    print("|---|---:|---:|---:|---|")
    for name in PEERS:
        python = sys.executable if name in OURS else str(given.venv / "bin" / "python")
        version = versions.get(name, "")
        print(row(name, version, python, given.years, given.repeat), flush=True)


if __name__ == "__main__":
    main()
