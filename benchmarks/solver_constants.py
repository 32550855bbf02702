"""Where the constants of the solvers come from: what each of them costs, measured; prints Markdown.

    python benchmarks/solver_constants.py [--years 3000]

Incidents are those of real runs: the default scenario, the article's view, a wide one in which
everything that the fast links depend on spans its usual range (a slider's), and an extreme one far
beyond. What a solver says of them is held against panels so fine that finer ones change nothing,
and against sums over hundreds of slices where a single term of a series is in question.
`model/MODEL.md`, "Solvers of one incident", quotes what is printed here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import numpy as np  # noqa: E402

from model.beliefs.belief import Belief  # noqa: E402
from model.chain import sessions_closed_form, sessions_integrated  # noqa: E402
from model.chain.failover import fail_over  # noqa: E402
from model.chain.freshness import Appetite  # noqa: E402
from model.chain.publishing import publishing  # noqa: E402
from model.chain.sessions import links_at  # noqa: E402
from model.chain.sessions_integrated import PANELS  # noqa: E402
from model.chain.types import Backlog, Links, PhasedIncidents, Session  # noqa: E402
from model.incidents.draw import draw_block  # noqa: E402
from model.runs.blocks import plan  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402
from model.worlds.calendar import Calendar, Cumulative  # noqa: E402
from model.worlds.prepared import get_calendar, prepare  # noqa: E402

SEED = 11
FINEST = tuple((k / 120) ** 1.7 for k in range(1, 121))
SLICES = 600
REL, ABS_H = 0.005, 1e-4  # MODEL §4, "Accuracy"

WIDE = {
    "publishing.retry_share": Belief("uniform", 0.02, 0.98),
    "publishing.catch_up": Belief("lognormal", 0.5, 48.0),
    "publishing.timeliness_half_life": Belief("lognormal", 2.0, 336.0),
    "freshness.content_half_life": Belief("lognormal", 1.0, 168.0),
    "freshness.fresh_share": Belief("uniform", 0.02, 0.98),
    "sessions.freshness_elasticity": Belief("lognormal", 0.01, 1.0),
    "sessions.return_lag": Belief("lognormal", 0.01, 3.0),
}
ADMITTED = {
    "publishing.retry_share": Belief("uniform", 0.02, 0.98),
    "publishing.catch_up": Belief("lognormal", 0.05, 200.0),
    "publishing.timeliness_half_life": Belief("lognormal", 0.5, 2000.0),
    "freshness.content_half_life": Belief("lognormal", 0.05, 1000.0),
    "freshness.fresh_share": Belief("lognormal", 0.0005, 0.9),
    "sessions.freshness_elasticity": Belief("lognormal", 0.05, 2.0),
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

    def take(self, where: Any) -> Sample:
        """Return some of the incidents."""
        return Sample(
            self.name,
            self.incidents.subset(where),
            self.backlog.subset(where),
            self.links.subset(where),
            self.calendar,
        )

    def by_panels(self, panels: tuple[float, ...] = FINEST, *, steady: bool = False) -> Session:
        """Price them by panels."""
        return sessions_integrated.sessions(
            self.incidents, self.backlog, self.links, self.calendar, panels=panels, steady=steady
        )


def sample(name: str, scenario: Scenario, years: int) -> Sample:
    """Draw the incidents of some years."""
    block, world_key, _, _ = plan(scenario, years, None).block(0, SEED)
    struck = draw_block(prepare(scenario), block, world_block=world_key)
    world = block.world_of_year[struck.incidents.year]
    incidents = fail_over(struck.incidents, struck.values, world)
    links = links_at(struck.values, world)
    calendar = get_calendar(scenario)
    backlog = publishing(incidents, links, calendar.posting)
    return Sample(name, incidents, backlog, links, calendar)


@contextmanager
def changed(module: ModuleType, **constants: float) -> Iterator[None]:
    """Give constants of a module other values for a while."""
    before = {name: getattr(module, name) for name in constants}
    for name, value in constants.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def spread(values: np.ndarray, digits: str = ".2g") -> str:
    """Return median, 95 %, 99 % and largest as cells of a table."""
    if not len(values):
        return "– | – | – | –"
    return " | ".join(
        f"{x:{digits}}" for x in (*np.quantile(values, (0.5, 0.95, 0.99)), values.max())
    )


HEAD = "median | 95 % | 99 % | largest |\n"


def title(text: str, first: str) -> None:
    """Print the head of a table of spreads."""
    print(f"\n## {text}\n\n| {first} | {HEAD}|---|---:|---:|---:|---:|")


def shapes() -> None:
    """Rules of thumb for powers of the deficit on flat demand, over all ratios of d to τ."""
    z = np.geomspace(1e-3, 336.0 / 0.2, 4000)
    one, two, three = (-np.expm1(-k * z) / k for k in (1, 2, 3))
    peak = -np.expm1(-z)
    # Where z is small, all digits cancel: there the straight rise is exact to z.
    small = z < 0.02
    square = np.where(small, peak**2 * z / 3, z - 2 * one + two)
    cube = np.where(small, peak**3 * z / 4, z - 3 * one + 3 * two - three)
    ratio = cube / (peak * square)
    print("\n## Powers of the deficit while running, flat demand, d/τ from 0.001 to 1,680\n")
    rule = 1 - 1 / (z + 4)
    off = rule / ratio - 1
    print(f"- mean of D/peak under D², rule 1 − τ/(d + 4τ): {off.min():+.2%} to {off.max():+.2%}")
    for k in (3.0, 3.5, 4.5, 5.0):
        other = (1 - (k / 4) / (z + k)) / ratio - 1
        print(f"  - with 1 − {k / 4:g}τ/(d + {k:g}τ): {other.min():+.2%} to {other.max():+.2%}")
    cubes = cube / peak**3
    rule = z * (1 - 3.75 / (z + 5.0))
    off = rule / cubes - 1
    print(f"- ∫(D/peak)³, rule d·(1 − 3.75τ/(d + 5τ)): {off.min():+.2%} to {off.max():+.2%}")
    for k in (2.0, 3.0, 4.0, 6.0):
        other = z * (1 - 0.75 * k / (z + k)) / cubes - 1
        print(f"  - with 1 − {0.75 * k:g}τ/(d + {k:g}τ): {other.min():+.2%} to {other.max():+.2%}")


def sliced(
    cumulative: Cumulative, begin: np.ndarray, length: np.ndarray, f: Callable[[np.ndarray], Any]
) -> np.ndarray:
    """Integrate f of the hours since `begin` against the calendar, slice by slice, `(n,)`."""
    edges = np.linspace(0.0, 1.0, SLICES + 1)[:, None] * length
    seen = cumulative.between(begin + edges[:-1], begin + edges[1:])
    return np.asarray((seen * f((edges[:-1] + edges[1:]) / 2)).sum(axis=0))


def cubes(these: Sample) -> np.ndarray:
    """Error of the cubic term over what `_error` multiplies its 0.15 with, `(n,)`."""
    one, its, links = these.incidents, these.backlog, these.links
    course, d = sessions_closed_form._Course.of(one, its, links), one.duration_h[0]
    tau, b, surplus, c = course.tau_h, its.shortfall[0], its.surplus[0], its.catch_up_h[0]
    value, end = these.calendar.value, one.start_h + d
    exact = sliced(value, one.start_h, d, lambda u: (-b * np.expm1(-u / tau)) ** 3)
    exact += sliced(value, end, c, lambda x: (course.swing * np.exp(-x / tau) - surplus) ** 3)
    exact += sliced(value, end + c, 12 * tau / 3, lambda x: (course.last * np.exp(-x / tau)) ** 3)
    # With this response the closed form is its cubic term and nothing else.
    zero, unit = np.zeros(len(d)), np.ones(len(d))
    only = sessions_closed_form._Response(zero, zero, unit, zero)
    alone = replace(one, playback_loss=0 * one.playback_loss)
    lost = sessions_closed_form._lost(alone, its, links, course, only, value, these.calendar.fading)
    scale = sessions_closed_form._error(alone, its, links, course, only) / 0.15
    return np.abs(lost.freshness - exact) / scale


def absent_squares(these: Sample) -> np.ndarray:
    """Error of what absent viewers cannot mind, over what `_error` multiplies its 0.04 with."""
    one, its, links = these.incidents, these.backlog, these.links
    course, d = sessions_closed_form._Course.of(one, its, links), one.duration_h[0]
    tau, surplus, c = course.tau_h, its.surplus[0], its.catch_up_h[0]
    lag, end = np.maximum(links.return_lag * d, 1e-12), one.start_h + d
    value, fading = these.calendar.value, these.calendar.fading
    returning = fading.length(end, lag)
    _, got = sessions_closed_form._absent(
        end, lag, returning, end + c, course, surplus, links.freshness_elasticity, fading
    )
    near = np.minimum(c, 12 * lag)
    exact = sliced(
        value,
        end,
        near,
        lambda x: (course.swing * np.exp(-x / tau) - surplus) ** 2 * np.exp(-x / lag),
    )
    rest = np.minimum(12 * lag, 12 * tau / 2)
    exact += sliced(
        value,
        end + c,
        rest,
        lambda x: (course.last * np.exp(-x / tau)) ** 2 * np.exp(-(c + x) / lag),
    )
    twice = 1.0 / (1.0 / lag + 2.0 / tau)
    return np.abs(got - exact) / (twice * np.maximum(np.abs(course.peak), surplus) ** 2)


def estimate(these: Sample) -> None:
    """The estimated error against the true one, and what that lets stand."""
    one, its, links = these.incidents, these.backlog, these.links
    course = sessions_closed_form._Course.of(one, its, links)
    guess = sessions_closed_form._error(
        one, its, links, course, sessions_closed_form._Response.of(links)
    )
    got, rough = sessions_closed_form.mild(one, its, links, these.calendar)
    true = these.by_panels()
    off = np.abs(got.freshness - true.freshness)
    stands = ~rough
    allowed = np.maximum(ABS_H, REL * np.abs(true.freshness))
    print(f"\n### {these.name}: {len(off):,} incidents, {rough.mean():.2%} priced by panels\n")
    print(f"| of those that stand | {HEAD}|---|---:|---:|---:|---:|")
    told = stands & (guess > 1e-5)
    ratio = off[told] / guess[told]
    print(f"| true ÷ estimated error, where that is above 1e-5 h | {spread(ratio)} |")
    silent = stands & (guess <= 1e-5)
    print(f"| true error where the estimate is below 1e-5 h, hours | {spread(off[silent])} |")
    print(f"| freshness: error ÷ allowed | {spread(off[stands] / allowed[stands])} |")
    for name in ("playback", "freshness_running", "ad_serving", "lost_h", "unserved_h"):
        a, b = getattr(got, name)[stands], getattr(true, name)[stands]
        print(
            f"| {name}: error ÷ allowed | "
            f"{spread(np.abs(a - b) / np.maximum(ABS_H, REL * np.abs(b)))} |"
        )
    for factor in (0.5, 1.0, 2.0, 4.0):
        limit = factor * np.maximum(
            sessions_closed_form._TOLERATED_H,
            sessions_closed_form._TOLERATED_SHARE * np.abs(got.freshness),
        )
        kept = (
            (guess <= limit)
            & (course.peak <= 1.0)
            & (course.tau_h >= sessions_closed_form._SHORTEST_H)
        )
        missed = (off > allowed) & kept
        print(
            f"\ntolerances × {factor:g}: panels for {1 - kept.mean():.2%}, "
            f"{np.mean(missed):.2e} outside the stated accuracy",
            end="",
        )
    print()


def long_lived(years: int) -> None:
    """How the closed form fares where content lives for months and years."""
    print("\n## Long-lived content: share of incidents that stand outside the stated accuracy\n")
    print("| half-life, h | freshness | viewing hours |\n|---:|---:|---:|")
    for half_life in (48, 168, 500, 2_000, 10_000, 20_000, 29_000, 50_000, 87_600):
        belief = Belief("lognormal", half_life, half_life)
        these = sample("", Scenario.default().with_({"freshness.content_half_life": belief}), years)
        got, rough = sessions_closed_form.mild(
            these.incidents, these.backlog, these.links, these.calendar
        )
        true = these.by_panels()
        missed = (
            (np.abs(a - b) > np.maximum(ABS_H, REL * np.abs(b))) & ~rough
            for a, b in ((got.freshness, true.freshness), (got.lost_h, true.lost_h))
        )
        cells = (f"{np.mean(wrong):.2%}" for wrong in missed)
        print(f"| {half_life:,} | {' | '.join(cells)} |")


def knobs(these: Sample) -> None:
    """What the constants that skip a correction change when they skip nothing."""
    one, its, links = these.incidents, these.backlog, these.links
    usual, rough = sessions_closed_form.mild(one, its, links, these.calendar)
    stands = ~rough
    rows: tuple[tuple[str, dict[str, float], str], ...] = (
        ("_NEAR_H → 0", {"_NEAR_H": 0.0}, "freshness"),
        ("_GONE (7 lags) → 0 (∞)", {"_GONE": 0.0}, "freshness"),
        ("_BACK 5 → 12", {"_BACK": 12.0}, "lost_h"),
        ("_TOLERATED_CHANGE 0.01 → 0", {"_TOLERATED_CHANGE": 0.0}, "lost_h"),
    )
    for name, constants, column in rows:
        with changed(sessions_closed_form, **constants):
            strict, _ = sessions_closed_form.mild(one, its, links, these.calendar)
        a, b = getattr(usual, column)[stands], getattr(strict, column)[stands]
        share = np.abs(a - b) / np.maximum(ABS_H, REL * np.abs(b))
        print(f"| {these.name}: {name}, change of {column} ÷ allowed | {spread(share)} |")


def slopes(calendar: Calendar) -> None:
    """How fast the mean weight of a fading effect changes with its time constant."""
    nodes = calendar.fading.NODES
    mean = calendar.fading.mean.reshape(-1, nodes)[:8760].astype(float)
    per_log = np.abs(np.diff(np.log(mean), axis=1)) * calendar.fading.PER_HALVING / np.log(2.0)
    worst = per_log.max(axis=0)
    where = float(calendar.fading.SHORTEST_H * 2 ** (worst.argmax() / calendar.fading.PER_HALVING))
    print("\n## Slope of the mean weight of a fading effect, |∂ ln w̄/∂ ln T|\n")
    print(f"- largest {worst.max():.2f}, at T = {where:.1f} h; mean {per_log.mean():.3f}")
    lowest = calendar.fading.SHORTEST_H * 2 ** ((calendar.fading.PER_HALVING + 1) / 6)
    print(f"- shortest T whose half can be read off the table: {lowest:.3f} h")


def panels(these: Sample, phased: bool) -> None:
    """Error of each class of panels on the incidents it serves."""
    stiff = sessions_integrated.stiffness(these.incidents, these.backlog, these.links)
    limits = [limit for limit, _ in PANELS]
    kind = np.searchsorted(limits[:-1], stiff)
    for k, (limit, edges) in enumerate(PANELS):
        mine = np.flatnonzero(kind == k)
        if not len(mine):
            continue
        group = these.take(mine)
        true = group.by_panels()
        used = edges if phased else PANELS[2 if k < 3 else 3][1]
        got = group.by_panels(used)
        for name in ("freshness", "ad_serving", "lost_h"):
            a, b = getattr(got, name), getattr(true, name)
            share = np.abs(a - b) / np.maximum(ABS_H, REL * np.abs(b))
            label = f"{these.name}, stiffness ≤ {limit:g}, {len(used)} panels, n = {len(mine)}"
            print(f"| {label}: {name} | {spread(share)} |")


def sweep_knobs(these: Sample) -> None:
    """What the constants of the panels change when they skip nothing."""
    usual = these.by_panels()
    with changed(sessions_integrated, _NEGLIGIBLE=0.0):
        strict = these.by_panels()
    share = np.abs(usual.freshness - strict.freshness) / np.maximum(
        ABS_H, REL * np.abs(strict.freshness)
    )
    print(f"| {these.name}: _NEGLIGIBLE 1e-4 → 0, freshness ÷ allowed | {spread(share)} |")
    inside = sessions_integrated.within_a_month(
        these.incidents, these.backlog, these.links, these.calendar
    )
    group = these.take(np.flatnonzero(inside))
    steady, exact = group.by_panels(steady=True), group.by_panels()
    share = np.abs(steady.lost_h - exact.lost_h) / np.maximum(ABS_H, REL * np.abs(exact.lost_h))
    print(
        f"| {these.name}: one price within a month (_OVER 5), lost_h ÷ allowed | {spread(share)} |"
    )


def appetite() -> None:
    """The two-term series of ∫(1 − m)/y against the integral, at its limit f·D = _SMALL."""
    print("\n## `_SMALL`: two terms of ∫₀^D (1 − m(y))/y dy at f·D = 0.005\n")
    print("| f | ε | D | relative error |\n|---|---|---:|---:|")
    y = (np.arange(20_000) + 0.5) / 20_000
    cases = ((0.4, 0.1), (0.4, 0.4), (0.05, 0.2), (0.01, 1.0), (0.005, 1.0), (0.005, 10.0))
    for f, elasticity in cases:
        peak = min(0.005 / f, 1.0)
        one = Appetite(np.array(f), np.array(elasticity))
        two_terms = elasticity * peak + 0.5 * one.curvature * peak * peak
        true = float(np.mean(one.lost(y * peak) / y))
        print(f"| {f} | {elasticity} | {peak:.4g} | {two_terms / true - 1:.2e} |")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=3000)
    years = parser.parse_args().years
    default = Scenario.default()
    article = Scenario.preset("article")
    flat = [
        sample("default", default, years),
        sample("article's view", article, years),
        sample("wide", default.with_(WIDE), years),
        sample("extreme", default.with_(ADMITTED), years),
    ]
    phases = [
        sample("failover, default", default.with_(FAILOVER), years // 3),
        sample("failover, wide", default.with_({**WIDE, **FAILOVER}), years // 3),
    ]
    shapes()
    slopes(flat[0].calendar)
    title("0.15 and 0.04: the true factor of each term's error", "term")
    for these in flat:
        for term, limit, found in (
            ("cubic term", 0.15, cubes(these)),
            ("square while absent", 0.04, absent_squares(these)),
        ):
            beyond = f"{np.mean(found > limit):.1%} above {limit}"
            print(f"| {these.name}: {term}, {beyond} | {spread(found)} |")
    print("\n## The closed form where it stands")
    for these in flat:
        estimate(these)
    long_lived(years // 3)
    title("Corrections that are skipped", "constant")
    for these in flat:
        knobs(these)
    title("Panels against 120 of them, error ÷ allowed", "class")
    for these in flat:
        panels(these, phased=False)
    for these in phases:
        panels(these, phased=True)
    title("Constants of the panels", "constant")
    for these in (*flat, *phases):
        sweep_knobs(these)
    appetite()


if __name__ == "__main__":
    main()
