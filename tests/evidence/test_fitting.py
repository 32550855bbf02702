"""From a log to a scenario: rates against closed forms, what is written, what is said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pytest
from evidence import written_logs as written

from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.evidence.fitting.fitted import FitOptions, Fitted, fit_log, too_small_for
from model.evidence.fitting.observed import observe, weights
from model.evidence.fitting.rates import fit_rates
from model.evidence.log.columns import known_names
from model.evidence.log.log import Log, read_log
from model.evidence.log.options import LogOptions
from model.evidence.rates.counts import Count, SelfExciting, Starts, Unassigned
from model.evidence.rates.exposure import Exposure
from model.formats.reading import read
from model.present.words import evidence
from model.present.words.learned import luck
from model.scenario.scenario import Scenario

CAUSES = Scenario.default().causes
GAMMA_2_1 = Belief("gamma", 0.3553615, 4.7438645)
ASSIGN = (("deploy", "change_and_configuration"), ("config", "change_and_configuration"),
          ("certificate", "change_and_configuration"), ("network", "network_latency"),
          ("power", "power_cooling_weather"), ("load", "capacity"))  # fmt: skip


@lru_cache(maxsize=8)
def desk(assign: tuple[tuple[str, str], ...] = (), cause: str = "") -> Log:
    table = read(written.desk(), "desk.csv", known=known_names())
    return read_log(
        table,
        LogOptions(
            begin=written.BEGIN,
            end=written.END,
            time_zone="America/New_York",
            assign=assign,
            cause=cause,
        ),
    )


def one_cause(**changes: Value) -> Scenario:
    """A scenario in which only capacity strikes, at a gamma rate, without season or repeats."""
    quiet: dict[str, Value] = {
        f"incidents.{cause}.rate_per_year": Belief("lognormal", 0.0, 0.0) for cause in CAUSES
    }
    quiet |= {
        "incidents.capacity.rate_per_year": GAMMA_2_1,
        "incidents.capacity.early_life_multiplier": Belief("lognormal", 1.0, 1.0),
        "incidents.capacity.timing": "flat",
        "recurrence.repeat_ratio": Belief("logitnormal", 0.0, 0.0),
    }
    return Scenario.default().with_(quiet | changes)


@lru_cache(maxsize=4)
def fitted(assign: tuple[tuple[str, str], ...] = ASSIGN) -> Fitted:
    return fit_log(desk(assign), Scenario.default(), FitOptions(file="desk.csv", limit=5.0))


def test_a_gamma_prior_gives_the_gamma_posterior() -> None:
    found = fit_rates(observe(desk(), one_cause())).all
    assert found.incidents == 13
    assert found.exposure_years == pytest.approx(0.635616, abs=1e-6)
    assert found.posterior is not None
    assert found.posterior.mean == pytest.approx(15 / 1.635616, rel=3e-3)
    assert found.posterior.sd == pytest.approx(math.sqrt(15) / 1.635616, rel=0.01)


def test_counts_by_cause_add_up_and_zeros_count() -> None:
    rates = fitted().rates
    assert rates is not None
    by_cause = {row.cause: row.incidents for row in rates.rows}
    assert sum(n for cause, n in by_cause.items() if cause != "all") == by_cause["all"] == 13
    assert by_cause["change_and_configuration"] == 5
    unknown = next(row for row in rates.rows if row.cause == "unknown")
    assert unknown.prior is None
    assert unknown.posterior is None


def test_rows_of_unknown_causes_may_be_of_any() -> None:
    """Two causes of equal prior share what cannot be told apart, in all as if told."""
    both: dict[str, Value] = {
        f"incidents.{cause}.{part}": value
        for cause in ("capacity", "network_latency")
        for part, value in {
            "rate_per_year": Belief("gamma", 0.3553615, 4.7438645),
            "early_life_multiplier": Belief("lognormal", 1.0, 1.0),
            "timing": "flat",
        }.items()
    }
    a, b = (f"incidents.{c}.rate_per_year" for c in ("capacity", "network_latency"))
    both[f"correlation.{a}.with.{b}"] = Belief("normal", 0.0, 0.0)
    table = read(written.analytics(), "log.csv", known=known_names())
    log = read_log(table, LogOptions(begin=written.BEGIN, end=written.END))
    found = fit_rates(observe(log, one_cause(**both)))
    total = found.all.posterior
    assert total is not None
    # Gamma(2, 1) + Gamma(2, 1) = Gamma(4, 1), and 13 incidents in 0.6356 years.
    assert total.mean == pytest.approx(17 / 1.635616, rel=0.02)
    assert total.sd == pytest.approx(math.sqrt(17) / 1.635616, rel=0.05)
    halves = [found.found.marginals[name].mean for name in (a, b)]
    assert halves[0] == pytest.approx(halves[1], rel=0.1)


def test_one_cause_for_all_rows_leaves_the_others_alone() -> None:
    found = fit_log(desk(cause="capacity"), Scenario.default())
    touched = {name for name in found.changes if name.endswith("rate_per_year")}
    assert "incidents.capacity.rate_per_year" in touched
    assert found.scenario.belief("incidents.capacity.duration") != Scenario.default().belief(
        "incidents.capacity.duration"
    )
    assert "incidents.network_latency.duration" not in found.changes


def test_a_fit_is_a_scenario_with_its_source() -> None:
    found = fitted(())
    scenario = found.scenario
    name = "incidents.capacity.duration"
    origin = found.origins[name]
    assert origin.source.startswith("Fitted to desk.csv, 13 incidents, 0.636 years from 2025-08-01")
    assert (origin.grade, origin.date) == ("B", "2026-03-21")
    assert scenario.belief(name).shape == "lognormal"
    assert Scenario.read(scenario.to_csv().encode()).changes == scenario.changes
    assert set(found.origins) == set(found.changes)


def test_many_filters_and_any_name_of_a_file_make_a_source_that_a_scenario_can_have() -> None:
    asked = replace(desk().options, where=(("service", tuple(f"service {k}" for k in range(200))),))
    log = replace(desk(), options=asked)
    found = fit_log(log, Scenario.default(), FitOptions(file="a\nb\x07\udc80.csv"))
    origin = found.origins["incidents.capacity.duration"]
    assert origin.source.startswith("Fitted to a b\ufffd\ufffd.csv, 13 incidents")
    assert Scenario.read(found.scenario.to_csv().encode()).changes == found.scenario.changes


def test_what_is_too_small_is_said_and_not_fitted() -> None:
    small = too_small_for(fitted())
    assert small["durations of change_and_configuration"] == "4 known ends, 8 are needed"
    assert "incidents.capacity.duration" not in fitted().changes
    assert fitted(()).lengths["all"].fit is not None


def test_small_incidents_under_large_losses_are_warned_of() -> None:
    found = fitted()
    assert found.another_class
    lines = " ".join(evidence.warnings(found))
    assert "times as many incidents" in lines
    assert "prior and log disagree" in lines


def test_a_vague_prior_lets_the_log_speak() -> None:
    found = fit_log(desk(), one_cause(), FitOptions(vague=True))
    assert found.rates is not None
    mean = found.rates.all.posterior
    assert mean is not None
    assert mean.mean == pytest.approx(13.5 / 0.635616, rel=0.02)


def test_without_the_time_covered_there_are_no_rates() -> None:
    table = read(written.status_page(), "page.json", known=known_names(), lists=("incidents",))
    found = fit_log(read_log(table, LogOptions()), Scenario.default())
    assert found.rates is None
    assert found.no_rates
    assert found.lengths["all"].fit is not None
    assert not any(name.endswith("rate_per_year") for name in found.changes)


def test_selection_lowers_what_a_crowd_teaches() -> None:
    text = "start,end\n2026-01-25 08:00,2026-01-26 08:00\n2026-03-03 13:00,2026-03-04 09:00\n"
    begin, end = datetime(2025, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    log = read_log(read(text.encode(), "a.csv"), LogOptions(begin=begin, end=end))
    observed = observe(log, one_cause())
    plain = fit_rates(observed, draws=5_000)
    window = datetime(2026, 1, 25, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    corrected = fit_rates(observed, selection=window, draws=5_000)
    assert plain.all.posterior is not None
    assert corrected.all.posterior is not None
    assert corrected.all.posterior.mean < 0.9 * plain.all.posterior.mean
    with pytest.raises(ValueError, match="holds 0 incidents"):
        fit_rates(observed, selection=(begin, datetime(2025, 5, 1, tzinfo=UTC)))


def test_the_limit_and_the_sentences() -> None:
    rates = fitted().rates
    assert rates is not None
    assert rates.over_limit == pytest.approx(float(np.mean(rates.visible > 5.0)))
    assert luck.luck_or_design(rates).startswith("Luck or design? 3 incidents began within 17 days")
    assert luck.changing(rates).startswith("Is it changing? Not visibly")
    assert "before the migration" in evidence.early_regime(rates)


def test_a_step_is_found_and_offered() -> None:
    rng = np.random.default_rng(5)
    hours = np.concatenate([rng.uniform(0, 17_520, 40), rng.uniform(17_520, 26_280, 90)])
    start = np.datetime64("2022-01-01T00:00") + np.sort((hours * 60).astype(int))
    lines = [f"{at}Z,{at + 5}Z" for at in start]
    log = read_log(
        read(("start,end\n" + "\n".join(lines)).encode(), "a.csv"),
        LogOptions(begin=datetime(2022, 1, 1, tzinfo=UTC), end=datetime(2024, 12, 31, tzinfo=UTC)),
    )
    found = fit_log(log, Scenario.default())
    assert found.rates is not None
    step = found.rates.all.step
    assert step is not None
    assert step.p_value < 0.02
    assert abs(step.at_h - 17_520) < 1_500
    assert "Is it changing? Yes" in luck.changing(found.rates)
    assert any("the rate changed: --from" in line for line in evidence.warnings(found))


def test_a_step_at_the_migration_is_told_as_early_life() -> None:
    """The default's migration is at the end of January 2026; the same step before it is a step."""
    rng = np.random.default_rng(6)
    hours = np.concatenate([rng.uniform(0, 17_520, 200), rng.uniform(17_520, 21_900, 100)])

    def told(begin: datetime) -> str:
        first = np.datetime64(begin.strftime("%Y-%m-%dT%H:%M"))
        start = first + np.sort((hours * 60).astype(int))
        lines = [f"{at}Z,{at + 5}Z" for at in start]
        log = read_log(
            read(("start,end\n" + "\n".join(lines)).encode(), "a.csv"),
            LogOptions(begin=begin, end=begin + timedelta(hours=21_900)),
        )
        found = fit_log(log, Scenario.default())
        assert found.rates is not None
        return luck.changing(found.rates)

    # Many repeats or high rates explain such a log: both are found, or there would be no rates.
    assert "the early life that the scenario expects" in told(datetime(2024, 2, 1, tzinfo=UTC))
    assert "Yes: from 99.4 to 207" in told(datetime(2022, 2, 1, tzinfo=UTC))


