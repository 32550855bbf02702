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
    2: {
        "eal": 8713317.16182,
        "sd": 17283943.153,
        "p_no_incident": 0.2212,
        "p50": 3430669.21707,
        "p90": 21856151.9972,
        "p95": 34154039.6979,
        "p99": 76429442.6108,
        "tvar_95": 62871658.9405,
        "tvar_99": 120974682.292,
        "eal_net": 8018020.84838,
        "incidents": 2.25565,
        "incident_hours": 15.4962067966,
    }
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
