"""The figures of a results version: the same scenario, years and seed give the same numbers.

When a change moves them on purpose, `RESULTS_VERSION` goes up, CHANGELOG says by how much and why,
and these are written anew.
"""

from __future__ import annotations

import pytest

from model.runs.result import Result
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION

YEARS = 20_000
FIGURES = {
    1: {
        "eal": 8681313.30255,
        "sd": 17232001.2774,
        "p_no_incident": 0.2212,
        "p50": 3421821.74935,
        "p90": 21761188.154,
        "p95": 34065581.0479,
        "p99": 75691404.4081,
        "tvar_95": 62623868.4192,
        "tvar_99": 120606724.297,
        "eal_net": 7986016.98911,
        "incidents": 2.25565,
        "incident_hours": 15.4962067966,
    },
    2: {
        "eal": 8516123.57052,
        "sd": 18634109.8759,
        "p_no_incident": 0.2212,
        "p50": 2937905.50382,
        "p90": 20808012.247,
        "p95": 33728968.4531,
        "p99": 81136219.7755,
        "tvar_95": 68061578.0268,
        "tvar_99": 139469606.283,
        "eal_net": 7767429.35746,
        "incidents": 2.2569,
        "incident_hours": 15.503728996,
    },
}


@pytest.fixture(scope="module")
def result() -> Result:
    return simulate(Scenario.default(), years=YEARS, seed=0)


@pytest.mark.parametrize("name", FIGURES[RESULTS_VERSION])
def test_main_figures_have_not_moved(result: Result, name: str) -> None:
    """To nine digits: processors may differ in the last ones."""
    assert result.measure(name).value == pytest.approx(FIGURES[RESULTS_VERSION][name], rel=1e-9)


def test_another_seed_gives_other_figures(result: Result) -> None:
    """Negative control."""
    other = simulate(Scenario.default(), years=YEARS, seed=1).measure("eal").value
    assert other != pytest.approx(result.measure("eal").value, rel=1e-9)