def test_timing_weights_follow_the_calendar_of_the_log() -> None:
    log = desk()
    hourly = weights(Scenario.default(), "change_and_configuration", log)
    assert len(hourly) == 232 * 24
    assert hourly.mean() == pytest.approx(1.0, abs=0.02)
    # The log begins on Thursday at 20:00 Eastern: working hours begin 13 hours later.
    assert hourly[13:22].min() > hourly[:12].max()
    assert np.all(weights(one_cause(), "capacity", log) == 1.0)


def test_starts_know_how_long_ago_the_migration_was() -> None:
    """The default year begins on 1 April 2026, two months after it: in the log on 30 January."""
    count = observe(desk(ASSIGN), Scenario.default()).by_cause["change_and_configuration"]
    starts = count.starts
    assert starts is not None
    assert np.diff(starts.months) == pytest.approx(np.diff(starts.hours) / 730.0)
    # 8 March 2026 is 24 days before that day, less an hour for the clocks.
    assert starts.months[-1] == pytest.approx(2.0 - (23 * 24 + 21.33) / 730.0, abs=0.01)


def test_starts_of_unassigned_incidents_by_hand() -> None:
    """Two causes, one start each known and one that may be of either, density written out."""
    one, year = np.ones(1), 8760.0

    def count(cause: str, hours: list[float], weight: float) -> Count:
        n = len(hours)
        starts = Starts(np.array(hours), np.full(n, weight), np.full(n, math.inf), year)
        return Count(cause, n, Exposure.flat(1.0), f"{cause}.rate", "E", "months", starts)

    known = [count("a", [100.0], 1.0), count("b", [500.0], 0.5)]
    open_ = Unassigned("x", 1, (count("a", [900.0], 1.0), count("b", [900.0], 0.5)))
    values = {"a.rate": 2 * one, "b.rate": 3 * one, "E": one, "months": 6 * one}
    values |= {"ratio": 0.2 * one, "lag": 2 * one}
    law = SelfExciting("ratio", "lag")
    total = sum(float(law(each, values)[0]) for each in (*known, open_))
    later = sum(0.2 * (1 - math.exp(-(year - t) / 48)) for t in (100.0, 500.0, 900.0))
    expected = math.log(2.0) + math.log(1.5) + math.log(3.5) - 2.0 - 3.0 - later
    assert total == pytest.approx(expected)


