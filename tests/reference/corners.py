"""Incidents in worlds from all over the admitted values, and what the engine makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from reference.quadrature import Phase, World, integrate
from scipy.stats import qmc

from model.arrays import Array
from model.assumptions.declaration import LINKS
from model.assumptions.lookup import assumption, values_of_worlds
from model.chain.sessions import fast_links
from model.chain.slow_links import creators_lost
from model.chain.types import PhasedIncidents
from model.scenario.scenario import Scenario
from model.worlds.calendar import Calendar
from model.worlds.prepared import get_calendar

REL, ABS_H = 0.005, 1e-4  # MODEL §4.10
WORLD = (
    *(name for name in values_of_worlds(LINKS) if name != "publishing.uploads_per_day"),
    "publishing.attrition_per_failed_day",
    "publishing.attrition_recovery",
)
SMALLEST = 1e-4  # of what may be zero, where it is drawn in logarithms
ON_A_BOUND = 0.15  # chance of each value to lie on one of its bounds
LINES = (
    "playback",
    "freshness",
    "freshness_running",
    "ad_serving",
    "lost_h",
    "unserved_h",
    "playback_running",
    "unwatched_h",
    "creator_attrition",
    "creators_unseen_h",
)


class Corners:
    """`n` incidents, each in a world of its own, all with the same number of phases.

    Values lie in a Latin hypercube over what is admitted, in logarithms but for shares, one in
    seven on a bound. `shape` is "single", "failover" or the number of phases of a replay.
    """

    def __init__(self, n: int, seed: int, shape: str | int = "single", longest_h: float = 336.0):
        self.calendar: Calendar = get_calendar(Scenario.default())
        self.rng = np.random.default_rng(seed)
        phases = shape if isinstance(shape, int) else 1
        cube = iter(qmc.LatinHypercube(len(WORLD) + 1 + 4 * phases + 2, rng=seed).random(n).T)
        self.values = {name: self._drawn(assumption(name), next(cube)) for name in WORLD}
        self.values["publishing.uploads_per_day"] = np.full(n, 1.0)
        start_h = next(cube) * 8760.0
        hours = np.stack([_log(next(cube), 1 / 60, longest_h / phases) for _ in range(phases)])
        losses = np.stack([[self._share(next(cube)) for _ in range(phases)] for _ in range(3)])
        self.incidents = self._shaped(shape, start_h, hours, losses, next(cube), next(cube))

    def _drawn(self, entry, u: Array) -> Array:
        if entry.unit == "share":
            return self._share(u)
        drawn = _log(u, max(entry.lower, SMALLEST), entry.upper)
        return self._on_bounds(drawn, entry.lower, entry.upper)

    def _share(self, u: Array) -> Array:
        """Shares evenly, near 0 or near 1, as often each."""
        kind = self.rng.integers(3, size=len(u))
        near = 10.0 ** (-6.0 * u)
        return self._on_bounds(np.choose(kind, [u, near, 1.0 - near]), 0.0, 1.0)

    def _on_bounds(self, drawn: Array, lower: float, upper: float) -> Array:
        ends = np.where(self.rng.random(len(drawn)) < 0.5, lower, upper)
        return np.where(self.rng.random(len(drawn)) < ON_A_BOUND, ends, drawn)

    def _shaped(self, shape, start_h, hours, losses, until, kappa) -> PhasedIncidents:
        lasting = hours
        if shape == "failover":
            losses = np.stack([1.0 - kappa, kappa]) * losses
            lasting = np.concatenate([until * hours, hours])
        begins = np.cumsum(hours, axis=0) - hours
        publish, playback, ads = losses
        return PhasedIncidents(
            start_h=start_h,
            duration_h=lasting,
            publish_loss=publish,
            playback_loss=playback,
            ads_loss=ads,
            # Every phase one slice: the solver takes any slices, also those of rising losses.
            offset_h=begins if isinstance(shape, int) else None,
        )

    def __len__(self) -> int:
        return len(self.incidents.start_h)

    def engine(self) -> dict[str, Array]:
        """The lines as the engine has them, `(n,)` each."""
        world = np.arange(len(self))
        session, backlog = fast_links(self.incidents, self.values, world, self.calendar)
        lost = creators_lost(self.incidents, backlog, self.values, world, self.calendar)
        return dict(zip(LINES, (*session, *lost), strict=True))

    def reference(self, k: int) -> dict[str, float]:
        """The lines of one incident by quadrature."""
        return integrate(
            float(self.incidents.start_h[k]),
            self.phases(k),
            self.world(k),
            self.calendar.demand,
            self.calendar.price,
            self.calendar.uploads,
        )

    def phases(self, k: int) -> list[Phase]:
        one = self.incidents.subset(np.array([k]))
        begins = np.zeros_like(one.duration_h) if one.offset_h is None else one.offset_h
        fields = (begins, one.duration_h, one.publish_loss, one.playback_loss, one.ads_loss)
        return [
            Phase(*map(float, row))
            for row in zip(*(field[:, 0] for field in fields), strict=True)
            if any(row[2:])
        ] or [Phase(0.0, float(one.duration_h.max()), 0.0, 0.0, 0.0)]

    def world(self, k: int) -> World:
        return World(**{name.split(".")[1]: float(self.values[name][k]) for name in WORLD})

    def missed(self, some: Iterator[int] | None = None) -> list[tuple[float, str, int]]:
        """How far lines are beyond the promise, times what is allowed: line and incident."""
        got = self.engine()
        found = []
        for k in some if some is not None else range(len(self)):
            for name, true in self.reference(k).items():
                allowed = max(ABS_H, REL * abs(true))
                found.append((abs(got[name][k] - true) / allowed, name, k))
        return sorted(found, key=lambda one: -one[0] if one[0] == one[0] else -np.inf)


def _log(u: Array, low: float, high: float) -> Array:
    return low * (high / low) ** u
