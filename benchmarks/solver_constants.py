"""How the solvers of one incident keep their promise, and what that costs; prints Markdown.

    python benchmarks/solver_constants.py [--years 3000] [--corners 3000]

Incidents of real runs – the default scenario, a wide one in which everything that the fast links
depend on spans a slider's range, an extreme one far beyond – say how many the closed form keeps and
how its bound compares with its error. Corners of the admitted values, on a Latin hypercube in
logarithms, are held against quadrature (`tests/reference/quadrature.py`). `model/MODEL.md`,
"Solvers of one incident", quotes what is printed here.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from reference.corners import Corners  # noqa: E402

from model.beliefs.belief import Belief  # noqa: E402
from model.chain import freshness, sessions_closed_form  # noqa: E402
from model.chain.failover import fail_over  # noqa: E402
from model.chain.freshness import LN2, stretches  # noqa: E402
from model.chain.panels import split  # noqa: E402
from model.chain.panels.inputs import Given  # noqa: E402
from model.chain.publishing import publishing  # noqa: E402
from model.chain.sessions import links_at  # noqa: E402
from model.chain.sessions_integrated import (  # noqa: E402
    ALLOWED_H,
    ALLOWED_SHARE,
    integrated,
    sessions,
)
from model.chain.types import Backlog, Links, PhasedIncidents, Session  # noqa: E402
from model.incidents.draw import draw_block  # noqa: E402
from model.runs.blocks import plan  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402
from model.worlds.calendar import Calendar  # noqa: E402
from model.worlds.prepared import get_calendar, prepare  # noqa: E402

SEED = 11
REL, ABS_H = 0.005, 1e-4  # MODEL §4.10
SHAPES: tuple[tuple[str | int, float, float], ...] = (
    ("single", 336.0, 1.0),
    ("single", 8760.0, 0.4),
    ("failover", 336.0, 0.5),
    (3, 336.0, 0.2),
    (8, 336.0, 0.05),
    (24, 336.0, 0.015),
)
"""Shape of incidents, hours they last at most, and their number ÷ that of the first shape."""

WIDE = {
    "publishing.retry_share": Belief("uniform", 0.02, 0.98),
    "publishing.catch_up": Belief("lognormal", 0.5, 48.0),
    "publishing.timeliness_half_life": Belief("lognormal", 2.0, 336.0),
    "freshness.content_half_life": Belief("lognormal", 1.0, 168.0),
    "freshness.fresh_share": Belief("uniform", 0.02, 0.98),
    "sessions.freshness_elasticity": Belief("lognormal", 0.01, 1.0),
    "sessions.return_lag": Belief("lognormal", 0.01, 3.0),
}
EXTREME = {
    "publishing.retry_share": Belief("uniform", 0.02, 0.98),
    "publishing.catch_up": Belief("lognormal", 0.05, 200.0),
    "publishing.timeliness_half_life": Belief("lognormal", 0.5, 2000.0),
    "freshness.content_half_life": Belief("lognormal", 0.05, 1000.0),
    "freshness.fresh_share": Belief("lognormal", 0.0005, 0.9),
    "sessions.freshness_elasticity": Belief("lognormal", 0.05, 1.9),
    "sessions.return_lag": Belief("lognormal", 0.001, 20.0),
}
FAILOVER = {
    "resilience.failover_success": Belief("uniform", 0.9, 0.9),
    "resilience.residual_impairment": Belief("uniform", 0.05, 0.6),
}


@dataclass(frozen=True)
class Sample:
    """The incidents of a run and what the fast links need of them."""

    name: str
    incidents: PhasedIncidents
    backlog: Backlog
    links: Links
    calendar: Calendar


def sample(name: str, scenario: Scenario, years: int) -> Sample:
    """Draw the incidents of some years."""
    block, world_key, _, _ = plan(scenario, years, None).block(0, SEED)
    struck = draw_block(prepare(scenario), block, world_block=world_key)
    world = block.world_of_year[struck.incidents.year]
    incidents = fail_over(struck.incidents, struck.values, world)
    links = links_at(struck.values, world)
    calendar = get_calendar(scenario)
    return Sample(name, incidents, publishing(incidents, links, calendar.posting), links, calendar)


def spread(values: np.ndarray) -> str:
    """Return median, 95 %, 99 % and largest as cells of a table."""
    if not len(values):
        return "– | – | – | –"
    return " | ".join(f"{x:.2g}" for x in (*np.quantile(values, (0.5, 0.95, 0.99)), values.max()))


def title(text: str, first: str) -> None:
    """Print the head of a table of spreads."""
    print(f"\n## {text}\n\n| {first} | median | 95 % | 99 % | largest |\n|---|---:|---:|---:|---:|")


def closed_form(these: Sample) -> None:
    """What the closed form keeps, its error and its bound, as shares of what is allowed."""
    got, rough = sessions_closed_form.mild(
        these.incidents, these.backlog, these.links, these.calendar
    )
    true = sessions(these.incidents, these.backlog, these.links, these.calendar)
    stands = ~rough
    print(f"| {these.name}: {rough.mean():.2%} of {len(rough):,} priced by panels | | | | |")
    for name, a, b in zip(Session._fields, got, true, strict=True):
        share = np.abs(a - b) / np.maximum(ABS_H, REL * np.abs(b))
        print(f"| {these.name}: {name} | {spread(share[stands])} |")


def tightness(these: Sample) -> None:
    """True error of the freshness loss over its bound, where that is above 1e-5 hours."""
    one, its, links, calendar = these.incidents, these.backlog, these.links, these.calendar
    course = sessions_closed_form._Course.of(one, its, links)
    response = freshness.Response.of(links, course.peak)
    lost = sessions_closed_form._lost(
        one, its, links, course, response, calendar.value, calendar.fading
    )
    bounds = sessions_closed_form._bounds(one, its, links, course, response, lost, calendar.fading)
    true = sessions(one, its, links, calendar)
    _, rough = sessions_closed_form.mild(one, its, links, calendar)
    pairs = ((lost.running, true.freshness_running), (lost.freshness, true.freshness))
    for name, bound, (a, b) in zip(("running", "in all"), bounds, pairs, strict=True):
        # Below, the panels' own error is seen.
        told = ~rough & (bound > 1e-5)
        print(f"| {these.name}: {name} | {spread((np.abs(a - b) / bound)[told])} |")


def panels(these: Sample) -> None:
    """How many panels incidents take, and what is promised of them."""
    one, its, links = these.incidents, these.backlog, these.links
    tau_h = links.content_half_life / LN2
    given = Given(
        one,
        links.fresh_share,
        links.freshness_elasticity,
        links.return_lag,
        tau_h,
        stretches(one, its, tau_h),
        these.calendar,
    )
    whole = split.uncut(given)
    fine, _ = split.split(given, whole, split.tolerance(given, whole, ALLOWED_H, ALLOWED_SHARE))
    counts = np.bincount(fine.owner, minlength=len(one.start_h)).astype(float)
    print(f"| {these.name}: panels per incident | {spread(counts)} |")
    print(f"| {these.name}: bound ÷ allowed | {spread(integrated(given)[0].beyond())} |")


def drifts(calendar: Calendar) -> None:
    """How far readings of neighbouring hours disagree, as an error per hour of an incident."""
    print("\n## `Fading.drift`: T × largest disagreement in an hour\n\n| T, h | value | demand |")
    print("|---:|---:|---:|")
    table = calendar.fading
    constants = table.SHORTEST_H * 2.0 ** (np.arange(table.NODES) / table.PER_HALVING)
    for k in range(12, table.NODES, 12):
        pair = (constants[k] * f.drift[k] for f in (calendar.fading, calendar.viewing_fading))
        print(f"| {constants[k]:.2f} | {' | '.join(f'{x:.1e}' for x in pair)} |")


def corners(n: int) -> None:
    """Error as a share of what is allowed, all lines, over the corners of the admitted values."""
    title("Corners of the admitted values against quadrature: error ÷ allowed", "incidents")
    for k, (shape, longest_h, share) in enumerate(SHAPES):
        these = Corners(max(int(n * share), 1), 1000 + k, shape, longest_h)
        begin = time.process_time()
        these.engine()
        taken = (time.process_time() - begin) / len(these)
        found = np.array([one for one, _, _ in these.missed()])
        name = f"{len(these):,} × {shape}, up to {longest_h:g} h"
        beyond = f"{np.sum(found > 1.0)} of {len(found):,} lines beyond"
        print(f"| {name}: {beyond}, {1e3 * taken:.2g} ms each | {spread(found)} |")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=3000)
    parser.add_argument("--corners", type=int, default=3000)
    options = parser.parse_args()
    default = Scenario.default()
    samples = [
        sample("default", default, options.years),
        sample("wide", default.with_(WIDE), options.years),
        sample("extreme", default.with_(EXTREME), options.years),
    ]
    failing_over = [
        sample("failover, default", default.with_(FAILOVER), options.years),
        sample("failover, wide", default.with_({**WIDE, **FAILOVER}), options.years),
    ]
    title("The closed form where it stands, against panels: error ÷ allowed", "line")
    for these in samples:
        closed_form(these)
    title("True error ÷ bound, where it stands", "freshness")
    for these in samples:
        tightness(these)
    title("Panels", "incidents")
    for these in (*samples, *failing_over):
        panels(these)
    drifts(samples[0].calendar)
    corners(options.corners)


if __name__ == "__main__":
    main()