def test_the_echo_between_tabulated_lags_is_that_of_the_lag() -> None:
    rng = np.random.default_rng(2)
    hours = np.sort(rng.uniform(0, 5_000, 60))
    starts = Starts(hours, np.ones(60), np.full(60, math.inf), 5_000.0)
    lags = np.array([7.3, 31.0, 400.0])
    between, cut = starts.echo(lags)
    for row, lag in enumerate(lags):
        exact, exact_cut = starts.echo(np.array([lag]))
        assert between[row] == pytest.approx(exact[0], rel=2e-3, abs=1e-6)
        assert cut[row] == pytest.approx(exact_cut[0], rel=1e-3)


def test_losses_of_a_log_become_beliefs() -> None:
    rng = np.random.default_rng(1)
    start = np.datetime64("2025-09-01T00:00") + np.sort(rng.integers(0, 200_000, 30))
    shares = 1 / (1 + np.exp(-rng.normal(-1.0, 0.7, 30)))
    lines = [f"{at}Z,{at + 60}Z,{x:.3f}" for at, x in zip(start, shares, strict=True)]
    text = "start,end,playback_loss\n" + "\n".join(lines)
    log = read_log(read(text.encode(), "a.csv"), LogOptions(begin=written.BEGIN, end=written.END))
    found = fit_log(log, Scenario.default())
    belief = found.changes["incidents.capacity.playback_loss"]
    assert belief.low < 0.15 < 0.5 < belief.high
    assert "incidents.capacity.severity_level" in found.changes
    assert not found.another_class
