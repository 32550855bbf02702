"""The first look at a change: where the figures of all years will be, from a few."""

from __future__ import annotations

import pytest

from model.beliefs.belief import Belief
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from views.session.first_look import YEARS, FirstLook
from views.session.runs import Run

ALL_YEARS = 50_000
BEFORE = Scenario.default()
MOVED = {
    "a rate": {"incidents.change_and_configuration.rate_per_year": Belief("lognormal", 0.15, 1.3)},
    "a duration": {"incidents.change_and_configuration.duration": Belief("lognormal", 0.5, 14.0)},
    "a price": {"platform.ad_revenue_per_year": Belief("lognormal", 13e9, 20e9)},
}
THRESHOLD_USD = 25e6


def of(scenario: Scenario, years: int) -> Run:
    return Run(simulate(scenario, years=years, seed=3))


@pytest.fixture(scope="module")
def before() -> tuple[Run, Run]:
    return of(BEFORE, ALL_YEARS), of(BEFORE, YEARS)


@pytest.mark.parametrize("changes", MOVED.values(), ids=MOVED)
def test_is_near_the_figures_of_all_years(before, changes):
    after = BEFORE.with_(changes)
    short, full = of(after, YEARS), of(after, ALL_YEARS)
    look = FirstLook(short, before)
    for name in ("eal", "p50", "p90", "p95"):
        wanted, shown = full.measures[name].value, look.measures[name]
        by = before[0].measures[name].value - before[1].measures[name].value
        assert shown.value == pytest.approx(short.measures[name].value + by)
        assert abs(shown.value - wanted) < 3 * shown.standard_error
    eal = look.measures["eal"].value - full.measures["eal"].value
    assert abs(eal) < short.measures["eal"].standard_error / 2
    chance = look.chance_over(THRESHOLD_USD)
    assert abs(chance.value - full.chance_over(THRESHOLD_USD).value) < 2 * chance.standard_error
    up = full.measures["eal"].value > before[0].measures["eal"].value
    assert (look.measures["eal"].value > before[0].measures["eal"].value) == up


def test_speaks_for_itself_where_what_was_shown_before_does_not_help(before):
    short = of(Scenario.preset("quiet_year"), YEARS)
    for look in (FirstLook(short, before), FirstLook(short)):
        assert look.measures == short.measures
        assert look.chance_over(THRESHOLD_USD) == short.chance_over(THRESHOLD_USD)


def test_nothing_lost_stays_nothing(before):
    never = BEFORE.with_(
        {
            f"incidents.{cause}.rate_per_year": Belief("lognormal", 0.0, 0.0)
            for cause in BEFORE.causes
        }
    )
    look = FirstLook(of(never, YEARS), before)
    assert look.measures["eal"].value == 0.0
    assert look.measures["p_no_incident"].value == 1.0
