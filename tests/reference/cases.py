"""Cases for the chain: typical, extreme and random ones, and how near the engine has to come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from reference.by_hand import OF_WORLD
from reference.stepping import Case

from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution

DEFAULT = Scenario.default()
LOSSES = ("publish_loss", "playback_loss", "ads_loss")


REL, ABS_H = 0.005, 1e-4  # MODEL §4 "Accuracy": half a percent, or so many revenue-hours
Z95 = 1.645
MONTH_ENDS_H = np.cumsum([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]) * 24.0 - 1.0


def random_case(rng: np.random.Generator, reach: float, start_h: float) -> Case:
    """A case with every belief uniform in its normal within ± reach, the duration log-uniform."""

    def drawn(name: str) -> float:
        return float(distribution(DEFAULT, name).from_normal(rng.uniform(-reach, reach)))

    world = {f: drawn(n) for f, n in OF_WORLD.items() if not n.startswith("resilience")}
    cause = rng.choice(DEFAULT.causes)
    duration_h = float(np.exp(rng.uniform(np.log(1.0 / 60.0), np.log(336.0))))
    return Case(
        start_h=start_h,
        duration_h=duration_h,
        **{loss: drawn(f"incidents.{cause}.{loss}") for loss in LOSSES},
        **world,
        failed_over=bool(rng.integers(2)),
        residual_impairment=float(rng.choice([0.0, 1.0, rng.uniform()], p=[0.15, 0.1, 0.75])),
        failover_time_h=drawn("resilience.failover_time"),
        playback_shield=float(rng.choice([0.0, rng.uniform()])),
    )


def random_cases(seed: int, reach: float, starts_h: np.ndarray) -> list[Case]:
    rng = np.random.default_rng(seed)
    return [random_case(rng, reach, float(start)) for start in starts_h]


def any_hour(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 8760.0, n)


def around(hours: np.ndarray, seed: int) -> np.ndarray:
    """Starts up to two days before or an hour after the given hours."""
    return hours + np.random.default_rng(seed).uniform(-48.0, 1.0, hours.size)


ENSEMBLES = {
    "within the beliefs": random_cases(1, Z95, any_hour(1, 40)),
    "beyond the beliefs": random_cases(2, 2.6, any_hour(2, 20)),
    "ends of months": random_cases(3, Z95, around(MONTH_ENDS_H, 3)),
    "end of the year": random_cases(4, Z95, np.linspace(8700.0, 8759.99, 8)),
}


TYPICAL = replace(
    ENSEMBLES["within the beliefs"][0],
    start_h=1000.3,
    duration_h=6.0,
    publish_loss=0.6,
    playback_loss=0.2,
    ads_loss=0.1,
    failed_over=False,
    playback_shield=0.0,
)
